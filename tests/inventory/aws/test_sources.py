"""What each source makes of AWS's answers, beyond what holds for all of them."""

from dataclasses import replace

import pytest

from inventory.aws.errors import ReadFailed
from inventory.aws.identity_center import fetch_identity_center
from inventory.aws.organization import parse_account
from inventory.aws.reading import Inputs
from inventory.aws.service_specific_credentials import fetch_service_specific_credentials
from inventory.records import (
    AccountAssignmentRecord,
    AccountRecord,
    IdentityCenterInstanceRecord,
    OrganizationalUnitRecord,
    ServiceSpecificCredentialRecord,
)
from tests.inventory.aws import payloads as p
from tests.inventory.aws.scripts import CENTER, ORG, ORGANIZATION, SCRIPTS, USERS, Script, iam, sso
from tests.inventory.aws.stubbed import ACCOUNT, EARLIER, MEMBER, WHEN, Step, stubbed_aws


def read(name, *steps):
    script = SCRIPTS[name]
    with stubbed_aws(*(steps or script.steps)) as aws:
        return list(script.fetch(aws, script.inputs).records)


def changed(script: Script, number: int, **changes) -> tuple[Step, ...]:
    steps = list(script.steps)
    steps[number] = replace(steps[number], **changes)
    return tuple(steps)


def test_accounts_and_units_know_their_place_by_names_from_the_root():
    records = read("organization")
    units = [record for record in records if isinstance(record, OrganizationalUnitRecord)]
    accounts = [record for record in records if isinstance(record, AccountRecord)]
    assert [(unit.parent_id, unit.path) for unit in units] == [
        (None, "Root"),
        ("r-ab12", "Root/Workloads"),
    ]
    assert [(one.account_id, one.parent_id, one.unit_path) for one in accounts] == [
        (ACCOUNT, "r-ab12", "Root"),
        (MEMBER, p.UNIT["Id"], "Root/Workloads"),
    ]
    assert accounts[1].joined_at == EARLIER


def test_an_account_in_no_unit_is_kept_with_its_place_unknown():
    steps = list(ORGANIZATION)
    steps[5] = replace(steps[5], answer={"Accounts": []})
    accounts = [one for one in read("organization", *steps) if isinstance(one, AccountRecord)]
    assert [one.parent_id for one in accounts] == ["r-ab12", None]


def test_the_newer_state_of_an_account_wins_over_its_status():
    assert parse_account(p.ACCOUNT_1 | {"State": "CLOSED"}).status == "CLOSED"
    assert parse_account(p.ACCOUNT_1).status == "ACTIVE"


def test_a_policy_has_its_document_and_its_targets():
    policy, target = read("service_control_policies")
    assert policy.document == p.POLICY
    assert (target.policy_id, target.target_type) == ("p-12345678", "ORGANIZATIONAL_UNIT")


def test_a_policy_deleted_while_being_read_is_left_out():
    script = SCRIPTS["service_control_policies"]
    steps = (*script.steps[:2], script.steps[2].failing("PolicyNotFoundException"))
    assert read("service_control_policies", *steps) == []


def test_a_missing_contact_has_no_record_and_the_own_account_is_not_named():
    script = SCRIPTS["alternate_contacts"]
    gone = script.steps[1].failing("ResourceNotFoundException", 404)
    records = read("alternate_contacts", script.steps[0], gone, *script.steps[2:])
    assert len(records) == 5
    assert records[0].email == "ana@example.com"


def test_a_trail_seen_in_two_regions_is_read_once_in_its_home_region():
    (trail,) = read("trails")
    assert (trail.home_region, trail.account_id) == ("eu-west-1", ACCOUNT)
    assert (trail.is_logging, trail.latest_delivery_at) == (True, WHEN)
    assert (trail.management_events, trail.data_events) == (True, False)
    assert list(trail.selectors) == ["EventSelectors"]


def instances(region, *found, error=""):
    return Step("sso-admin", "list_instances", {"Instances": list(found)}, {}, region, error)


def test_identity_center_is_looked_for_until_found():
    first, second = instances("us-east-1"), instances("eu-west-1", p.INSTANCE_1)
    with stubbed_aws(first, second) as aws:
        (record,) = fetch_identity_center(aws, ORG).records
    assert isinstance(record, IdentityCenterInstanceRecord)
    assert (record.region, record.identity_store_id) == ("eu-west-1", p.STORE)


def test_no_instance_in_any_region_is_an_empty_reading():
    with stubbed_aws(instances("us-east-1"), instances("eu-west-1")) as aws:
        assert fetch_identity_center(aws, ORG).records == []


def test_a_refused_region_matters_only_when_no_other_has_the_instance():
    refused = instances("us-east-1", error="UnrecognizedClientException")
    with stubbed_aws(refused, instances("eu-west-1", p.INSTANCE_1)) as aws:
        assert len(fetch_identity_center(aws, ORG).records) == 1
    nowhere = (refused, instances("eu-west-1"))
    with stubbed_aws(*nowhere) as aws, pytest.raises(ReadFailed, match="us-east-1"):
        fetch_identity_center(aws, ORG)


@pytest.mark.parametrize("name", ["permission_sets", "account_assignments", "identity_store"])
def test_an_unknown_instance_is_a_failed_read_not_an_empty_one(name):
    with stubbed_aws() as aws, pytest.raises(ReadFailed, match="not known yet"):
        SCRIPTS[name].fetch(aws, Inputs(account_id=ACCOUNT))


def test_a_permission_set_holds_everything_attached_to_it():
    (record,) = read("permission_sets")
    assert record.session_duration == "PT1H"
    assert record.managed_policies == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)
    assert record.customer_managed_policies == ("/team/Extra",)
    assert record.inline_policy == p.POLICY
    assert record.permissions_boundary == p.BOUNDARY["PermissionsBoundary"]
    assert record.tags == {"owner": "platform"}


def test_no_inline_policy_and_no_boundary_are_none():
    script = SCRIPTS["permission_sets"]
    steps = list(changed(script, 5, answer={}))
    steps[6] = steps[6].failing("ResourceNotFoundException", 404)
    (record,) = read("permission_sets", *steps)
    assert record.inline_policy is None
    assert record.permissions_boundary is None


def test_assignments_cost_one_call_a_set_and_one_a_provisioned_pair():
    arns = tuple(f"{p.SET_1[:-3]}{number:03d}" for number in range(5))
    accounts = [f"{number:012d}" for number in range(10)]
    steps = []
    for arn in arns:
        one = {"InstanceArn": p.INSTANCE, "PermissionSetArn": arn, "MaxResults": 100}
        listed = "list_accounts_for_provisioned_permission_set"
        steps.append(sso(listed, {"AccountIds": accounts}, **one))
        for account_id in accounts:
            none: dict[str, list[str]] = {"AccountAssignments": []}
            steps.append(sso("list_account_assignments", none, **one, AccountId=account_id))
    with stubbed_aws(*steps) as aws:
        script = SCRIPTS["account_assignments"]
        script.fetch(aws, replace(CENTER, permission_set_arns=arns))
    assert aws.calls == len(arns) + len(arns) * len(accounts)


def test_an_assignment_names_account_set_and_principal():
    assert read("account_assignments")[0] == AccountAssignmentRecord(
        account_id=ACCOUNT,
        permission_set_arn=p.SET_1,
        principal_type="GROUP",
        principal_id=p.GROUP_ID,
    )


def test_people_have_their_primary_address_in_lower_case_and_their_origin():
    user, group, membership = read("identity_store")
    assert user.email == "ana@example.com"
    assert user.external_ids == ("https://idp.example.com/scim 00u1",)
    assert user.enabled is True
    assert group.external_ids == ()
    assert (membership.group_id, membership.user_id) == (p.GROUP_ID, p.USER_ID)


def test_a_user_without_status_or_address_is_neither_enabled_nor_disabled():
    bare = {
        name: p.STORE_USER[name]
        for name in ("IdentityStoreId", "UserId", "UserArn", "Revision", "UserName")
    }
    script = SCRIPTS["identity_store"]
    user = read("identity_store", *changed(script, 0, answer={"Users": [bare], "NextToken": "2"}))[
        0
    ]
    assert (user.enabled, user.email, user.created_at) == (None, "", None)


def test_root_facts_are_told_and_unnamed_ones_are_unknown():
    (record,) = read("account_summary")
    assert (record.alias, record.root_mfa_enabled) == ("acme", True)
    assert record.root_access_keys_present is False
    assert record.root_password_present is None
    assert record.summary["Users"] == 2


def test_providers_of_both_kinds_are_read():
    oidc, saml = read("identity_providers")
    assert (oidc.provider_type, oidc.client_ids) == ("oidc", ("sts.amazonaws.com",))
    assert (saml.provider_type, saml.valid_until) == ("saml", WHEN)


def test_a_used_key_tells_where_and_an_unused_key_tells_nothing():
    used, unused = read("access_keys")
    assert (used.last_used_at, used.last_used_service, used.last_used_region) == (
        WHEN,
        "s3",
        "eu-west-1",
    )
    assert (unused.last_used_read, unused.last_used_at) == (True, None)
    assert (unused.last_used_service, unused.last_used_region) == (None, None)


def test_a_key_deleted_while_being_read_is_left_out():
    script = SCRIPTS["access_keys"]
    steps = list(script.steps)
    steps[1] = steps[1].failing("NoSuchEntity", 404)
    assert [record.user_name for record in read("access_keys", *steps)] == ["ben"]


@pytest.mark.parametrize(
    "name", ["access_keys", "mfa_devices", "ssh_public_keys", "signing_certificates"]
)
def test_a_user_deleted_while_being_read_has_none(name):
    script = SCRIPTS[name]
    operation = script.steps[0].operation
    gone = [
        iam(operation, {}, UserName=user).failing("NoSuchEntity", 404) for user in USERS.user_names
    ]
    assert read(name, *gone) == []


def test_a_user_without_password_has_no_login_profile():
    script = SCRIPTS["login_profiles"]
    (record,) = read(
        "login_profiles", script.steps[0], script.steps[1].failing("NoSuchEntity", 404)
    )
    assert (record.user_name, record.password_reset_required) == ("ana", True)


def test_service_specific_credentials_are_asked_per_user_where_all_at_once_is_refused():
    name = "list_service_specific_credentials"
    none: dict[str, list[str]] = {"ServiceSpecificCredentials": []}
    steps = (
        iam(name, {}, AllUsers=True).failing("ValidationError"),
        iam(name, none, UserName="ana"),
        iam(name, {"ServiceSpecificCredentials": [p.SPECIFIC]}, UserName="ben"),
    )
    with stubbed_aws(*steps) as aws:
        reading = fetch_service_specific_credentials(aws, USERS)
    (record,) = reading.records
    assert not reading.every_user
    assert isinstance(record, ServiceSpecificCredentialRecord)
    assert record.key() == "ACCAEXAMPLE000000000"
    assert (record.service_name, record.expires_at) == ("bedrock.amazonaws.com", None)
