"""What collectors and imports hand over: one frozen dataclass per thing AWS told us.
In AWS's own words.

No Django, no boto3. Instants are timezone-aware UTC datetimes named *_at. None always means "not
known" or "AWS has no value", and each docstring says which. Tuples are sorted where AWS gives no
order, so that equal facts have equal records. KEY names the fields that identify a record for ever.
"""

from inventory.records.base import Document, Record
from inventory.records.credentials import (
    AccessKeyRecord,
    CredentialReportRowRecord,
    LoginProfileRecord,
    MfaDeviceRecord,
    ServiceSpecificCredentialRecord,
    SigningCertificateRecord,
    SshPublicKeyRecord,
)
from inventory.records.iam import (
    AccountSummaryRecord,
    IamGroupRecord,
    IamPolicyRecord,
    IamRoleRecord,
    IamUserRecord,
    IdentityProviderRecord,
)
from inventory.records.identity_center import (
    AccountAssignmentRecord,
    GroupMembershipRecord,
    IdentityCenterInstanceRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    PermissionSetRecord,
    RosterPersonRecord,
)
from inventory.records.organization import (
    AccountRecord,
    AlternateContactRecord,
    OrganizationalUnitRecord,
    OrganizationFeatureRecord,
    OrganizationRecord,
    PolicyTargetRecord,
    ServiceControlPolicyRecord,
    TrailRecord,
)

RECORD_TYPES: tuple[type[Record], ...] = (
    OrganizationRecord,
    OrganizationalUnitRecord,
    AccountRecord,
    ServiceControlPolicyRecord,
    PolicyTargetRecord,
    OrganizationFeatureRecord,
    AlternateContactRecord,
    TrailRecord,
    IamUserRecord,
    IamGroupRecord,
    IamRoleRecord,
    IamPolicyRecord,
    AccountSummaryRecord,
    IdentityProviderRecord,
    CredentialReportRowRecord,
    AccessKeyRecord,
    LoginProfileRecord,
    MfaDeviceRecord,
    SshPublicKeyRecord,
    SigningCertificateRecord,
    ServiceSpecificCredentialRecord,
    IdentityCenterInstanceRecord,
    PermissionSetRecord,
    AccountAssignmentRecord,
    IdentityStoreUserRecord,
    IdentityStoreGroupRecord,
    GroupMembershipRecord,
    RosterPersonRecord,
)

__all__ = [
    "RECORD_TYPES",
    "AccessKeyRecord",
    "AccountAssignmentRecord",
    "AccountRecord",
    "AccountSummaryRecord",
    "AlternateContactRecord",
    "CredentialReportRowRecord",
    "Document",
    "GroupMembershipRecord",
    "IamGroupRecord",
    "IamPolicyRecord",
    "IamRoleRecord",
    "IamUserRecord",
    "IdentityCenterInstanceRecord",
    "IdentityProviderRecord",
    "IdentityStoreGroupRecord",
    "IdentityStoreUserRecord",
    "LoginProfileRecord",
    "MfaDeviceRecord",
    "OrganizationFeatureRecord",
    "OrganizationRecord",
    "OrganizationalUnitRecord",
    "PermissionSetRecord",
    "PolicyTargetRecord",
    "Record",
    "RosterPersonRecord",
    "ServiceControlPolicyRecord",
    "ServiceSpecificCredentialRecord",
    "SigningCertificateRecord",
    "SshPublicKeyRecord",
    "TrailRecord",
]
