"""Files of get-account-authorization-details, as they come."""

import copy
import gzip
import json

import pytest
from django.core.management import CommandError

from inventory import ledger
from inventory.models import (
    AwsAccount,
    CollectionRun,
    IamGroup,
    IamPolicy,
    IamRole,
    IamUser,
    Observation,
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
COMMAND = "import_iam_snapshot"
SNAPSHOT = payload("authorization_details.json")


def changed(**lists):
    return {**copy.deepcopy(SNAPSHOT), **lists}


def without_deploy():
    return changed(UserDetailList=SNAPSHOT["UserDetailList"][:1])


def in_account(account_id):
    return json.loads(json.dumps(SNAPSHOT).replace(ACCOUNT, account_id))


def test_a_whole_file_is_as_good_as_a_collection():
    line = run(COMMAND, PAYLOADS / "authorization_details.json", at=MONDAY)

    made = CollectionRun.objects.get()
    assert (made.source, made.account_id, made.outcome) == (
        "authorization_details",
        ACCOUNT,
        "complete",
    )
    assert (made.origin, made.observed_at, made.items) == ("import", MONDAY, 5)
    assert len(made.file_sha256) == 64
    assert line == (
        "authorization_details.json: 5 records of 1 account as of 2026-03-02T09:00:00Z: "
        "5 appeared, 0 changed, 0 gone, 0 same"
    )


def test_admin_follows_from_a_policy_named_without_its_document(tmp_path):
    run_on(tmp_path, COMMAND, SNAPSHOT)

    ana, deploy = by_name()["ana"], by_name()["deploy"]
    assert (ana["admin"], ana["admin_how"]) == (
        True,
        ["group:admins:arn:aws:iam::aws:policy/AdministratorAccess"],
    )
    assert (deploy["admin"], deploy["path"]) == (False, "/ci/")


def test_an_account_that_nobody_knew_becomes_known_by_its_number(tmp_path):
    run_on(tmp_path, COMMAND, SNAPSHOT)

    assert AwsAccount.objects.get().run is None


def test_importing_twice_changes_nothing(tmp_path):
    run_on(tmp_path, COMMAND, SNAPSHOT)
    before = rows("iam-users"), Observation.objects.count()

    line = run_on(tmp_path, COMMAND, SNAPSHOT)

    assert line.endswith("0 appeared, 0 changed, 0 gone, 5 same")
    assert (rows("iam-users"), Observation.objects.count()) == before


def test_a_newer_file_marks_gone_what_it_no_longer_shows(tmp_path):
    run_on(tmp_path, COMMAND, SNAPSHOT)
    run_on(tmp_path, COMMAND, without_deploy(), at=TUESDAY)

    assert sorted(by_name()) == ["ana"]
    assert sorted(by_name("iam-users", "--as-of", "2026-03-02T12:00:00Z")) == ["ana", "deploy"]


def test_an_older_file_goes_into_history_only(tmp_path):
    run_on(tmp_path, COMMAND, without_deploy(), at=TUESDAY)

    line = run_on(tmp_path, COMMAND, SNAPSHOT, at=MONDAY)

    assert line.endswith("older than what is known, so it went into history only")
    assert sorted(by_name()) == ["ana"]
    assert sorted(by_name("iam-users", "--as-of", "2026-03-02T12:00:00Z")) == ["ana", "deploy"]
    assert sorted(by_name("iam-users", "--as-of", "2026-03-03T12:00:00Z")) == ["ana"]
    assert ledger.verify().first_bad is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + json.dumps(SNAPSHOT).encode(),
        json.dumps(SNAPSHOT).encode("utf-16"),
        gzip.compress(json.dumps(SNAPSHOT).encode()),
        json.dumps([SNAPSHOT]).encode(),
        json.dumps(changed(RoleDetailList=SNAPSHOT["RoleDetailList"][0])).encode(),
    ],
    ids=["byte order mark", "PowerShell", "gzip", "a list", "a scalar list"],
)
def test_the_same_facts_come_out_of_every_wrapping(tmp_path, content):
    line = run_on(tmp_path, COMMAND, content)

    assert "5 appeared" in line


def test_pages_saved_one_after_another_are_one_read(tmp_path):
    first = changed(IsTruncated=True, Marker="x", Policies=[])
    second = {"UserDetailList": [], "Policies": SNAPSHOT["Policies"], "IsTruncated": False}

    line = run_on(tmp_path, COMMAND, json.dumps(first) + "\n" + json.dumps(second))

    assert "5 appeared" in line
    assert CollectionRun.objects.get().outcome == "complete"


def test_a_file_that_ends_too_early_marks_nothing_gone(tmp_path):
    run_on(tmp_path, COMMAND, SNAPSHOT)

    run_on(tmp_path, COMMAND, {**without_deploy(), "IsTruncated": True}, at=TUESDAY)

    assert sorted(by_name()) == ["ana", "deploy"]
    last = CollectionRun.objects.latest("pk")
    assert (last.outcome, last.source) == ("partial", "authorization_details.part")
    assert "nothing counts as gone" in last.error


def test_an_older_whole_file_does_not_undo_a_newer_part(tmp_path):
    newer = changed()
    newer["UserDetailList"][0]["GroupList"] = []
    run_on(tmp_path, COMMAND, {**newer, "NextToken": "x"}, at=TUESDAY)

    run_on(tmp_path, COMMAND, SNAPSHOT, at=MONDAY)

    assert by_name()["ana"]["groups"] == []
    assert by_name("iam-users", "--as-of", "2026-03-02T12:00:00Z")["ana"]["groups"] == ["admins"]


def test_a_list_that_is_missing_proves_nothing(tmp_path):
    run_on(tmp_path, COMMAND, SNAPSHOT)

    run_on(tmp_path, COMMAND, {"UserDetailList": SNAPSHOT["UserDetailList"][:1]}, at=TUESDAY)

    assert IamUser.objects.present().count() == 1
    assert [m.objects.present().count() for m in (IamGroup, IamRole, IamPolicy)] == [1, 1, 1]
    assert CollectionRun.objects.latest("pk").source == "authorization_details.users"


def test_users_without_their_groups_are_not_known_to_be_no_administrators(tmp_path):
    run_on(tmp_path, COMMAND, {"UserDetailList": SNAPSHOT["UserDetailList"]})

    assert by_name()["ana"]["admin"] is None


def test_several_accounts_in_one_file_are_told_apart(tmp_path):
    other = in_account("210987654321")
    both = {name: SNAPSHOT[name] + other[name] for name in SNAPSHOT}

    line = run_on(tmp_path, COMMAND, both)

    assert "10 records of 2 accounts" in line
    assert [row["account_id"] for row in rows("iam-users")] == [ACCOUNT] * 2 + ["210987654321"] * 2


def test_every_whole_file_is_history_wherever_it_comes_in_order(tmp_path):
    for content, at in (
        (without_deploy(), WEDNESDAY),
        (SNAPSHOT, MONDAY),
        (SNAPSHOT, TUESDAY),
    ):
        run_on(tmp_path, COMMAND, content, at=at)

    then = "2026-03-03T23:00:00Z"
    assert sorted(by_name("iam-users", "--as-of", then)) == ["ana", "deploy"]
    assert by_name("iam-users", "--as-of", then)["ana"]["observed_at"] == "2026-03-03T09:00:00Z"


BROKEN = {
    "not JSON": ("{", r"file: document 1: is not JSON: .* \(line 1, column 2\)"),
    "empty": ("", "file: holds no JSON document"),
    "another answer": ('{"Users": []}', "document 1: has none of UserDetailList"),
    "not an object": ("[3]", "document 1: 3 is not a JSON object"),
    "too deep": ('{"UserDetailList": ' + "[" * 100_000, "document 1: is nested too deeply"),
    "deep but closed": (
        '{"UserDetailList": ' + "[" * 900 + "]" * 900 + "}",
        "document 1",
    ),
    "huge number": ('{"UserDetailList": ' + "9" * 5000 + "}", "document 1: is not JSON"),
    "no account": ('{"UserDetailList": []}', "names no account; give it with --account"),
    "an item without ARN": (
        {"UserDetailList": [{"UserName": "x"}]},
        "document 1, UserDetailList item 1: Arn: ",
    ),
    "an item that is a text": ({"UserDetailList": ["ana"]}, "item 1: 'ana' is not an object"),
    "a user without an id": (
        {"UserDetailList": [{"Arn": "arn:aws:iam::123456789012:user/x", "UserName": "x"}]},
        "arn:aws:iam::123456789012:user/x: lacks 'UserId'",
    ),
    "a policy that is a text": (
        changed(
            UserDetailList=[{**SNAPSHOT["UserDetailList"][0], "UserPolicyList": ["everything"]}]
        ),
        "arn:aws:iam::123456789012:user/ana: is malformed",
    ),
    "not UTF-8": (b'{"a": "\xff\xfe"}', "byte 7: is not utf-8 text"),
    "half a gzip": (gzip.compress(b"{}" * 100)[:20], "is not a whole gzip file"),
}


@pytest.mark.parametrize(("content", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_one_sentence_a_failed_run_and_nothing_else(tmp_path, content, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        run_on(tmp_path, COMMAND, content)

    assert "\n" not in str(refused.value)
    assert type(refused.value).__name__ == "error"
    failed = CollectionRun.objects.get()
    assert (failed.outcome, failed.error) == ("failed", str(refused.value))
    assert not IamUser.objects.exists()
    assert not Observation.objects.exists()


def test_a_bad_record_at_the_end_saves_nothing_of_the_beginning(tmp_path):
    bad = changed()
    bad["Policies"][0]["CreateDate"] = "yesterday"

    with pytest.raises(CommandError, match=r"policy/site: 'yesterday' is not a time"):
        run_on(tmp_path, COMMAND, bad)

    assert not IamUser.objects.exists()


def test_what_the_database_cannot_store_is_shown_and_stored(tmp_path):
    odd = changed()
    odd["UserDetailList"][0]["Tags"] = [{"Key": "k\x00", "Value": "\ud800"}]

    run_on(tmp_path, COMMAND, json.dumps(odd))

    assert IamUser.objects.get(user_name="ana").tags == {"k\ufffd": "\ufffd"}


def test_the_account_option_is_checked_against_the_file(tmp_path):
    with pytest.raises(CommandError, match="is not in account 999999999999"):
        run_on(tmp_path, COMMAND, SNAPSHOT, "--account", "999999999999")
    with pytest.raises(CommandError, match="is not an account number"):
        run_on(tmp_path, COMMAND, SNAPSHOT, "--account", "12")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"none: cannot be read \(No such file or directory\)"):
        run(COMMAND, tmp_path / "none")
