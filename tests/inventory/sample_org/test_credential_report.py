"""The credential report: STARTED, COMPLETE, the cache, the columns and their words."""

import csv
import io

import pytest
from botocore.exceptions import ClientError

from inventory.sample_org.iam_report import COLUMNS

PROD, SANDBOX = "555555555555", "444444444444"
# A report lasts in its account, so each test that makes one has an account to itself.
ARCHIVE, AUDIT, NETWORK = "222222222222", "333333333333", "444455556666"
STAGING, DATA = "666666666666", "777788889999"


def rows_of(iam):
    iam.generate_credential_report()
    iam.generate_credential_report()
    content = iam.get_credential_report()["Content"].decode()
    return list(csv.DictReader(io.StringIO(content)))


@pytest.fixture(scope="module")
def report(fifty):
    return rows_of(fifty.reader_client("iam", PROD))


def get_error(iam):
    with pytest.raises(ClientError) as caught:
        iam.get_credential_report()
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_report_is_started_and_complete_on_the_next_call(fresh):
    iam = fresh.reader_client("iam", ARCHIVE)
    states = [iam.generate_credential_report()["State"] for _ in range(3)]
    assert states == ["STARTED", "COMPLETE", "COMPLETE"]


def test_there_is_no_report_before_one_is_asked_for(fresh):
    assert get_error(fresh.reader_client("iam", AUDIT)) == ("ReportNotPresent", 410)


def test_a_report_just_started_is_in_progress(fresh):
    iam = fresh.reader_client("iam", NETWORK)
    iam.generate_credential_report()
    assert get_error(iam) == ("ReportInProgress", 404)


def test_a_report_keeps_its_bytes_for_four_hours_whatever_changes(fresh):
    iam = fresh.reader_client("iam", STAGING)
    rows_of(iam)
    before = iam.get_credential_report()
    fresh.admin_client("iam", STAGING).create_user(UserName="newcomer")
    iam.generate_credential_report()
    after = iam.get_credential_report()
    assert after["Content"] == before["Content"]
    assert after["GeneratedTime"] == before["GeneratedTime"]


def test_after_four_hours_the_report_expires_and_a_new_one_shows_the_change(fresh):
    rows_of(fresh.reader_client("iam", DATA))
    fresh.admin_client("iam", DATA).create_user(UserName="newcomer")
    fresh.advance(4 * 3600 + 1)
    iam = fresh.reader_client("iam", DATA)
    assert get_error(iam) == ("ReportExpired", 410)
    assert "newcomer" in [row["user"] for row in rows_of(iam)]


def test_the_report_has_the_documented_columns_and_the_root_row_first(report):
    assert list(report[0]) == list(COLUMNS)
    assert len(COLUMNS) == 22
    assert report[0]["user"] == "<root_account>"
    assert report[0]["password_enabled"] == "not_supported"


def test_a_user_without_a_password_reads_not_applicable(report):
    row = next(row for row in report if row["user"] == "ci-deploy")
    assert row["password_enabled"] == "false"
    assert (row["password_last_used"], row["password_last_changed"]) == ("N/A", "N/A")


def test_a_key_never_made_reads_not_applicable(report):
    row = next(row for row in report if row["user"] == "ci-deploy")
    assert row["access_key_1_active"] == "true"
    assert row["access_key_2_active"] == "false"
    assert row["access_key_2_last_rotated"] == "N/A"


def test_a_root_key_and_a_missing_second_factor_show_in_the_root_row(fifty):
    root = rows_of(fifty.reader_client("iam", SANDBOX))[0]
    assert (root["access_key_1_active"], root["mfa_active"]) == ("true", "false")


def test_the_account_summary_agrees_with_the_root_row(fifty):
    summary = fifty.reader_client("iam", SANDBOX).get_account_summary()["SummaryMap"]
    assert (summary["AccountAccessKeysPresent"], summary["AccountMFAEnabled"]) == (1, 0)


def test_a_signing_certificate_shows_in_the_report(fifty, report):
    holders = {
        row["user_name"]
        for row in fifty.world("credentials")
        if row["kind"] == "signing_certificate" and row["account_id"] == PROD
    }
    assert {row["user"] for row in report if row["cert_1_active"] == "true"} == holders
