"""Saved answers of list calls: what each proves, and what it leaves unknown."""

import pytest
from django.core.management import CommandError

from inventory.imports.files import read_file
from inventory.imports.problem import ImportProblem
from inventory.models import (
    AccessKey,
    AccountAssignment,
    AwsAccount,
    CollectionRun,
    IamUser,
    IdentityCenterInstance,
    Observation,
    PermissionSet,
)
from tests.inventory.imports.importing import (
    ACCOUNT,
    MONDAY,
    PAYLOADS,
    TUESDAY,
    WEDNESDAY,
    by_name,
    payload,
    rows,
    run,
    run_on,
)

pytestmark = pytest.mark.django_db
COMMAND = "import_aws_listing"
HERE = ("--account", ACCOUNT)
USERS = payload("list_users.json")
SNAPSHOT = payload("authorization_details.json")
CENTER = payload("identity_center.json")
SETS = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef"


def listing(tmp_path, content, at=MONDAY):
    return run_on(tmp_path, COMMAND, content, *HERE, at=at)


def test_a_user_that_only_a_list_names_has_unknown_groups_and_rights(tmp_path):
    listing(tmp_path, USERS)

    new = by_name()["new"]
    assert (new["groups"], new["admin"], new["active_keys"], new["mfa"]) == (None,) * 4
    assert new["user_id"] == "AIDANEWNEWNEW1EXAMPLE"


def test_a_list_of_names_leaves_known_users_as_they_are_and_knows_who_is_gone(tmp_path):
    run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)
    listing(tmp_path, USERS, at=TUESDAY)

    users = by_name()
    assert sorted(users) == ["ana", "new"]
    assert (users["ana"]["groups"], users["ana"]["admin"]) == (["admins"], True)
    assert users["ana"]["observed_at"] == "2026-03-02T09:00:00Z"


def test_snapshot_and_list_give_the_same_in_either_order(tmp_path):
    listing(tmp_path, USERS, at=TUESDAY)
    run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)

    users = by_name()
    assert (users["ana"]["groups"], users["ana"]["admin"]) == (["admins"], True)
    assert users["new"]["groups"] is None


def test_a_user_made_anew_under_an_old_name_inherits_nothing(tmp_path):
    run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)
    again = {"Users": [{**USERS["Users"][0], "UserId": "AIDAANOTHERONE1EXAMPL"}]}
    listing(tmp_path, again, at=TUESDAY)

    assert (by_name()["ana"]["groups"], by_name()["ana"]["admin"]) == (None, None)


def test_a_newer_snapshot_still_counts_after_a_list(tmp_path):
    run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)
    listing(tmp_path, USERS, at=TUESDAY)
    run_on(tmp_path, "import_iam_snapshot", {**SNAPSHOT, "GroupDetailList": []}, at=WEDNESDAY)

    assert by_name()["ana"]["admin"] is None


def test_keys_of_many_users_may_stand_one_answer_after_another(tmp_path):
    line = run(COMMAND, PAYLOADS / "list_access_keys.json", *HERE, at=MONDAY)

    assert "2 records" in line
    run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)
    assert by_name()["ana"]["active_keys"] == 1
    assert by_name()["deploy"]["active_keys"] == 0


def test_a_list_of_keys_proves_only_the_users_it_names(tmp_path):
    run(COMMAND, PAYLOADS / "list_access_keys.json", *HERE, at=MONDAY)
    other = {"AccessKeyMetadata": [{**_key(), "AccessKeyId": "AKIAIOSFODNN7EXAMPL2"}]}
    listing(tmp_path, other, at=TUESDAY)

    present = AccessKey.objects.present().values_list("access_key_id", flat=True)
    assert sorted(present) == ["AKIAI44QH8DHBEXAMPLE", "AKIAIOSFODNN7EXAMPL2"]


def test_an_older_list_of_a_users_keys_brings_no_deleted_key_back(tmp_path):
    newer = {"AccessKeyMetadata": [{**_key(), "AccessKeyId": "AKIAIOSFODNN7EXAMPL2"}]}
    listing(tmp_path, newer, at=TUESDAY)
    listing(tmp_path, {"AccessKeyMetadata": [_key()]})

    assert [k.access_key_id for k in AccessKey.objects.present()] == ["AKIAIOSFODNN7EXAMPL2"]
    then = rows("credentials", "--as-of", "2026-03-02T12:00:00Z")
    assert [row["id"] for row in then] == ["AKIAIOSFODNN7EXAMPLE"]


def test_an_empty_answer_names_nobody_and_proves_nothing(tmp_path):
    listing(tmp_path, {"AccessKeyMetadata": [_key()]})
    listing(tmp_path, {"AccessKeyMetadata": []}, at=TUESDAY)

    assert AccessKey.objects.present().count() == 1


def _key():
    return {
        "UserName": "ana",
        "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "Status": "Active",
        "CreateDate": "2019-03-02T10:00:00+00:00",
    }


def test_mfa_devices_and_passwords_of_the_users_named(tmp_path):
    run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)
    device = {
        "UserName": "ana",
        "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/ana",
        "EnableDate": "2020-01-01T00:00:00Z",
    }
    profile = {"UserName": "ana", "CreateDate": "2019-03-01T09:00:00Z"}
    listing(tmp_path, [{"MFADevices": [device]}, {"LoginProfile": profile}])

    ana, deploy = by_name()["ana"], by_name()["deploy"]
    assert (ana["mfa"], ana["console_password"]) == (True, True)
    assert (deploy["mfa"], deploy["console_password"]) == (None, None)


def test_assignments_name_the_people_they_reach(tmp_path):
    listing(tmp_path, CENTER)

    direct, grouped = sorted(rows("assignments"), key=lambda row: row["via_group"] or "")
    assert grouped == {
        "account_id": ACCOUNT,
        "permission_set": "ReadOnly",
        "principal_type": "GROUP",
        "principal": "9067642ac7-aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
        "person": "ana@example.com",
        "via_group": "platform",
    }
    assert (direct["permission_set"], direct["person"]) == (None, "bo@example.com")


def test_assignments_of_other_pairs_stay_known(tmp_path):
    listing(tmp_path, CENTER)
    mine = [{**CENTER[4]["AccountAssignments"][0], "PrincipalType": "USER", "PrincipalId": "u-1"}]
    listing(tmp_path, {"AccountAssignments": mine}, at=TUESDAY)

    assert len(rows("assignments")) == 2
    assert AccountAssignment.objects.present().filter(principal_id="u-1").exists()
    assert len(rows("assignments", "--as-of", "2026-03-02T12:00:00Z")) == 2


def test_a_described_permission_set_has_unknown_policies(tmp_path):
    listing(tmp_path, CENTER[3])

    assert PermissionSet.objects.get().managed_policies is None


def test_a_permission_set_that_is_no_longer_listed_is_gone(tmp_path):
    listing(tmp_path, CENTER[3])
    listing(tmp_path, {"PermissionSets": [f"{SETS}/ps-2222222222222222"]}, at=TUESDAY)

    assert PermissionSet.objects.present().count() == 0
    assert PermissionSet.objects.count() == 1


def test_instances_and_accounts(tmp_path):
    instance = {
        "InstanceArn": "arn:aws:sso:::instance/ssoins-1234567890abcdef",
        "IdentityStoreId": "d-9067642ac7",
    }
    account = {
        "Id": ACCOUNT,
        "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-exampleorgid/{ACCOUNT}",
        "Name": "prod",
        "Email": "prod@example.com",
        "Status": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": "2020-01-01T00:00:00+00:00",
    }
    listing(tmp_path, [{"Instances": [instance]}, {"Accounts": [account]}])

    assert IdentityCenterInstance.objects.get().identity_store_id == "d-9067642ac7"
    assert AwsAccount.objects.get().name == "prod"


def test_a_list_that_goes_on_elsewhere_marks_nothing_gone(tmp_path):
    run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)
    listing(tmp_path, {**USERS, "NextToken": "more"}, at=TUESDAY)

    assert sorted(by_name()) == ["ana", "deploy", "new"]
    assert CollectionRun.objects.latest("pk").outcome == "partial"


def test_importing_everything_twice_changes_nothing(tmp_path):
    for _ in range(2):
        run_on(tmp_path, "import_iam_snapshot", SNAPSHOT)
        listing(tmp_path, USERS)
        listing(tmp_path, CENTER)
        before = Observation.objects.count()

    listing(tmp_path, CENTER)
    listing(tmp_path, USERS)

    assert Observation.objects.count() == before


BROKEN = {
    "unknown shape": (
        [USERS, {"Buckets": []}],
        "document 2: is no answer that is known here .*list-users",
    ),
    "empty and ambiguous": ({"Users": []}, "iam list-users or identitystore list-users"),
    "groups of IAM": (
        {"AccessKeyMetadata": [{"UserName": "x"}]},
        "iam list-access-keys item 1: lacks 'AccessKeyId'",
    ),
    "an item that is a number": ({"MFADevices": [3]}, "iam list-mfa-devices item 1: is malformed"),
    "two answers that disagree": (
        {"AccessKeyMetadata": [_key(), {**_key(), "Status": "Inactive"}]},
        "item 2: differs from another item for 'AKIAIOSFODNN7EXAMPLE'",
    ),
    "another account": (
        {"Users": [{**USERS["Users"][0], "Arn": "arn:aws:iam::999999999999:user/ana"}]},
        "is not in account 123456789012",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_listing_is_one_sentence_and_saves_nothing(tmp_path, content, sentence):
    with pytest.raises(CommandError, match=sentence):
        listing(tmp_path, content)

    assert not IamUser.objects.exists()


def test_a_file_may_not_be_larger_than_the_limit(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(b"x" * 1001)

    with pytest.raises(ImportProblem, match="is larger than 0 MB"):
        read_file(str(path), limit=1000)
