"""An event of each kind of identity, the path it is on, and what its actor has to say."""

from inventory.cloudtrail.records import Credential, Path
from tests.inventory.cloudtrail import samples as given

ANA = {"arn": given.ANA_ARN, "principal_id": "AIDAJ45Q7YFFAREXAMPLE", "user_name": "ana"}
APP = {"arn": given.APP_ARN, "role_arn": given.APP_ARN, "credential": Credential.ROLE}
USER = {"arn": f"identitystore:{given.ANA_ID}", "user_id": given.ANA_ID}
SET = {
    "credential": Credential.PERMISSION_SET,
    "permission_set": "ReadOnly",
    "user_name": "ana@example.com",
    "role_arn": given.RESERVED_ARN,
}
ROOT = {"arn": f"arn:aws:iam::{given.HOME}:root"}
CONSOLE = {"sessionCredentialFromConsole": "true"}
SSO_PROVIDER = f"arn:aws:iam::{given.HOME}:saml-provider/AWSSSO_1a2b3c_DO_NOT_DELETE"
BEARER = {"additionalEventData": {"callWithBearerToken": True}}
SWITCH = {"SwitchFrom": given.ANA_ARN}

CASES = {
    "a static key": (
        given.event(given.iam_user()),
        Path.OLD,
        ANA | {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "credential": Credential.ACCESS_KEY},
    ),
    "the console's key of an IAM user": (
        given.event(given.iam_user("ASIA1"), **CONSOLE),
        Path.OLD,
        ANA | {"access_key_id": "", "credential": Credential.CONSOLE},
    ),
    "GetSessionToken or aws login": (
        given.event(given.iam_user("ASIA1")),
        Path.OLD,
        ANA | {"credential": Credential.SESSION_TOKEN},
    ),
    "an IAM user without an ARN": (
        given.event(given.iam_user(arn=None)),
        Path.OLD,
        {"arn": "AIDAJ45Q7YFFAREXAMPLE", "principal_id": "AIDAJ45Q7YFFAREXAMPLE"},
    ),
    "Git credentials of an IAM user": (
        given.event(given.iam_user(""), eventSource="codecommit.amazonaws.com"),
        Path.OLD,
        ANA | {"credential": Credential.SERVICE_SPECIFIC},
    ),
    "an API key for Bedrock": (
        given.event(given.iam_user("ASIA1"), eventSource="bedrock.amazonaws.com", **BEARER),
        Path.OLD,
        ANA | {"credential": Credential.SERVICE_SPECIFIC},
    ),
    "an IAM user's sign-in to the console": (
        given.console_login(given.iam_user("")),
        Path.OLD,
        ANA | {"credential": Credential.CONSOLE},
    ),
    "a sign-in with a mistyped name": (
        given.console_login(
            given.iam_user("", arn=None, userName="HIDDEN_DUE_TO_SECURITY_REASONS"), "Failure"
        ),
        Path.OLD,
        {"user_name": "HIDDEN_DUE_TO_SECURITY_REASONS", "credential": Credential.CONSOLE},
    ),
    "a service calling for an IAM user": (
        given.event(given.iam_user(invokedBy="cloudformation.amazonaws.com")),
        Path.OLD,
        ANA,
    ),
    "an IAM user's federation token": (
        given.event(given.federated("IAMUser")),
        Path.OLD,
        ANA | {"credential": Credential.FEDERATION_TOKEN},
    ),
    "root's federation token": (given.event(given.federated("Root")), Path.ROOT, ROOT),
    "a permission set's session with its user": (
        given.event(given.permission_set(onBehalfOf=given.ON_BEHALF_OF)),
        Path.NEW,
        USER | SET | {"session_key": "", "identity_store_arn": given.STORE},
    ),
    "a permission set's session without its user": (
        given.event(given.permission_set()),
        Path.NEW,
        SET | {"arn": given.RESERVED_ARN, "session_key": "ASIASSO1"},
    ),
    "a federated sign-in to the console": (
        given.console_login(given.permission_set("")),
        Path.NEW,
        SET,
    ),
    "account access to an ordinary role": (
        given.event(given.session(onBehalfOf=given.ON_BEHALF_OF)),
        Path.NEW,
        APP | USER | {"permission_set": "", "session_key": ""},
    ),
    "an ordinary role's session": (
        given.event(given.session()),
        Path.UNKNOWN,
        APP | {"session_key": "ASIAAPP1", "user_name": ""},
    ),
    "a role that only looks reserved": (
        given.event(given.session(role_arn=f"arn:aws:iam::{given.HOME}:role/AWSReservedSSO_Fake")),
        Path.UNKNOWN,
        {},
    ),
    "an instance's role": (
        given.event(given.session(context={"ec2RoleDelivery": "2.0"})),
        Path.WORKLOAD,
        APP | {"session_key": ""},
    ),
    "a role through OIDC": (
        given.event(given.session(context={"webIdFederationData": {"federatedProvider": "x"}})),
        Path.WORKLOAD,
        APP,
    ),
    "a function's credentials": (
        given.event(given.session(inScopeOf={"issuerType": "AWS::Lambda::Function"})),
        Path.WORKLOAD,
        APP,
    ),
    "a service-linked role": (
        given.event(
            given.session(
                role_arn=f"arn:aws:iam::{given.HOME}:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
            )
        ),
        Path.WORKLOAD,
        {},
    ),
    "a role switched to in the console": (
        given.event(
            given.session(""),
            eventSource="signin.amazonaws.com",
            eventName="SwitchRole",
            additionalEventData=SWITCH,
        ),
        Path.OLD,
        {"arn": given.ANA_ARN, "role_arn": given.APP_ARN},
    ),
    "root": (given.event(given.root()), Path.ROOT, ROOT | {"credential": Credential.NONE}),
    "root's key": (
        given.event(given.root(accessKeyId="AKIAROOT")),
        Path.ROOT,
        ROOT | {"access_key_id": "AKIAROOT", "credential": Credential.ACCESS_KEY},
    ),
    "root's sign-in": (
        given.console_login(given.root()),
        Path.ROOT,
        ROOT | {"credential": Credential.CONSOLE},
    ),
    "central root access, which is no root login": (
        given.event(given.root(accessKeyId="ASIAROOT", sessionContext={"assumedRoot": "true"})),
        Path.UNKNOWN,
        {"role_arn": ROOT["arn"], "session_key": "ASIAROOT"},
    ),
    "an Identity Center user": (
        given.event(given.identity_center_user(), eventSource="sso.amazonaws.com"),
        Path.SIGNIN,
        USER | {"identity_store_arn": given.STORE},
    ),
    "an Identity Center user as Unknown": (
        given.event(given.identity_center_user("Unknown"), eventSource="signin.amazonaws.com"),
        Path.SIGNIN,
        USER,
    ),
    "Identity Center's Unknown without a user": (
        given.event(
            {"type": "Unknown", "principalId": given.HOME, "userName": "ana"},
            eventSource="sso-oidc.amazonaws.com",
        ),
        Path.SIGNIN,
        {"user_name": "ana"},
    ),
    "any other Unknown": (
        given.event({"type": "Unknown", "principalId": "x"}),
        Path.UNKNOWN,
        {"arn": "x"},
    ),
    "Identity Center entering an account": (
        given.assume_role(
            given.saml_user(),
            "ASIASSO1",
            given.RESERVED_ARN,
            "AssumeRoleWithSAML",
            request={"principalArn": SSO_PROVIDER},
        ),
        Path.SIGNIN,
        {"arn": SSO_PROVIDER, "user_name": "ana@example.com"},
    ),
    "another SAML provider": (
        given.assume_role(
            given.saml_user(),
            "ASIAX",
            name="AssumeRoleWithSAML",
            request={"principalArn": "arn:aws:iam::111122223333:saml-provider/Okta"},
        ),
        Path.WORKLOAD,
        {"arn": given.APP_ARN},
    ),
    "GitHub's token": (
        given.assume_role(given.web_identity_user(), "ASIAX", name="AssumeRoleWithWebIdentity"),
        Path.WORKLOAD,
        {"arn": given.APP_ARN, "user_name": ""},
    ),
    "another account's IAM user": (
        given.event(given.another_account("AIDAOTHER")),
        Path.OLD,
        {
            "arn": "AIDAOTHER",
            "principal_id": "AIDAOTHER",
            "account_id": given.OTHER,
            "credential": Credential.NONE,
        },
    ),
    "another account's role": (
        given.event(given.another_account("AROAOTHER:session")),
        Path.UNKNOWN,
        {"arn": "AROAOTHER"},
    ),
    "anybody at all": (
        given.event({"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}),
        Path.UNKNOWN,
        {"arn": "anonymous", "account_id": ""},
    ),
    "a directory": (
        given.event({"type": "Directory", "principalId": "d-1"}),
        Path.UNKNOWN,
        {"arn": "d-1"},
    ),
    "a kind of identity that does not exist yet": (
        given.event({"type": "Quantum", "arn": "arn:x"}),
        Path.UNKNOWN,
        {"arn": "arn:x"},
    ),
    "an AWS service": (
        given.event(given.service("config.amazonaws.com")),
        Path.AWS,
        {"arn": "config.amazonaws.com"},
    ),
    "no identity": (given.event(None), Path.AWS, {"arn": "s3.amazonaws.com", "kind": ""}),
    "an identity without a type": (
        given.event({"accountId": given.HOME, "invokedBy": "ec2.amazonaws.com"}),
        Path.AWS,
        {"arn": "ec2.amazonaws.com"},
    ),
    "an identity without a type that names somebody": (
        given.event({"arn": given.ANA_ARN}),
        Path.UNKNOWN,
        {"arn": given.ANA_ARN},
    ),
}
