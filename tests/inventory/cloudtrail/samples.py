"""A userIdentity of each kind, as AWS's documentation shows them, with made-up names.

Pages: CT = CloudTrail User Guide, IAM = IAM User Guide, SSO = IAM Identity Center User Guide.
"""

from typing import Any

HOME, OTHER, MANAGEMENT = "111122223333", "444455556666", "999999999999"
STORE = f"arn:aws:identitystore::{MANAGEMENT}:identitystore/d-1234567890"
ANA_ID = "544894e8-80c1-707f-60e3-3ba6510dfac1"
STARTED = "2026-11-01T09:00:00Z"
RESERVED = "AWSReservedSSO_ReadOnly_0123456789abcdef"
RESERVED_ARN = f"arn:aws:iam::{HOME}:role/aws-reserved/sso.amazonaws.com/eu-west-1/{RESERVED}"
APP_ARN = f"arn:aws:iam::{HOME}:role/team/app"
ANA_ARN = f"arn:aws:iam::{HOME}:user/staff/ana"
ON_BEHALF_OF = {"userId": ANA_ID, "identityStoreArn": STORE}

Json = dict[str, Any]


def iam_user(key: str = "AKIAIOSFODNN7EXAMPLE", **more: Any) -> Json:
    """CT, "CloudTrail userIdentity element", IAM user credentials."""
    return {
        "type": "IAMUser",
        "principalId": "AIDAJ45Q7YFFAREXAMPLE",
        "arn": ANA_ARN,
        "accountId": HOME,
        "accessKeyId": key,
        "userName": "ana",
        **more,
    }


def session(
    key: str = "ASIAAPP1", role_arn: str = APP_ARN, name: str = "work", **more: Any
) -> Json:
    """CT, "CloudTrail userIdentity element", temporary security credentials."""
    role, account = role_arn.rpartition("/")[2], role_arn.split(":")[4]
    context = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAIDPPEZS35WEXAMPLE",
            "arn": role_arn,
            "accountId": account,
            "userName": role,
        },
        "webIdFederationData": {},
        "attributes": {"creationDate": STARTED, "mfaAuthenticated": "false"},
        **more.pop("context", {}),
    }
    return {
        "type": "AssumedRole",
        "principalId": f"AROAIDPPEZS35WEXAMPLE:{name}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": context,
        **more,
    }


def permission_set(key: str = "ASIASSO1", **more: Any) -> Json:
    """SSO, "CloudTrail use cases for IAM Identity Center"."""
    return session(key, RESERVED_ARN, "ana@example.com", **more)


def federated(issuer: str) -> Json:
    """CT, "CloudTrail userIdentity element", GetFederationToken."""
    arn = f"arn:aws:iam::{HOME}:root" if issuer == "Root" else ANA_ARN
    principal = HOME if issuer == "Root" else "AIDAJ45Q7YFFAREXAMPLE"
    who = {"type": issuer, "principalId": principal, "arn": arn, "accountId": HOME}
    return {
        "type": "FederatedUser",
        "principalId": f"{HOME}:feduser",
        "arn": f"arn:aws:sts::{HOME}:federated-user/feduser",
        "accountId": HOME,
        "accessKeyId": "ASIAFED1",
        "sessionContext": {"sessionIssuer": who | {"userName": "ana"}},
    }


def root(**more: Any) -> Json:
    """CT, "AWS Management Console sign-in events", root user."""
    arn = f"arn:aws:iam::{HOME}:root"
    return {"type": "Root", "principalId": HOME, "arn": arn, "accountId": HOME, **more}


def identity_center_user(kind: str = "IdentityCenterUser", **more: Any) -> Json:
    """SSO, "CloudTrail use cases for IAM Identity Center"."""
    return {
        "type": kind,
        "accountId": MANAGEMENT,
        "onBehalfOf": ON_BEHALF_OF,
        "credentialId": "90e292de-5eb8-446e-9602-90f7c45044f7",
        **more,
    }


def saml_user() -> Json:
    """IAM, "Example SAML AWS STS API event in CloudTrail log file"."""
    return {
        "type": "SAMLUser",
        "principalId": "bdGOnTesti4=:ana@example.com",
        "userName": "ana@example.com",
        "identityProvider": "bdGOnTesti4=",
    }


def web_identity_user() -> Json:
    """IAM, "Example web identity AWS STS API event in CloudTrail log file"."""
    provider = f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com"
    return {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:repo:acme/shop:ref:refs/heads/main",
        "userName": "repo:acme/shop:ref:refs/heads/main",
        "identityProvider": provider,
    }


def another_account(principal_id: str) -> Json:
    """IAM, "Example cross-account AWS STS API events", the assumed role's account."""
    return {"type": "AWSAccount", "principalId": principal_id, "accountId": OTHER}


def service(name: str = "lambda.amazonaws.com") -> Json:
    """CT, "CloudTrail userIdentity element", AWSService."""
    return {"type": "AWSService", "invokedBy": name}


_numbers = iter(range(1, 10**9))


def event(identity: Json | None, **more: Any) -> Json:
    """A whole event around an identity. IAM, "Example IAM API event in CloudTrail log file"."""
    return {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": "2026-11-01T10:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.36.19 md/awscrt#0.31",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "b96b0e4e-e561-11e9-8b3f-7b396e4a4b7d",
        "eventID": f"00000000-0000-4000-8000-{next(_numbers):012d}",
        "eventType": "AwsApiCall",
        "recipientAccountId": HOME,
        **more,
    }


def assume_role(
    caller: Json, key: str, role_arn: str = APP_ARN, name: str = "AssumeRole", **more: Any
) -> Json:
    """IAM, "Example AWS STS role chaining API event in CloudTrail log file"."""
    request = {"roleArn": role_arn, "roleSessionName": "work"} | more.pop("request", {})
    assumed = role_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/work"
    return event(
        caller,
        eventSource="sts.amazonaws.com",
        eventName=name,
        requestParameters=request,
        responseElements={
            "credentials": {"accessKeyId": key, "expiration": "Nov 1, 2026, 11:00:00 AM"},
            "assumedRoleUser": {"assumedRoleId": "AROAIDPPEZS35WEXAMPLE:work", "arn": assumed},
        },
        **more,
    )


def console_login(identity: Json, result: str = "Success", **more: Any) -> Json:
    """CT, "AWS Management Console sign-in events"."""
    return event(
        identity,
        eventSource="signin.amazonaws.com",
        eventName="ConsoleLogin",
        eventType="AwsConsoleSignIn",
        responseElements={"ConsoleLogin": result},
        additionalEventData={"MobileVersion": "No", "MFAUsed": "No"},
        **more,
    )
