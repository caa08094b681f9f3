"""The registry of sources, in run order.

rank puts them in order inside a lane (one account, or the organization): a source that needs the
list of users or permission sets comes after the one that reads it. every: how often it is due.
stale_after: past this age its facts are unknown rather than true.
"""

from dataclasses import dataclass
from datetime import timedelta

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
    its credential report row changed, and daily.
    """

    name: str
    title: str
    rank: int
    lane: str = "organizations"
    records: tuple[type[Record], ...]
    per_account: bool = False
    per_user: bool = False
    every: timedelta = HOUR
    stale_after: timedelta = 6 * HOUR


SOURCES: tuple[Source, ...] = (
    # First, because it tells which accounts there are.
    Source(
        name="organization",
        title="Organization and accounts",
        rank=0,
        records=(OrganizationRecord, OrganizationalUnitRecord, AccountRecord),
    ),
    Source(
        name="service_control_policies",
        title="Service control policies",
        rank=1,
        records=(ServiceControlPolicyRecord, PolicyTargetRecord),
    ),
    Source(
        name="organization_features",
        title="Central root features",
        rank=2,
        records=(OrganizationFeatureRecord,),
        every=DAY,
        stale_after=3 * DAY,
    ),
    # The instance comes before everything that is read from it.
    Source(
        name="identity_center",
        lane="sso",
        title="Identity Center instance",
        rank=3,
        records=(IdentityCenterInstanceRecord,),
    ),
    Source(
        name="permission_sets",
        lane="sso",
        title="Permission sets",
        rank=4,
        records=(PermissionSetRecord,),
    ),
    # Asks per permission set, so it follows them.
    Source(
        name="account_assignments",
        lane="sso",
        title="Account assignments",
        rank=5,
        records=(AccountAssignmentRecord,),
    ),
    Source(
        name="identity_store",
        lane="identitystore",
        title="Identity store",
        rank=6,
        records=(IdentityStoreUserRecord, IdentityStoreGroupRecord, GroupMembershipRecord),
    ),
    Source(
        name="trails",
        title="CloudTrail trails",
        rank=7,
        lane="cloudtrail",
        records=(TrailRecord,),
    ),
    Source(
        name="alternate_contacts",
        lane="account",
        title="Alternate contacts",
        rank=8,
        records=(AlternateContactRecord,),
        every=DAY,
        stale_after=3 * DAY,
    ),
    # Tells the users, whom everything below asks about.
    Source(
        name="authorization_details",
        title="IAM users, groups, roles, policies",
        rank=20,
        records=(IamUserRecord, IamGroupRecord, IamRoleRecord, IamPolicyRecord),
        per_account=True,
    ),
    # Tells which users changed, so that the sources without a bulk call ask for those only.
    Source(
        name="credential_report",
        title="Credential report",
        rank=21,
        records=(CredentialReportRowRecord,),
        per_account=True,
        stale_after=10 * HOUR,
    ),
    Source(
        name="account_summary",
        title="Account summary and root",
        rank=22,
        records=(AccountSummaryRecord,),
        per_account=True,
    ),
    Source(
        name="identity_providers",
        title="Identity providers",
        rank=23,
        records=(IdentityProviderRecord,),
        per_account=True,
    ),
    Source(
        name="access_keys",
        title="Access keys",
        rank=24,
        records=(AccessKeyRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="login_profiles",
        title="Console passwords",
        rank=25,
        records=(LoginProfileRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="mfa_devices",
        title="MFA devices",
        rank=26,
        records=(MfaDeviceRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="ssh_public_keys",
        title="SSH public keys",
        rank=27,
        records=(SshPublicKeyRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="signing_certificates",
        title="Signing certificates",
        rank=28,
        records=(SigningCertificateRecord,),
        per_account=True,
        per_user=True,
        stale_after=30 * HOUR,
    ),
    Source(
        name="service_specific_credentials",
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
