"""A whole reading of each source, call by call, in AWS's documented shapes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inventory.aws.access_keys import fetch_access_keys
from inventory.aws.account_assignments import fetch_account_assignments
from inventory.aws.account_summary import fetch_account_summary
from inventory.aws.alternate_contacts import fetch_alternate_contacts
from inventory.aws.authorization_details import FILTER, fetch_authorization_details
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
from tests.inventory.aws import payloads as p
from tests.inventory.aws.stubbed import ACCOUNT, MEMBER, WHEN, Step


@dataclass(frozen=True, slots=True)
class Script:
    """fetch(aws, inputs) makes exactly these calls and hands over that many records."""

    fetch: Callable[[Aws, Inputs], Reading]
    inputs: Inputs
    steps: tuple[Step, ...]
    records: int


USERS = Inputs(account_id=ACCOUNT, user_names=("ana", "ben"))
ORG = Inputs(account_id=ACCOUNT, account_ids=(ACCOUNT, MEMBER), regions=("us-east-1", "eu-west-1"))
CENTER = Inputs(
    account_id=ACCOUNT,
    identity_center_region="eu-west-1",
    instance_arn=p.INSTANCE,
    identity_store_id=p.STORE,
    permission_set_arns=(p.SET_1, p.SET_2),
)


def organizations(operation: str, answer: dict[str, Any], **params: Any) -> Step:
    return Step("organizations", operation, answer, params)


def iam(operation: str, answer: dict[str, Any], **params: Any) -> Step:
    return Step("iam", operation, answer, params)


def sso(operation: str, answer: dict[str, Any], **params: Any) -> Step:
    return Step("sso-admin", operation, answer, params, "eu-west-1")


def store(operation: str, answer: dict[str, Any], **params: Any) -> Step:
    return Step(
        "identitystore", operation, answer, {"IdentityStoreId": p.STORE} | params, "eu-west-1"
    )


def contact(kind: str, answer: dict[str, Any], **params: Any) -> Step:
    return Step("account", "get_alternate_contact", answer, {"AlternateContactType": kind} | params)


def trail(operation: str, answer: dict[str, Any], region: str, **params: Any) -> Step:
    return Step("cloudtrail", operation, answer, params, region)


ORGANIZATION = (
    organizations("describe_organization", {"Organization": p.ORGANIZATION}),
    organizations("list_roots", {"Roots": [p.ROOT]}),
    organizations("list_accounts_for_parent", {"Accounts": [p.ACCOUNT_1]}, ParentId="r-ab12"),
    organizations(
        "list_organizational_units_for_parent",
        {"OrganizationalUnits": [p.UNIT], "NextToken": "more"},
        ParentId="r-ab12",
    ),
    organizations(
        "list_organizational_units_for_parent",
        {"OrganizationalUnits": []},
        ParentId="r-ab12",
        NextToken="more",
    ),
    organizations("list_accounts_for_parent", {"Accounts": [p.ACCOUNT_2]}, ParentId=p.UNIT["Id"]),
    organizations(
        "list_organizational_units_for_parent",
        {"OrganizationalUnits": []},
        ParentId=p.UNIT["Id"],
    ),
    organizations("list_accounts", {"Accounts": [p.ACCOUNT_1], "NextToken": "2"}),
    organizations("list_accounts", {"Accounts": [p.ACCOUNT_2]}, NextToken="2"),
)
SCPS = (
    organizations(
        "list_policies",
        {"Policies": [p.SCP_SUMMARY], "NextToken": "2"},
        Filter="SERVICE_CONTROL_POLICY",
    ),
    organizations(
        "list_policies", {"Policies": []}, Filter="SERVICE_CONTROL_POLICY", NextToken="2"
    ),
    organizations("describe_policy", {"Policy": p.SCP}, PolicyId="p-12345678"),
    organizations("list_targets_for_policy", {"Targets": [p.TARGET]}, PolicyId="p-12345678"),
)
CONTACTS = (
    contact("BILLING", {"AlternateContact": p.CONTACT}),
    contact("OPERATIONS", {"AlternateContact": p.CONTACT}),
    contact("SECURITY", {"AlternateContact": p.CONTACT}),
    contact("BILLING", {"AlternateContact": p.CONTACT}, AccountId=MEMBER),
    contact("OPERATIONS", {"AlternateContact": p.CONTACT}, AccountId=MEMBER),
    contact("SECURITY", {"AlternateContact": p.CONTACT}, AccountId=MEMBER),
)
TRAILS = (
    trail("describe_trails", {"trailList": [p.TRAIL]}, "us-east-1", includeShadowTrails=True),
    trail("describe_trails", {"trailList": [p.TRAIL]}, "eu-west-1", includeShadowTrails=True),
    trail("get_trail_status", p.TRAIL_STATUS, "eu-west-1", Name=p.TRAIL["TrailARN"]),
    trail("get_event_selectors", p.SELECTORS, "eu-west-1", TrailName=p.TRAIL["TrailARN"]),
)
SETS = (
    sso(
        "list_permission_sets",
        {"PermissionSets": [p.SET_1], "NextToken": "2"},
        InstanceArn=p.INSTANCE,
        MaxResults=100,
    ),
    sso(
        "list_permission_sets",
        {"PermissionSets": []},
        InstanceArn=p.INSTANCE,
        MaxResults=100,
        NextToken="2",
    ),
    sso("describe_permission_set", {"PermissionSet": p.SET}, **p.ONE_SET),
    sso("list_managed_policies_in_permission_set", p.MANAGED, **p.ONE_SET),
    sso("list_customer_managed_policy_references_in_permission_set", p.CUSTOMER, **p.ONE_SET),
    sso("get_inline_policy_for_permission_set", {"InlinePolicy": p.POLICY_TEXT}, **p.ONE_SET),
    sso("get_permissions_boundary_for_permission_set", p.BOUNDARY, **p.ONE_SET),
    sso("list_tags_for_resource", p.TAGS, InstanceArn=p.INSTANCE, ResourceArn=p.SET_1),
)
ASSIGNMENTS = (
    sso(
        "list_accounts_for_provisioned_permission_set",
        {"AccountIds": [ACCOUNT, MEMBER]},
        **p.ONE_SET,
        MaxResults=100,
    ),
    sso("list_account_assignments", p.assigned(ACCOUNT), **p.pair(ACCOUNT)),
    sso("list_account_assignments", p.assigned(MEMBER, "2"), **p.pair(MEMBER)),
    sso("list_account_assignments", p.assigned(MEMBER), **p.pair(MEMBER), NextToken="2"),
    sso(
        "list_accounts_for_provisioned_permission_set",
        {"AccountIds": []},
        InstanceArn=p.INSTANCE,
        PermissionSetArn=p.SET_2,
        MaxResults=100,
    ),
)
STORE = (
    store("list_users", {"Users": [p.STORE_USER], "NextToken": "2"}, MaxResults=100),
    store("list_users", {"Users": []}, MaxResults=100, NextToken="2"),
    store("list_groups", {"Groups": [p.STORE_GROUP]}, MaxResults=100),
    store("list_group_memberships", p.MEMBERSHIPS, GroupId=p.GROUP_ID, MaxResults=100),
)
DETAILS = (
    iam(
        "get_account_authorization_details",
        p.DETAILS_1 | {"IsTruncated": True, "Marker": "2"},
        Filter=list(FILTER),
        MaxItems=1000,
    ),
    iam(
        "get_account_authorization_details",
        p.DETAILS_2 | {"IsTruncated": False},
        Filter=list(FILTER),
        MaxItems=1000,
        Marker="2",
    ),
)
REPORT = (
    iam("generate_credential_report", {"State": "STARTED"}),
    iam("generate_credential_report", {"State": "COMPLETE"}),
    iam(
        "get_credential_report",
        {"Content": p.REPORT.encode(), "ReportFormat": "text/csv", "GeneratedTime": WHEN},
    ),
)
SUMMARY = (
    iam("get_account_summary", {"SummaryMap": p.SUMMARY_MAP}),
    iam("list_account_aliases", {"AccountAliases": ["acme"], "IsTruncated": False}),
)
PROVIDERS = (
    iam("list_open_id_connect_providers", {"OpenIDConnectProviderList": [{"Arn": p.OIDC_ARN}]}),
    iam("get_open_id_connect_provider", p.OIDC, OpenIDConnectProviderArn=p.OIDC_ARN),
    iam("list_saml_providers", {"SAMLProviderList": [p.SAML]}),
)
KEYS = (
    iam("list_access_keys", {"AccessKeyMetadata": [p.key("ana", 1)]}, UserName="ana"),
    iam("get_access_key_last_used", p.USED, AccessKeyId=p.key("ana", 1)["AccessKeyId"]),
    iam(
        "list_access_keys",
        {"AccessKeyMetadata": [p.key("ben", 2)], "IsTruncated": True, "Marker": "2"},
        UserName="ben",
    ),
    iam("get_access_key_last_used", p.NEVER_USED, AccessKeyId=p.key("ben", 2)["AccessKeyId"]),
    iam("list_access_keys", {"AccessKeyMetadata": []}, UserName="ben", Marker="2"),
)


def per_user(operation: str, name: str, item: dict[str, Any]) -> tuple[Step, ...]:
    return (
        iam(operation, {name: [item], "IsTruncated": True, "Marker": "2"}, UserName="ana"),
        iam(operation, {name: [], "IsTruncated": False}, UserName="ana", Marker="2"),
        iam(operation, {name: []}, UserName="ben"),
    )


PROFILES = (
    iam("get_login_profile", {"LoginProfile": p.LOGIN_PROFILE}, UserName="ana"),
    iam("get_login_profile", {"LoginProfile": p.LOGIN_PROFILE}, UserName="ben"),
)
SPECIFIC = (
    iam(
        "list_service_specific_credentials",
        {"ServiceSpecificCredentials": [p.SPECIFIC], "IsTruncated": True, "Marker": "2"},
        AllUsers=True,
    ),
    iam(
        "list_service_specific_credentials",
        {"ServiceSpecificCredentials": []},
        AllUsers=True,
        Marker="2",
    ),
)


def read_report(aws: Aws, inputs: Inputs) -> Reading:
    return fetch_credential_report(aws, inputs, sleep=lambda _seconds: None)


SCRIPTS: dict[str, Script] = {
    "organization": Script(fetch_organization, ORG, ORGANIZATION, 5),
    "service_control_policies": Script(fetch_service_control_policies, ORG, SCPS, 2),
    "organization_features": Script(
        fetch_organization_features,
        ORG,
        (iam("list_organizations_features", {"EnabledFeatures": ["RootSessions"]}),),
        1,
    ),
    "alternate_contacts": Script(fetch_alternate_contacts, ORG, CONTACTS, 6),
    "trails": Script(fetch_trails, ORG, TRAILS, 1),
    "identity_center": Script(
        fetch_identity_center, CENTER, (sso("list_instances", {"Instances": [p.INSTANCE_1]}),), 1
    ),
    "permission_sets": Script(fetch_permission_sets, CENTER, SETS, 1),
    "account_assignments": Script(fetch_account_assignments, CENTER, ASSIGNMENTS, 3),
    "identity_store": Script(fetch_identity_store, CENTER, STORE, 3),
    "authorization_details": Script(fetch_authorization_details, USERS, DETAILS, 5),
    "credential_report": Script(read_report, USERS, REPORT, 2),
    "account_summary": Script(fetch_account_summary, USERS, SUMMARY, 1),
    "identity_providers": Script(fetch_identity_providers, USERS, PROVIDERS, 2),
    "access_keys": Script(fetch_access_keys, USERS, KEYS, 2),
    "login_profiles": Script(fetch_login_profiles, USERS, PROFILES, 2),
    "mfa_devices": Script(
        fetch_mfa_devices, USERS, per_user("list_mfa_devices", "MFADevices", p.MFA), 1
    ),
    "ssh_public_keys": Script(
        fetch_ssh_public_keys, USERS, per_user("list_ssh_public_keys", "SSHPublicKeys", p.SSH), 1
    ),
    "signing_certificates": Script(
        fetch_signing_certificates,
        USERS,
        per_user("list_signing_certificates", "Certificates", p.CERTIFICATE),
        1,
    ),
    "service_specific_credentials": Script(fetch_service_specific_credentials, USERS, SPECIFIC, 1),
}
