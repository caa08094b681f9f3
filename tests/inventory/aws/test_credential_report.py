"""The credential report: waiting for it, and every way a row can be written."""

import pytest

from inventory.aws.credential_report import DELAYS_SECONDS, fetch_credential_report
from inventory.aws.credential_report_csv import parse_credential_report
from inventory.aws.errors import ReadFailed
from tests.inventory.aws import payloads as p
from tests.inventory.aws.scripts import REPORT, USERS, iam
from tests.inventory.aws.stubbed import ACCOUNT, EARLIER, WHEN, stubbed_aws


def parse(text, account_id=ACCOUNT):
    return parse_credential_report(text, account_id)


def row(**changes):
    """Ana's row with some columns changed, under AWS's header."""
    names = p.REPORT_HEADER.split(",")
    cells = dict(zip(names, p.ANA_ROW.split(","), strict=True)) | changes
    return f"{p.REPORT_HEADER}\n" + ",".join(cells[name] for name in names)


def test_the_facts_are_as_of_the_reports_own_time():
    slept: list[float] = []
    with stubbed_aws(*REPORT) as aws:
        reading = fetch_credential_report(aws, USERS, sleep=slept.append)
    assert reading.observed_at == WHEN
    assert slept == [0.5]


def test_a_report_that_never_gets_ready_is_a_failed_read_within_half_a_minute():
    slept: list[float] = []
    started = [iam("generate_credential_report", {"State": "INPROGRESS"})] * 8
    with stubbed_aws(*started) as aws, pytest.raises(ReadFailed, match="not ready"):
        fetch_credential_report(aws, USERS, sleep=slept.append)
    assert slept == list(DELAYS_SECONDS)
    assert sum(slept) <= 30


@pytest.mark.parametrize("code", ["ReportNotPresent", "ReportInProgress", "ReportExpired"])
def test_a_report_that_vanished_again_is_a_failed_read(code):
    steps = (*REPORT[:2], REPORT[2].failing(code, 410))
    with stubbed_aws(*steps) as aws, pytest.raises(ReadFailed, match=code):
        fetch_credential_report(aws, USERS, sleep=lambda _seconds: None)


def test_a_report_that_is_no_utf_8_or_no_report_is_a_failed_read():
    for content in (b"\xff\xfe", b"<html>", b""):
        answer = REPORT[2].answer | {"Content": content}
        steps = (*REPORT[:2], iam("get_credential_report", answer))
        with stubbed_aws(*steps) as aws, pytest.raises(ReadFailed, match="malformed"):
            fetch_credential_report(aws, USERS, sleep=lambda _seconds: None)


def test_a_row_is_read_by_the_names_of_its_columns():
    root, ana = parse(p.REPORT)
    assert (ana.user_name, ana.account_id, ana.user_created_at) == ("ana", ACCOUNT, EARLIER)
    assert (ana.password_enabled, ana.mfa_active, ana.access_key_1_active) == (True, False, True)
    assert (ana.access_key_1_last_used_region, ana.access_key_1_last_used_service) == (
        "eu-west-1",
        "s3",
    )
    assert ana.extra == {"additional_credentials_info": "{}"}
    assert (root.user_name, root.mfa_active) == ("<root_account>", True)


def test_words_instead_of_values_are_none_and_kept():
    root, ana = parse(p.REPORT)
    assert (root.password_enabled, root.words["password_enabled"]) == (None, "not_supported")
    assert root.words["password_last_used"] == "no_information"
    assert ana.access_key_2_last_used_at is None
    assert ana.words["access_key_2_last_used_date"] == "N/A"


def test_order_case_bom_line_ends_and_missing_columns_do_not_matter():
    header = "ARN,User,mfa_active"
    text = f"\ufeff{header}\r\narn:aws:iam::{ACCOUNT}:user/ana,ana,true\r\n\r\n"
    (record,) = parse(text)
    assert (record.user_name, record.mfa_active) == ("ana", True)
    assert (record.password_enabled, record.words, record.extra) == (None, {}, {})


def test_a_user_may_be_called_like_a_word():
    (record,) = parse(row(user="N/A"))
    assert record.user_name == "N/A"


def test_unstorable_characters_are_made_visible():
    (record,) = parse(row(user="a\x00"))
    assert record.user_name == "a\ufffd"


def test_the_same_row_twice_is_one_row_and_a_different_one_is_an_error():
    assert len(parse(f"{p.REPORT}\n{p.ANA_ROW}")) == 2
    with pytest.raises(ValueError, match=r"line 4: .*different row"):
        parse(f"{p.REPORT}\n{p.ANA_ROW.replace('true', 'false')}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the report is empty"),
        ("name,arn\n", "line 1: there is no column user"),
        ("user,arn,arn\n", "line 1: a column stands there twice"),
        (p.REPORT + ",more", "line 3: 24 cells under 23"),
        (row(arn="ana"), "line 2: .*not an ARN"),
        (row(user=""), "line 2: .*missing"),
        (row(arn="arn:aws:iam::210987654321:user/ana"), "line 2: .*is not in account"),
        (row(mfa_active="perhaps"), "line 2: column mfa_active: .*neither true nor false"),
        (row(password_last_used="yesterday"), "line 2: column password_last_used: .*not a time"),
        (row(password_last_used="2026-01-01T00:00:00"), "line 2: .*not a time with a time zone"),
        (f'{p.REPORT}\n"ana', "line 4: unexpected end of data"),
    ],
)
def test_a_bad_report_is_an_error_that_names_line_and_reason(text, words):
    with pytest.raises(ValueError, match=words):
        parse(text)


def test_rows_name_their_own_account_when_none_is_expected():
    text = row(arn="arn:aws-us-gov:iam::210987654321:user/ana")
    assert parse(text, None)[0].account_id == "210987654321"
