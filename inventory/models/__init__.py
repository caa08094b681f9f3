"""Facts as tables."""

from inventory.models.accounts import AwsAccount, Environment, Organization, OrganizationalUnit
from inventory.models.base import FactModel, FactQuerySet
from inventory.models.credentials import (
    AccessKey,
    CredentialReportRow,
    LoginProfile,
    MfaDevice,
    ServiceSpecificCredential,
    SigningCertificate,
    SshPublicKey,
)
from inventory.models.guardrails import (
    AlternateContact,
    OrganizationFeature,
    PolicyTarget,
    ServiceControlPolicy,
    Trail,
)
from inventory.models.iam import (
    AccountSummary,
    IamGroup,
    IamPolicy,
    IamRole,
    IamUser,
    IdentityProvider,
)
from inventory.models.identity_center import (
    AccountAssignment,
    GroupMembership,
    IdentityCenterInstance,
    IdentityStoreGroup,
    IdentityStoreUser,
    PermissionSet,
    RosterPerson,
)
from inventory.models.ledger import ChainHead, Change, Observation
from inventory.models.runs import (
    CollectionRun,
    Heartbeat,
    Job,
    JobState,
    Outcome,
    ScopeState,
    UserRead,
)

__all__ = [
    "AccessKey",
    "AccountAssignment",
    "AccountSummary",
    "AlternateContact",
    "AwsAccount",
    "ChainHead",
    "Change",
    "CollectionRun",
    "CredentialReportRow",
    "Environment",
    "FactModel",
    "FactQuerySet",
    "GroupMembership",
    "Heartbeat",
    "IamGroup",
    "IamPolicy",
    "IamRole",
    "IamUser",
    "IdentityCenterInstance",
    "IdentityProvider",
    "IdentityStoreGroup",
    "IdentityStoreUser",
    "Job",
    "JobState",
    "LoginProfile",
    "MfaDevice",
    "Observation",
    "Organization",
    "OrganizationFeature",
    "OrganizationalUnit",
    "Outcome",
    "PermissionSet",
    "PolicyTarget",
    "RosterPerson",
    "ScopeState",
    "ServiceControlPolicy",
    "ServiceSpecificCredential",
    "SigningCertificate",
    "SshPublicKey",
    "Trail",
    "UserRead",
]
