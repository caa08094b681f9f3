"""Every AWS action the portal may call, one by one: never a wildcard, never a write.

This is the one list. The management role, the reader role, the documentation, the CloudFormation
StackSet and the Terraform module are generated from it, and a test records the calls of a full
collection and proves that list and use are equal.

iam:GenerateCredentialReport is the only call that makes AWS do anything: it writes the report that
GetCredentialReport then reads.
"""

ORGANIZATION_ACTIONS = (
    "organizations:DescribeOrganization",
    "organizations:DescribePolicy",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListPolicies",
    "organizations:ListRoots",
    "organizations:ListTargetsForPolicy",
)

IDENTITY_CENTER_ACTIONS = (
    "sso:DescribePermissionSet",
    "sso:GetInlinePolicyForPermissionSet",
    "sso:GetPermissionsBoundaryForPermissionSet",
    "sso:ListAccountAssignments",
    "sso:ListAccountsForProvisionedPermissionSet",
    "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
    "sso:ListInstances",
    "sso:ListManagedPoliciesInPermissionSet",
    "sso:ListPermissionSets",
    "sso:ListTagsForResource",
)

IDENTITY_STORE_ACTIONS = (
    "identitystore:ListGroupMemberships",
    "identitystore:ListGroups",
    "identitystore:ListUsers",
)

TRAIL_ACTIONS = (
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
)

ACCOUNT_AND_ROOT_ACTIONS = (
    "account:GetAlternateContact",
    "iam:ListOrganizationsFeatures",
)

READER_ACTIONS = (
    "iam:GenerateCredentialReport",
    "iam:GetAccessKeyLastUsed",
    "iam:GetAccountAuthorizationDetails",
    "iam:GetAccountSummary",
    "iam:GetCredentialReport",
    "iam:GetLoginProfile",
    "iam:GetOpenIDConnectProvider",
    "iam:ListAccessKeys",
    "iam:ListAccountAliases",
    "iam:ListMFADevices",
    "iam:ListOpenIDConnectProviders",
    "iam:ListSAMLProviders",
    "iam:ListSSHPublicKeys",
    "iam:ListServiceSpecificCredentials",
    "iam:ListSigningCertificates",
)

# Only for counting use from CloudTrail's logs: the trail's bucket, or LookupEvents without a trail.
LOG_BUCKET_ACTIONS = (
    "s3:GetObject",
    "s3:ListBucket",
)

LOG_READER_ACTIONS = ("cloudtrail:LookupEvents",)

MANAGEMENT_ACTIONS = (
    *ORGANIZATION_ACTIONS,
    *IDENTITY_CENTER_ACTIONS,
    *IDENTITY_STORE_ACTIONS,
    *TRAIL_ACTIONS,
    *ACCOUNT_AND_ROOT_ACTIONS,
)

MANAGEMENT_ROLE_NAME = "access-portal"
READER_ROLE_NAME = "access-portal-reader"
