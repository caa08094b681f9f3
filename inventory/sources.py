"""The registry of sources, in run order.

rank puts them in order inside a lane (one account, or the organization): a source that needs the
list of users or permission sets comes after the one that reads it. every: how often it is due.
stale_after: past this age its facts are unknown rather than true.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from inventory.aws.access_keys import fetch_access_keys
from inventory.aws.account_assignments import fetch_account_assignments
from inventory.aws.account_summary import fetch_account_summary
from inventory.aws.alternate_contacts import fetch_alternate_contacts
from inventory.aws.authorization_details import fetch_authorization_details
from inventory.aws.caller import Aws
from inventory.aws.credential_report import fetch_credential_report
from inventory.aws.identity_center import fetch_identity_center
from inventory.aws.identity_providers import fetch_identity_providers
from inventory.aws.identity_store import fetch_identity_store
from inventory.aws.login_profiles import fetch_login_profiles
from inventory.aws.mfa_devices import fetch_mfa_devices
from inventory.aws.organization import fetch_organization
from inventory.aws.organization_features import fetch_organization_features
from inventory.aws.permission_sets import fetch_permission_sets
from inventory.aws.reading import Inputs, Reading
from inventory.aws.service_control_policies import fetch_service_control_policies
from inventory.aws.service_specific_credentials import fetch_service_specific_credentials
from inventory.aws.signing_certificates import fetch_signing_certificates
from inventory.aws.ssh_public_keys import fetch_ssh_public_keys
from inventory.aws.trails import fetch_trails
from inventory.records import (
    AccessKeyRecord,
    AccountAssignmentRecord,
    AccountRecord,
    AccountSummaryRecord,
    AlternateContactRecord,
    CredentialReportRowRecord,
    GroupMembershipRecord,
    IamGroupRecord,
    IamPolicyRecord,
    IamRoleRecord,
    IamUserRecord,
    IdentityCenterInstanceRecord,
    IdentityProviderRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    LoginProfileRecord,
    MfaDeviceRecord,
    OrganizationalUnitRecord,
    OrganizationFeatureRecord,
    OrganizationRecord,
    PermissionSetRecord,
    PolicyTargetRecord,
    Record,
    ServiceControlPolicyRecord,
    ServiceSpecificCredentialRecord,
    SigningCertificateRecord,
    SshPublicKeyRecord,
    TrailRecord,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One thing to read.

    lane: jobs of one lane never run at once, because AWS counts their rate together (a per-account
    source's lane is its account). per_account: read in every account through the reader role,
    otherwise once through the management role. per_user: no bulk call, so each user is read when
    its credential report row changed, and daily; PORTAL_USERS_PER_READ of them in one run.
    """

    name: str
    fetch: Callable[[Aws, Inputs], Reading]
    title: str
    rank: int
    lane: str = "organizations"
    records: tuple[type[Record], ...]
    per_account: bool = False
    per_user: bool = False
    after: tuple[str, ...] = ()
    every: timedelta = HOUR
    stale_after: timedelta = 6 * HOUR


SOURCES: tuple[Source, ...] = (
    # First, because it tells which accounts there are.
    Source(
        name="organization",
        fetch=fetch_organization,
        title="Organization and accounts",
        rank=0,
        records=(OrganizationRecord, OrganizationalUnitRecord, AccountRecord),
    ),
    Source(
        name="service_control_policies",
        fetch=fetch_service_control_policies,
        title="Service control policies",
        rank=1,
        records=(ServiceControlPolicyRecord, PolicyTargetRecord),
    ),
    Source(
        name="organization_features",
        fetch=fetch_organization_features,
        title="Central root features",
        rank=2,
        records=(OrganizationFeatureRecord,),
        every=DAY,
        stale_after=3 * DAY,
    ),
    # The instance comes before everything that is read from it.
    Source(
        name="identity_center",
        fetch=fetch_identity_center,
        lane="sso",
        title="Identity Center instance",
        rank=3,
        records=(IdentityCenterInstanceRecord,),
    ),
    Source(
        name="permission_sets",
        fetch=fetch_permission_sets,
        lane="sso",
        title="Permission sets",
        rank=4,
        after=("identity_center",),
        records=(PermissionSetRecord,),
    ),
    # Asks per permission set, so it follows them.
    Source(
        name="account_assignments",
        fetch=fetch_account_assignments,
        lane="sso",
        title="Account assignments",
        rank=5,
        after=("identity_center", "permission_sets"),
        records=(AccountAssignmentRecord,),
    ),
    Source(
        name="identity_store",
        fetch=fetch_identity_store,
        lane="identitystore",
        title="Identity store",
        rank=6,
        after=("identity_center",),
        records=(IdentityStoreUserRecord, IdentityStoreGroupRecord, GroupMembershipRecord),
    ),
    Source(
        name="trails",
        fetch=fetch_trails,
        title="CloudTrail trails",
        rank=7,
        lane="cloudtrail",
        records=(TrailRecord,),
    ),
    Source(
        name="alternate_contacts",
        fetch=fetch_alternate_contacts,
        lane="account",
        title="Alternate contacts",
        rank=8,
        after=("organization",),
        records=(AlternateContactRecord,),
        every=DAY,
        stale_after=3 * DAY,
    ),
    # Tells the users, whom everything below asks about.
    Source(
        name="authorization_details",
        fetch=fetch_authorization_details,
        title="IAM users, groups, roles, policies",
        rank=20,
        records=(IamUserRecord, IamGroupRecord, IamRoleRecord, IamPolicyRecord),
        per_account=True,
    ),
    # Tells which users changed, so that the sources without a bulk call ask for those only.
    Source(
        name="credential_report",
        fetch=fetch_credential_report,
        title="Credential report",
        rank=21,
        records=(CredentialReportRowRecord,),
        per_account=True,
        stale_after=10 * HOUR,
    ),
    Source(
        name="account_summary",
        fetch=fetch_account_summary,
        title="Account summary and root",
        rank=22,
        records=(AccountSummaryRecord,),
        per_account=True,
    ),
    Source(
        name="identity_providers",
        fetch=fetch_identity_providers,
        title="Identity providers",
        rank=23,
        records=(IdentityProviderRecord,),
        per_account=True,
    ),
    Source(
        name="access_keys",
        fetch=fetch_access_keys,
        title="Access keys",
        rank=24,
        records=(AccessKeyRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="login_profiles",
        fetch=fetch_login_profiles,
        title="Console passwords",
        rank=25,
        records=(LoginProfileRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="mfa_devices",
        fetch=fetch_mfa_devices,
        title="MFA devices",
        rank=26,
        records=(MfaDeviceRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="ssh_public_keys",
        fetch=fetch_ssh_public_keys,
        title="SSH public keys",
        rank=27,
        records=(SshPublicKeyRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="signing_certificates",
        fetch=fetch_signing_certificates,
        title="Signing certificates",
        rank=28,
        records=(SigningCertificateRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="service_specific_credentials",
        fetch=fetch_service_specific_credentials,
        title="Service-specific credentials",
        rank=29,
        records=(ServiceSpecificCredentialRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
)

SOURCE_BY_NAME: dict[str, Source] = {source.name: source for source in SOURCES}
PER_USER_EVERY = DAY
