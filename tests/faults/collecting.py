"""A worker of this process over the sample organisation, quick to give up."""

from typing import Any

from inventory import jobs
from inventory.aws.rates import RATES, Rate, RateLimits
from inventory.aws.retries import Patience
from inventory.aws.session import AwsSettings, Connections
from inventory.collect import Worker
from inventory.models import UserRead
from inventory.saving.tables import TABLES
from inventory.sources import SOURCE_BY_NAME
from inventory.tasks import utc_now

MOST_ATTEMPTS = 2
# Identity Center's own limit is kept, because the sample organisation enforces it.
LIMITS = RateLimits(dict.fromkeys(RATES, Rate(1e9, 1)) | {"sso-admin": RATES["sso-admin"]})
ACCOUNT = "555555555555"
ANOTHER = "999999999999"
MANAGEMENT = "111122223333"

# For every source a call that its read cannot do without.
CALLS = {
    "organization": ("organizations", "ListAccounts"),
    "service_control_policies": ("organizations", "DescribePolicy"),
    "organization_features": ("iam", "ListOrganizationsFeatures"),
    "identity_center": ("sso-admin", "ListInstances"),
    "permission_sets": ("sso-admin", "DescribePermissionSet"),
    "account_assignments": ("sso-admin", "ListAccountAssignments"),
    "identity_store": ("identitystore", "ListGroupMemberships"),
    "trails": ("cloudtrail", "GetTrailStatus"),
    "alternate_contacts": ("account", "GetAlternateContact"),
    "authorization_details": ("iam", "GetAccountAuthorizationDetails"),
    "credential_report": ("iam", "GetCredentialReport"),
    "account_summary": ("iam", "GetAccountSummary"),
    "identity_providers": ("iam", "ListSAMLProviders"),
    "access_keys": ("iam", "GetAccessKeyLastUsed"),
    "login_profiles": ("iam", "GetLoginProfile"),
    "mfa_devices": ("iam", "ListMFADevices"),
    "ssh_public_keys": ("iam", "ListSSHPublicKeys"),
    "signing_certificates": ("iam", "ListSigningCertificates"),
    "service_specific_credentials": ("iam", "ListServiceSpecificCredentials"),
}


def worker_for(organization, read_timeout: float = 20) -> Worker:
    """A worker that hardly waits and sleeps for nothing."""
    environment = organization.environment()
    values: dict[str, Any] = {
        "endpoint_url": organization.endpoint,
        "profile": None,
        "region": environment["AWS_DEFAULT_REGION"],
        "management_role_arn": None,
        "reader_role_name": environment["PORTAL_READER_ROLE_NAME"],
        "external_id": environment["PORTAL_EXTERNAL_ID"],
        "read_timeout_seconds": read_timeout,
    }
    patience = Patience(max_attempts=MOST_ATTEMPTS, sleep=lambda seconds: None)
    connections = Connections(AwsSettings(**values), limits=LIMITS, patience=patience)
    return Worker(name="test", connections=connections, clock=utc_now)


def scope_of(name):
    """The scope in which a source is put to the test."""
    return ACCOUNT if SOURCE_BY_NAME[name].per_account else ""


def collect(worker, name, account_id):
    """One read of one source, of every user where it reads users. Returns its run."""
    UserRead.objects.filter(source=name, account_id=account_id).delete()
    asked = jobs.request(
        now=worker.clock(), by="test", sources=name, account_ids=account_id or None
    )
    assert asked == 1
    run = worker.work_one()
    run.refresh_from_db()
    assert (run.source, run.account_id) == (name, account_id)
    return run


def collect_all(worker, account_ids):
    """A collection of the organization and some of its accounts."""
    organization = [name for name, source in SOURCE_BY_NAME.items() if not source.per_account]
    jobs.request(now=utc_now(), by="test", sources=organization)
    jobs.request(now=utc_now(), by="test", account_ids=account_ids)
    while worker.work_one() is not None:
        pass


def all_rows():
    """Every row of every fact table, by table and primary key."""
    return {
        model.__name__: {row["pk"]: row for row in _rows(model)} for model in set(TABLES.values())
    }


def _rows(model):
    names = [field.attname for field in model._meta.concrete_fields]
    for row in model._default_manager.values_list(*names):
        yield {**dict(zip(names, row, strict=True)), "pk": row[names.index(model._meta.pk.attname)]}
