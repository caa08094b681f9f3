"""Credential reports as files, and what they say of credentials."""

import base64

import pytest
from django.core.management import CommandError

from inventory.models import CollectionRun, CredentialReportRow
from tests.inventory.imports.importing import (
    ACCOUNT,
    MONDAY,
    PAYLOADS,
    TUESDAY,
    WEDNESDAY,
    by_name,
    payload,
    rows,
    run_on,
)

pytestmark = pytest.mark.django_db
COMMAND = "import_credential_report"
REPORT = (PAYLOADS / "credential_report.csv").read_text()
HERE = ("--account", ACCOUNT)
KEYS = {
    "AccessKeyMetadata": [
        {
            "UserName": "ana",
            "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "Status": "Active",
            "CreateDate": "2019-03-02T10:00:00+00:00",
        }
    ]
}


def keys_of(name):
    found = [r for r in rows("credentials") if (r["user_name"], r["kind"]) == (name, "access_key")]
    return {row["id"]: row for row in found}


def test_a_report_tells_users_that_no_list_named(tmp_path):
    run_on(tmp_path, COMMAND, REPORT, *HERE)

    deploy = by_name()["deploy"]
    assert (deploy["path"], deploy["console_password"], deploy["mfa"]) == ("/ci/", False, False)
    assert (deploy["active_keys"], deploy["admin"], deploy["groups"]) == (1, None, None)


def test_root_is_no_iam_user(tmp_path):
    run_on(tmp_path, COMMAND, REPORT, *HERE)

    assert sorted(by_name()) == ["ana", "deploy"]
    assert CredentialReportRow.objects.count() == 3


def test_a_users_list_newer_than_the_report_knows_who_was_deleted_since(tmp_path):
    run_on(tmp_path, COMMAND, REPORT, *HERE)
    snapshot = payload("authorization_details.json")
    snapshot["UserDetailList"] = snapshot["UserDetailList"][:1]
    run_on(tmp_path, "import_iam_snapshot", snapshot, at=TUESDAY)

    assert sorted(by_name()) == ["ana"]
    assert {row["user_name"] for row in rows("credentials")} == {"ana"}


def test_keys_known_from_the_report_only_have_the_reports_names(tmp_path):
    run_on(tmp_path, COMMAND, REPORT, *HERE)

    keys = keys_of("ana")
    assert sorted(keys) == ["report:access_key_1", "report:access_key_2"]
    assert keys["report:access_key_1"] == {
        "account_id": ACCOUNT,
        "user_name": "ana",
        "arn": "arn:aws:iam::123456789012:user/ana",
        "kind": "access_key",
        "id": "report:access_key_1",
        "status": "Active",
        "created_at": "2019-03-02T10:00:00Z",
        "last_used_at": "2026-02-27T11:00:00Z",
        "last_used_service": "s3",
        "last_used_region": "eu-west-1",
        "observed_at": "2026-03-02T09:00:00Z",
    }
    assert keys["report:access_key_2"]["status"] == "Inactive"


@pytest.mark.parametrize("order", [1, -1])
def test_a_listed_key_and_the_reports_key_of_equal_creation_are_one(tmp_path, order):
    imports = [(COMMAND, REPORT, TUESDAY), ("import_aws_listing", KEYS, MONDAY)]
    for command, content, at in imports[::order]:
        run_on(tmp_path, command, content, *HERE, at=at)

    keys = keys_of("ana")
    assert sorted(keys) == ["AKIAIOSFODNN7EXAMPLE", "report:access_key_2"]
    assert keys["AKIAIOSFODNN7EXAMPLE"]["last_used_at"] == "2026-02-27T11:00:00Z"


def test_a_key_that_a_newer_list_lacks_is_gone(tmp_path):
    run_on(tmp_path, COMMAND, REPORT, *HERE)
    run_on(tmp_path, "import_aws_listing", KEYS, *HERE, at=TUESDAY)

    assert sorted(keys_of("ana")) == ["AKIAIOSFODNN7EXAMPLE"]
    assert by_name()["ana"]["active_keys"] == 1


def test_the_newer_of_list_and_report_tells_the_status(tmp_path):
    run_on(tmp_path, "import_aws_listing", KEYS, *HERE)
    switched_off = REPORT.replace("true,true,2019-03-02", "true,false,2019-03-02")
    run_on(tmp_path, COMMAND, switched_off, *HERE, at=TUESDAY)

    assert keys_of("ana")["AKIAIOSFODNN7EXAMPLE"]["status"] == "Inactive"
    assert by_name()["ana"]["active_keys"] == 0


def test_a_password_is_a_credential_without_an_id(tmp_path):
    run_on(tmp_path, COMMAND, REPORT, *HERE)

    (password,) = [row for row in rows("credentials") if row["kind"] == "password"]
    assert (password["user_name"], password["id"], password["created_at"]) == ("ana", None, None)
    assert password["last_used_at"] == "2026-02-20T08:00:00Z"


def test_the_answer_of_the_command_line_says_when_it_was_made(tmp_path):
    answer = {
        "Content": base64.b64encode(REPORT.encode()).decode(),
        "ReportFormat": "text/csv",
        "GeneratedTime": "2026-03-01T05:00:00+00:00",
    }
    run_on(tmp_path, COMMAND, answer, *HERE, at=None)

    assert CollectionRun.objects.get().observed_at.isoformat() == "2026-03-01T05:00:00+00:00"
    assert CredentialReportRow.objects.count() == 3


def test_an_answer_that_says_it_was_made_in_the_future_is_refused(tmp_path):
    content = base64.b64encode(REPORT.encode()).decode()
    answer = {"Content": content, "GeneratedTime": "2999-01-01T05:00:00+00:00"}

    with pytest.raises(CommandError, match="is from 2999-01-01T05:00:00Z, which is in the future"):
        run_on(tmp_path, COMMAND, answer, *HERE, at=None)


def test_reports_of_several_accounts_may_be_joined_into_one_file(tmp_path):
    line = run_on(tmp_path, COMMAND, REPORT + REPORT.replace(ACCOUNT, "210987654321"))

    assert "6 records of 2 accounts" in line


def test_a_report_without_root_is_cut_and_marks_nobody_gone(tmp_path):
    run_on(tmp_path, COMMAND, REPORT, *HERE)
    lines = REPORT.splitlines()

    run_on(tmp_path, COMMAND, "\n".join([lines[0], lines[2]]), *HERE, at=WEDNESDAY)

    assert sorted(by_name()) == ["ana", "deploy"]
    assert CollectionRun.objects.latest("pk").outcome == "partial"


BROKEN = {
    "another account": (REPORT, "999999999999", "line 2: .* is not in account 999999999999"),
    "no rows": (REPORT.splitlines()[0], ACCOUNT, "holds no row below its column names"),
    "empty": ("", ACCOUNT, "line 1: is empty"),
    "another CSV": ("email,name\n", ACCOUNT, "there is no column user or arn"),
    "a million columns": (
        ",".join(f"c{n}" for n in range(1_000_000)),
        ACCOUNT,
        "more than 200 columns",
    ),
    "a bad time": (
        REPORT.replace("2019-03-01T09:00:00Z", "soon"),
        ACCOUNT,
        "line 3: column user_c",
    ),
    "other JSON": ('{"a": 1}', ACCOUNT, "is neither a CSV nor one answer"),
    "no base64": ({"Content": "%%", "GeneratedTime": "x"}, ACCOUNT, "Content: is not base64"),
}


@pytest.mark.parametrize(("content", "account", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_report_is_one_sentence(tmp_path, content, account, sentence):
    with pytest.raises(CommandError, match=sentence):
        run_on(tmp_path, COMMAND, content, "--account", account)

    assert not CredentialReportRow.objects.exists()
