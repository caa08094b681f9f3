"""AWS's documented answer shapes with made-up names."""

import json
from typing import Any

from tests.inventory.aws.stubbed import ACCOUNT, EARLIER, MEMBER, WHEN

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
POLICY_TEXT = json.dumps(POLICY)
ORG_ID = "o-exampleorgid"
_ORG_ARN = f"arn:aws:organizations::{ACCOUNT}"

ORGANIZATION = {
    "Id": ORG_ID,
    "Arn": f"{_ORG_ARN}:organization/{ORG_ID}",
    "FeatureSet": "ALL",
    "MasterAccountArn": f"{_ORG_ARN}:account/{ORG_ID}/{ACCOUNT}",
    "MasterAccountId": ACCOUNT,
    "MasterAccountEmail": "root@example.com",
}
ROOT = {"Id": "r-ab12", "Arn": f"{_ORG_ARN}:root/{ORG_ID}/r-ab12", "Name": "Root"}
UNIT = {
    "Id": "ou-ab12-11111111",
    "Arn": f"{_ORG_ARN}:ou/{ORG_ID}/ou-ab12-11111111",
    "Name": "Workloads",
}


def account(account_id: str, name: str) -> dict[str, Any]:
    return {
        "Id": account_id,
        "Arn": f"{_ORG_ARN}:account/{ORG_ID}/{account_id}",
        "Email": f"{name}@example.com",
        "Name": name,
        "Status": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": EARLIER,
    }


ACCOUNT_1 = account(ACCOUNT, "management")
ACCOUNT_2 = account(MEMBER, "prod")
SCP_SUMMARY = {
    "Id": "p-12345678",
    "Arn": f"{_ORG_ARN}:policy/{ORG_ID}/service_control_policy/p-12345678",
    "Name": "DenyIAMUserCreation",
    "Description": "no new users",
    "Type": "SERVICE_CONTROL_POLICY",
    "AwsManaged": False,
}
SCP = {"PolicySummary": SCP_SUMMARY, "Content": POLICY_TEXT}
TARGET = {
    "TargetId": UNIT["Id"],
    "Arn": UNIT["Arn"],
    "Name": "Workloads",
    "Type": "ORGANIZATIONAL_UNIT",
}
CONTACT = {
    "Name": "Ana",
    "Title": "CISO",
    "EmailAddress": "ana@example.com",
    "PhoneNumber": "+1 555 0100",
    "AlternateContactType": "SECURITY",
}
TRAIL = {
    "Name": "org",
    "S3BucketName": "logs",
    "S3KeyPrefix": "trail",
    "IsMultiRegionTrail": True,
    "HomeRegion": "eu-west-1",
    "TrailARN": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/org",
    "LogFileValidationEnabled": True,
    "IsOrganizationTrail": True,
}
TRAIL_STATUS = {"IsLogging": True, "LatestDeliveryTime": WHEN, "LatestDigestDeliveryTime": WHEN}
SELECTORS = {
    "TrailARN": TRAIL["TrailARN"],
    "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}],
}

INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
STORE = "d-1234567890"
SET_1 = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1111111111111111"
SET_2 = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-2222222222222222"
ONE_SET = {"InstanceArn": INSTANCE, "PermissionSetArn": SET_1}
INSTANCE_1 = {
    "InstanceArn": INSTANCE,
    "IdentityStoreId": STORE,
    "OwnerAccountId": ACCOUNT,
    "Name": "acme",
    "CreatedDate": EARLIER,
    "Status": "ACTIVE",
}
SET = {"Name": "ReadOnly", "PermissionSetArn": SET_1, "CreatedDate": EARLIER}
MANAGED = {
    "AttachedManagedPolicies": [
        {"Name": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    ]
}
CUSTOMER = {"CustomerManagedPolicyReferences": [{"Name": "Extra", "Path": "/team/"}]}
BOUNDARY = {"PermissionsBoundary": {"ManagedPolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}}
TAGS = {"Tags": [{"Key": "owner", "Value": "platform"}]}


def pair(account_id: str) -> dict[str, Any]:
    return ONE_SET | {"AccountId": account_id, "MaxResults": 100}


def assigned(account_id: str, token: str | None = None) -> dict[str, Any]:
    grant = {
        "AccountId": account_id,
        "PermissionSetArn": SET_1,
        "PrincipalType": "GROUP",
        "PrincipalId": "a4a8b4c8-0001-7000-8000-000000000001",
    }
    return {"AccountAssignments": [grant]} | ({"NextToken": token} if token else {})


USER_ID = "b4a8b4c8-0001-7000-8000-000000000002"
GROUP_ID = "a4a8b4c8-0001-7000-8000-000000000001"
_STORE_ARN = f"arn:aws:identitystore::{ACCOUNT}:identitystore/{STORE}"
STORE_USER = {
    "IdentityStoreId": STORE,
    "UserId": USER_ID,
    "UserArn": f"arn:aws:identitystore:::user/{USER_ID}",
    "Revision": "1",
    "UserName": "ana@example.com",
    "DisplayName": "Ana A.",
    "Emails": [{"Value": "old@example.com"}, {"Value": "Ana@Example.com", "Primary": True}],
    "ExternalIds": [{"Issuer": "https://idp.example.com/scim", "Id": "00u1"}],
    "UserStatus": "ENABLED",
    "CreatedAt": EARLIER,
    "UpdatedAt": WHEN,
}
STORE_GROUP = {
    "IdentityStoreId": STORE,
    "GroupId": GROUP_ID,
    "GroupArn": f"arn:aws:identitystore:::group/{GROUP_ID}",
    "Revision": "1",
    "DisplayName": "Developers",
}
MEMBERSHIPS = {
    "GroupMemberships": [
        {
            "IdentityStoreId": STORE,
            "MembershipId": "c4a8b4c8-0001-7000-8000-000000000003",
            "MembershipArn": f"{_STORE_ARN}/membership/1",
            "GroupId": GROUP_ID,
            "MemberId": {"UserId": USER_ID},
        }
    ]
}

_IAM = f"arn:aws:iam::{ACCOUNT}"
ANA = {
    "Path": "/",
    "UserName": "ana",
    "UserId": "AIDAEXAMPLEANA000000",
    "Arn": f"{_IAM}:user/ana",
    "CreateDate": EARLIER,
    "GroupList": ["Devs"],
    "UserPolicyList": [{"PolicyName": "one", "PolicyDocument": POLICY_TEXT}],
    "AttachedManagedPolicies": [],
    "Tags": [{"Key": "Owner", "Value": "ana@example.com"}],
}
GROUP = {
    "Path": "/",
    "GroupName": "Devs",
    "GroupId": "AGPAEXAMPLE000000000",
    "Arn": f"{_IAM}:group/Devs",
    "CreateDate": EARLIER,
    "GroupPolicyList": [],
    "AttachedManagedPolicies": [
        {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    ],
}
ROLE = {
    "Path": "/",
    "RoleName": "deploy",
    "RoleId": "AROAEXAMPLE000000000",
    "Arn": f"{_IAM}:role/deploy",
    "CreateDate": EARLIER,
    "AssumeRolePolicyDocument": POLICY_TEXT,
    "RolePolicyList": [],
    "AttachedManagedPolicies": [],
    "Tags": [],
    "RoleLastUsed": {},
}
OWN_POLICY = {
    "PolicyName": "Extra",
    "PolicyId": "ANPAEXAMPLE000000000",
    "Arn": f"{_IAM}:policy/team/Extra",
    "Path": "/team/",
    "DefaultVersionId": "v2",
    "AttachmentCount": 1,
    "CreateDate": EARLIER,
    "UpdateDate": WHEN,
    "PolicyVersionList": [
        {"Document": "{}", "VersionId": "v1", "IsDefaultVersion": False, "CreateDate": EARLIER},
        {"Document": POLICY_TEXT, "VersionId": "v2", "IsDefaultVersion": True, "CreateDate": WHEN},
    ],
}
AWS_POLICY = OWN_POLICY | {
    "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "PolicyName": "ReadOnlyAccess",
    "Path": "/",
}
# AWS may break an entity in two: ana's second half comes with the second page.
DETAILS_1: dict[str, Any] = {
    "UserDetailList": [ANA],
    "GroupDetailList": [GROUP],
    "RoleDetailList": [],
    "Policies": [OWN_POLICY],
}
DETAILS_2: dict[str, Any] = {
    "UserDetailList": [
        ANA | {"UserPolicyList": [{"PolicyName": "two", "PolicyDocument": POLICY_TEXT}]}
    ],
    "GroupDetailList": [],
    "RoleDetailList": [ROLE],
    "Policies": [AWS_POLICY],
}

REPORT_HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info"
)
ROOT_ROW = (
    f"<root_account>,{_IAM}:root,2020-01-01T00:00:00+00:00,not_supported,no_information,"
    "not_supported,not_supported,TRUE,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,"
    "false,N/A,"
)
ANA_ROW = (
    f"ana,{_IAM}:user/ana,2025-01-02T03:04:05Z,true,2026-02-01T00:00:00Z,"
    "2025-06-01T00:00:00+00:00,N/A,false,true,2025-01-03T00:00:00Z,2026-02-28T10:00:00Z,"
    "eu-west-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,{}"
)
REPORT = f"{REPORT_HEADER}\n{ROOT_ROW}\n{ANA_ROW}"

SUMMARY_MAP = {"Users": 2, "AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0}
OIDC_ARN = f"{_IAM}:oidc-provider/token.actions.githubusercontent.com"
OIDC = {
    "Url": "token.actions.githubusercontent.com",
    "ClientIDList": ["sts.amazonaws.com"],
    "CreateDate": EARLIER,
}
SAML = {"Arn": f"{_IAM}:saml-provider/idp", "ValidUntil": WHEN, "CreateDate": EARLIER}


def key(user_name: str, number: int) -> dict[str, Any]:
    return {
        "UserName": user_name,
        "AccessKeyId": f"AKIAEXAMPLE{number:09d}",
        "Status": "Active",
        "CreateDate": EARLIER,
    }


USED = {
    "UserName": "ana",
    "AccessKeyLastUsed": {"LastUsedDate": WHEN, "ServiceName": "s3", "Region": "eu-west-1"},
}
NEVER_USED = {"UserName": "ben", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
LOGIN_PROFILE = {"UserName": "ana", "CreateDate": EARLIER, "PasswordResetRequired": True}
MFA = {"UserName": "ana", "SerialNumber": f"{_IAM}:mfa/ana", "EnableDate": EARLIER}
SSH = {
    "UserName": "ana",
    "SSHPublicKeyId": "APKAEXAMPLE000000000",
    "Status": "Active",
    "UploadDate": EARLIER,
}
CERTIFICATE = {
    "UserName": "ana",
    "CertificateId": "EXAMPLECERTIFICATE0000000",
    "CertificateBody": "-----BEGIN CERTIFICATE-----",
    "Status": "Active",
    "UploadDate": EARLIER,
}
SPECIFIC = {
    "UserName": "ben",
    "Status": "Active",
    "ServiceUserName": "ben-at-1",
    "CreateDate": EARLIER,
    "ServiceSpecificCredentialId": "ACCAEXAMPLE000000000",
    "ServiceName": "bedrock.amazonaws.com",
}
