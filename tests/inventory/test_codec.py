"""Records survive the trip through canonical JSON, and equal records have equal text."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import codec
from inventory.records import RECORD_TYPES, MfaDeviceRecord, Record, RosterPersonRecord

pytestmark = pytest.mark.laws
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.datetimes(timezones=st.just(UTC))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """A strategy for one field's type."""
    origin, inner = get_origin(hint), get_args(hint)
    plain = {str: TEXT, bool: st.booleans(), int: st.integers(), datetime: TIMES, Any: JSON}
    if hint in plain:
        return plain[hint]
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(TEXT, values_of(inner[1]), max_size=3)
    assert origin is Union or type(None) in inner
    return st.one_of([st.none() if arg is type(None) else values_of(arg) for arg in inner])


def records_of(record_type: type[Record]) -> st.SearchStrategy[Record]:
    """Any record of this type."""
    hints = get_type_hints(record_type)
    hints = {name: hint for name, hint in hints.items() if name not in ("KIND", "KEY")}
    return st.builds(record_type, **{name: values_of(hint) for name, hint in hints.items()})


@given(st.data(), st.sampled_from(RECORD_TYPES))
def test_every_record_comes_back_from_its_canonical_text(data, record_type):
    record = data.draw(records_of(record_type))
    text = codec.canonical(record)

    again = codec.from_json(record_type, json.loads(text))

    assert again == record
    assert codec.canonical(again) == text


DEVICE = MfaDeviceRecord(
    account_id="123456789012",
    user_name="zoë",
    serial_number="arn:aws:iam::123456789012:mfa/zoe",
    enabled_at=datetime(2024, 5, 1, 9, 30, tzinfo=UTC),
)


def test_the_text_has_sorted_keys_no_spaces_and_times_with_z():
    assert codec.canonical(DEVICE) == (
        '{"account_id":"123456789012","enabled_at":"2024-05-01T09:30:00Z",'
        '"serial_number":"arn:aws:iam::123456789012:mfa/zoe","user_name":"zo\\u00eb"}'
    )


def test_the_same_instant_in_another_timezone_has_the_same_text():
    berlin = datetime(2024, 5, 1, 11, 30, tzinfo=timezone(timedelta(hours=2)))

    assert codec.time_text(berlin) == codec.time_text(DEVICE.enabled_at)


def test_microseconds_are_written_only_where_there_are_any():
    assert codec.time_text(datetime(2024, 5, 1, 0, 0, 0, 250, tzinfo=UTC)) == (
        "2024-05-01T00:00:00.000250Z"
    )


def test_a_time_without_timezone_is_refused():
    with pytest.raises(ValueError, match="has no timezone"):
        codec.time_text(datetime(2024, 5, 1))  # noqa: DTZ001 - the point of the test


def test_a_whole_float_and_an_integer_are_the_same_text():
    assert codec._plain({"n": 1e2, "zero": -0.0}) == {"n": 100, "zero": 0}
    assert codec.canonical_text(codec._plain({"n": 1e22})) == '{"n":10000000000000000000000}'


def test_a_field_added_later_is_none_where_none_is_allowed():
    old = {"email": "a@example.com", "name": "A", "status": "active", "manager": ""}

    assert codec.from_json(RosterPersonRecord, old).left_on is None


def test_a_missing_field_that_cannot_be_unknown_is_an_error():
    with pytest.raises(ValueError, match="mfa_device: enabled_at is missing"):
        codec.from_json(
            MfaDeviceRecord, {"account_id": "1", "user_name": "a", "serial_number": "s"}
        )
