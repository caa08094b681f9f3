"""The ground truth: what it counts, that it agrees with plain reads, that it follows changes."""

from collections import Counter
from datetime import UTC

import pytest

from inventory.sample_org.reading import account_ids, iam_of, instance_of, pages

PROD, SHARED, PAYMENTS = "555555555555", "123456789012", "999999999999"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def by_name(organization, account_id, name):
    rows = organization.world("iam-users")
    return next(r for r in rows if (r["account_id"], r["user_name"]) == (account_id, name))


def stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def read(fifty):
    return {account: iam_of(fifty, account) for account in account_ids(fifty)}


def test_fifty_has_47_human_users_six_services_and_two_shared(fifty):
    kinds = Counter(row["kind"] for row in fifty.world("classes"))
    assert kinds == {"human": 47, "service": 6, "mixed": 2}


def test_seven_of_the_human_users_belong_to_leavers(fifty):
    left = [row for row in fifty.world("people") if row["left_on"]]
    assert sum(len(row["iam_users"]) for row in left) == 7


def test_two_people_have_two_human_users_each(fifty):
    owners = Counter(row["owner"] for row in fifty.world("classes") if row["kind"] == "human")
    assert [count for count in owners.values() if count > 1] == [2, 2]


def test_most_human_users_are_administrators(fifty):
    human = {row["arn"] for row in fifty.world("classes") if row["kind"] == "human"}
    admins = [row for row in fifty.world("iam-users") if row["admin"] and row["arn"] in human]
    assert len(admins) > len(human) / 2


def test_user_rows_agree_with_a_plain_read(fifty, read):
    seen = {
        (account, user["UserName"], user["UserId"], user["Arn"], stamp(user["CreateDate"]))
        for account, found in read.items()
        for user in found["UserDetailList"]
    }
    told = {
        (r["account_id"], r["user_name"], r["user_id"], r["arn"], r["created_at"])
        for r in fifty.world("iam-users")
    }
    assert told == seen


def test_key_rows_agree_with_a_plain_read(fifty, read):
    seen = {
        (key["AccessKeyId"], key["UserName"], key["Status"], stamp(key["CreateDate"]))
        for found in read.values()
        for keys in found["keys"]
        for key in keys
    }
    told = {
        (r["id"], r["user_name"], r["status"], r["created_at"])
        for r in fifty.world("credentials")
        if r["kind"] == "access_key"
    }
    assert told == seen


def test_password_rows_agree_with_a_plain_read(fifty):
    rows = [r for r in fifty.world("credentials") if r["kind"] == "password"]
    rows = [r for r in rows if r["account_id"] == PROD]
    iam = fifty.reader_client("iam", PROD)
    for row in rows:
        profile = iam.get_login_profile(UserName=row["user_name"])["LoginProfile"]
        assert stamp(profile["CreateDate"]) == row["created_at"]
    assert rows


def test_no_credential_is_older_than_its_user(fifty):
    created = {row["arn"]: row["created_at"] for row in fifty.world("iam-users")}
    rows = fifty.world("credentials")
    assert [row for row in rows if row["created_at"] < created[row["arn"]]] == []


def test_every_kind_of_credential_occurs(fifty):
    kinds = {row["kind"] for row in fifty.world("credentials")}
    assert kinds == {
        "access_key",
        "password",
        "ssh_key",
        "signing_certificate",
        "service_specific",
    }


def test_who_is_denied_everything_is_no_administrator(fifty):
    row = by_name(fifty, PAYMENTS, "dora.kovacs@example.com")
    assert (row["admin"], row["admin_how"]) == (False, [])


def test_an_administrator_through_two_ways_has_both(fifty):
    row = by_name(fifty, SHARED, "hana.dubois@example.com")
    assert row["admin_how"] == [f"direct:{ADMIN}", f"group:Admins:{ADMIN}"]


def test_a_group_with_an_inline_policy_can_make_an_administrator(fifty):
    ways = {how for row in fifty.world("iam-users") for how in row["admin_how"]}
    assert "group:Platform:inline:everything" in ways
    assert "inline:admin-inline" in ways


def test_an_old_version_of_a_policy_makes_no_administrator(fifty):
    assert by_name(fifty, PROD, "ivo.ivanova")["admin"] is False


def test_assignments_have_one_row_for_each_member_and_one_for_an_empty_group(fifty):
    rows = fifty.world("assignments")
    empty = [row for row in rows if row["via_group"] == "aws-contractors"]
    assert [row["person"] for row in empty] == [None]
    developers = [row for row in rows if row["via_group"] == "aws-developers"]
    assert len({row["person"] for row in developers}) * 4 == len(developers)


def test_one_assignment_is_direct(fifty):
    direct = [row for row in fifty.world("assignments") if row["via_group"] is None]
    assert [(r["principal_type"], r["permission_set"]) for r in direct] == [
        ("USER", "ProductionAdmin")
    ]


def test_hostile_names_reach_the_client_unchanged(fifty, read):
    tags = {
        tag["Value"]
        for found in read.values()
        for user in found["UserDetailList"]
        for tag in user.get("Tags", [])
    }
    assert {"<script>alert(1)</script>", "first line\nsecond line", "report-\u202efdp.exe"} <= tags
    names = {row["user_name"] for row in fifty.world("iam-users")}
    assert {"=cmd", "+SUM", "@import"} <= names


def test_a_new_user_and_its_key_appear_at_once(fresh):
    iam = fresh.admin_client("iam", PROD)
    iam.create_user(UserName="newcomer")
    iam.attach_user_policy(UserName="newcomer", PolicyArn=ADMIN)
    key = iam.create_access_key(UserName="newcomer")["AccessKey"]["AccessKeyId"]
    row = by_name(fresh, PROD, "newcomer")
    assert (row["admin_how"], row["active_keys"]) == ([f"direct:{ADMIN}"], 1)
    assert key in {credential["id"] for credential in fresh.world("credentials")}


def test_a_deleted_login_profile_is_gone_from_the_credentials(fresh):
    row = next(r for r in fresh.world("credentials") if r["kind"] == "password")
    iam = fresh.admin_client("iam", row["account_id"])
    iam.delete_login_profile(UserName=row["user_name"])
    rows = fresh.world("credentials")
    assert not [r for r in rows if r["kind"] == "password" and r["arn"] == row["arn"]]


def test_a_user_with_keys_cannot_be_deleted(fresh):
    iam = fresh.admin_client("iam", PROD)
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_user(UserName="ci-deploy")


def test_a_new_assignment_appears_with_its_reserved_role(fresh):
    sso = fresh.admin_client("sso-admin")
    instance = instance_of(fresh)["InstanceArn"]
    grant = next(r for r in fresh.world("assignments") if r["permission_set"] == "ProdBreakGlass")
    sets = pages(sso, "list_permission_sets", "PermissionSets", InstanceArn=instance)
    sso.create_account_assignment(
        InstanceArn=instance,
        TargetId="888888888888",
        TargetType="AWS_ACCOUNT",
        PermissionSetArn=sets[-1],
        PrincipalType="GROUP",
        PrincipalId=grant["principal"],
    )
    added = [r for r in fresh.world("assignments") if r["account_id"] == "888888888888"]
    assert "ProdBreakGlass" in {row["permission_set"] for row in added}
    roles = fresh.admin_client("iam", "888888888888").list_roles()["Roles"]
    assert any(role["RoleName"].startswith("AWSReservedSSO_ProdBreakGlass_") for role in roles)


def test_a_person_deleted_from_the_directory_loses_the_grants(fresh):
    store = fresh.admin_client("identitystore")
    store_id = instance_of(fresh)["IdentityStoreId"]
    person = next(r for r in fresh.world("people") if r["email"] == "ada.novak@example.com")
    store.delete_user(IdentityStoreId=store_id, UserId=person["identity_center_user_id"])
    rows = fresh.world("assignments")
    assert "ada.novak@example.com" not in {row["person"] for row in rows}
    again = next(r for r in fresh.world("people") if r["email"] == "ada.novak@example.com")
    assert (again["identity_center_user_id"], again["enabled"]) == (None, None)


def test_a_person_can_be_disabled(fresh):
    store = fresh.admin_client("identitystore")
    store_id = instance_of(fresh)["IdentityStoreId"]
    person = next(r for r in fresh.world("people") if r["email"] == "bela.sato@example.com")
    change = [{"AttributePath": "userStatus", "AttributeValue": "DISABLED"}]
    store.update_user(
        IdentityStoreId=store_id, UserId=person["identity_center_user_id"], Operations=change
    )
    again = next(r for r in fresh.world("people") if r["email"] == "bela.sato@example.com")
    assert (person["enabled"], again["enabled"]) == (True, False)


def test_fourteen_has_14_users_and_three_administrators(fourteen):
    users = fourteen.world("iam-users")
    assert (len(users), sum(row["admin"] for row in users)) == (14, 3)


def test_fourteen_has_two_service_accounts_that_a_person_took_over(fourteen):
    shared = [row for row in fourteen.world("classes") if row["kind"] == "mixed"]
    assert len(shared) == 2
    assert all(row["owner"] for row in shared)


def test_fourteen_has_four_accounts_and_five_permission_sets(fourteen):
    assert len(account_ids(fourteen)) == 4
    names = {row["permission_set"] for row in fourteen.world("assignments")}
    assert names == {"ReadOnly", "Developer", "SREOnCall", "BillingViewer", "ProdBreakGlass"}
