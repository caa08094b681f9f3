"""Raw values of answers and files become safe, uniform ones, or say why not."""

import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote

import pytest

from inventory.aws import values as v

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "100% + é", "Effect": "Deny"}]}


@pytest.mark.parametrize(
    "raw",
    [
        NOON,
        NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00+00:00",
        "2026-03-01T13:00:00.000+01:00",
        1772366400,
        1772366400.0,
    ],
)
def test_every_form_of_an_instant_is_the_same_utc_time(raw):
    assert v.as_time(raw) == NOON
    assert v.as_instant(raw).utcoffset() == timedelta(0)


@pytest.mark.parametrize("raw", [None, "", "N/A"])
def test_no_time_is_none(raw):
    assert v.as_time(raw) is None
    with pytest.raises(ValueError, match="missing"):
        v.as_instant(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-01T12:00:00",
        "2026-03-01",
        "yesterday",
        True,
        [],
        datetime(2026, 3, 1),  # noqa: DTZ001 (naive on purpose)
        "0001-01-01T00:00:00+23:59",
        1e300,
        float("nan"),
    ],
)
def test_a_time_that_cannot_be_told_is_an_error(raw):
    with pytest.raises(ValueError, match="not a time"):
        v.as_time(raw)


@pytest.mark.parametrize(
    "raw",
    [
        POLICY,
        json.dumps(POLICY),
        "\ufeff " + json.dumps(POLICY, ensure_ascii=False),
        quote(json.dumps(POLICY)),
        quote(json.dumps(POLICY), safe=""),
    ],
)
def test_a_policy_document_may_be_a_dict_or_json_or_url_encoded_json(raw):
    assert v.as_document(raw) == POLICY


@pytest.mark.parametrize("raw", ["[]", "null", "{", "%7", 5, None, "[" * 100_000, '{"a":' * 3000])
def test_anything_else_is_no_policy_document(raw):
    with pytest.raises(ValueError, match=r"not (JSON|a policy document)|too deeply"):
        v.as_document(raw)


def test_unstorable_characters_and_numbers_in_documents_are_made_visible():
    document = v.as_document('{"a\\u0000": "\\ud800", "n": NaN, "i": 1e999}')
    assert document == {"a\ufffd": "\ufffd", "n": "nan", "i": "inf"}
    assert v.clean({"x": [b"raw", NOON, None, "a\x00"]}) == {"x": [b"raw", NOON, None, "a\ufffd"]}
    assert v.clean("\U0001f600") == "\U0001f600"


def test_tags_come_from_lists_of_any_case_and_from_maps():
    expected = {"Owner": "ana", "Team": ""}
    assert v.as_tags([{"Key": "Team", "Value": ""}, {"key": "Owner", "value": "ana"}]) == expected
    assert v.as_tags({"Team": None, "Owner": "ana"}) == expected
    assert v.as_tags({"Key": "Owner", "Value": "ana"}) == {"Owner": "ana"}
    assert v.as_tags(None) == {}
    with pytest.raises(ValueError, match="not a tag"):
        v.as_tags(["Owner"])


def test_words_for_truth_numbers_and_texts():
    assert [v.as_bool(raw) for raw in ("TRUE", "false", True, "", None)] == [
        True, False, True, None, None,
    ]  # fmt: skip
    assert [v.as_int(raw) for raw in ("3", 3, None)] == [3, 3, None]
    assert [v.as_list(raw) for raw in (None, "a", ["a"])] == [[], ["a"], ["a"]]
    assert [v.as_text_or_none(raw) for raw in ("N/A", "", "s3")] == [None, None, "s3"]
    for refused in (
        lambda: v.as_bool("perhaps"),
        lambda: v.as_int("many"),
        lambda: v.as_text(["a"]),
        lambda: v.as_name(""),
    ):
        with pytest.raises(ValueError, match=r"."):
            refused()


def test_the_account_stands_in_the_arn():
    assert v.account_of("arn:aws-cn:iam::123456789012:user/a") == "123456789012"
    assert v.account_of("arn:aws:iam::aws:policy/X") == "aws"
    for wrong in (
        "",
        None,
        "arn:aws:iam::12:user/a",
        f"arn:aws:iam::{12 * chr(0xFF11)}:user/a",
    ):
        with pytest.raises(ValueError, match="not an ARN"):
            v.account_of(wrong)


def test_errors_show_hostile_values_escaped_and_cut():
    with pytest.raises(ValueError, match="is not a time") as raised:
        v.as_time("\x1b[31m\n" + "x" * 500)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 120
