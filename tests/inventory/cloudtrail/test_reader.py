"""Log objects of every container, and what is wrong with broken ones."""

import gzip
import json

import pytest

from inventory.cloudtrail.decoded import Kind
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.reasons import SENTENCES, Reason, Unreadable
from tests.inventory.cloudtrail import samples as given

TWO = [given.event(given.iam_user()), given.event(given.session())]
WHOLE = json.dumps({"Records": TWO}).encode()
LOOKUP = {"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(one)} for one in TWO]}
CONTAINERS = {
    "Records": WHOLE,
    "Records, indented": json.dumps({"Records": TWO}, indent=2).encode(),
    "Records beside other fields": json.dumps({"a": {"Records": []}, "Records": TWO}).encode(),
    "an array": json.dumps(TWO).encode(),
    "JSON lines": "\n".join(json.dumps(one) for one in TWO).encode(),
    "JSON lines of Records": "\n".join(json.dumps({"Records": [one]}) for one in TWO).encode(),
    "lookup-events": json.dumps(LOOKUP, indent=4).encode(),
    "gzip": gzip.compress(WHOLE),
    "gzip with zero padding": gzip.compress(WHOLE) + b"\0" * 512,
    "several gzip members": b"".join(gzip.compress(part) for part in (WHOLE[:99], WHOLE[99:])),
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE,
    "UTF-16, as PowerShell writes": WHOLE.decode().encode("utf-16"),
}
BROKEN = {
    Reason.NOT_GZIP: b"\x1f\x8b\x08\x00" + b"x" * 40,
    Reason.TRUNCATED: gzip.compress(WHOLE)[:-9],
    Reason.TRAILING_DATA: gzip.compress(WHOLE) + b"more",
    Reason.TOO_LARGE: gzip.compress(b" " * 2_000_000),
    Reason.NOT_JSON: WHOLE[:-30],
    Reason.NOT_RECORDS: b'{"detail": {}}',
    Reason.TOO_MANY: b"[" + b"{}," * 400_000 + b"{}]",
}


def read(*records, **options):
    return decode(json.dumps({"Records": list(records)}).encode(), **options)


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_events(container):
    decoded = decode(CONTAINERS[container])
    names = [event.caller.actor.kind for event in decoded.events]
    assert (decoded.kind, names, decoded.rejects) == (Kind.LOGS, ["IAMUser", "AssumedRole"], [])


EMPTY = {
    "no records": b'{"Records": []}',
    "an empty array": b"[]",
    "gzip": gzip.compress(b'{"Records":[]}', mtime=0),
}


@pytest.mark.parametrize("data", EMPTY.values(), ids=EMPTY)
def test_an_empty_object_is_read_and_holds_nothing(data):
    assert len(decode(data).events) == 0


@pytest.mark.parametrize("reason", BROKEN)
def test_an_unreadable_object_says_why(reason):
    with pytest.raises(Unreadable) as raised:
        decode(BROKEN[reason], name="x.json.gz", max_bytes=1_500_000)
    assert raised.value.reason == reason
    assert "x.json.gz" in raised.value.detail


def test_what_gzip_says_of_its_own_size_is_not_believed():
    liar = gzip.compress(b" " * 10_000_000)[:-4] + (10).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        decode(liar, max_bytes=1_000_000)


def test_every_reason_has_its_sentence():
    assert SENTENCES.keys() == set(Reason)


BAD_RECORDS = {
    "a name of another type": (TWO[0] | {"eventName": 5}, Reason.BAD_EVENT),
    "no name": (TWO[0] | {"eventName": None}, Reason.BAD_EVENT),
    "no source": ({key: TWO[0][key] for key in TWO[0] if key != "eventSource"}, Reason.BAD_EVENT),
    "no time": (TWO[0] | {"eventTime": None}, Reason.NO_TIME),
    "no time at all": ({"eventName": "x", "eventSource": "y"}, Reason.NO_TIME),
    "a time that is none": (TWO[0] | {"eventTime": "2026-02-30T10:00:00Z"}, Reason.BAD_TIME),
    "a time of another type": (TWO[0] | {"eventTime": 1793527200}, Reason.BAD_TIME),
    "a time before CloudTrail": (TWO[0] | {"eventTime": "0001-01-01T00:00:00Z"}, Reason.BAD_TIME),
    "a time to come": (TWO[0] | {"eventTime": "2027-01-01T00:00:00Z"}, Reason.FUTURE_TIME),
    "an identity of another type": (TWO[0] | {"userIdentity": "ana"}, Reason.BAD_EVENT),
    "an identity of wrong parts": (TWO[0] | {"userIdentity": {"type": 5}}, Reason.BAD_EVENT),
    "an account that is none": (TWO[0] | {"recipientAccountId": "x"}, Reason.BAD_EVENT),
    "a number": (5, Reason.BAD_EVENT),
    "null": (None, Reason.BAD_EVENT),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_one_bad_record_sinks_no_other(name):
    record, reason = BAD_RECORDS[name]

    decoded = read(TWO[0], record, TWO[1], latest="2026-12-01T00:00:00Z")

    assert len(decoded.events) == 2
    assert [(one.index, one.reason) for one in decoded.rejects] == [(1, reason)]


def test_a_deep_record_sinks_no_other():
    deep = b'{"Records":[%s,{"x":%s},%s]}' % (
        json.dumps(TWO[0]).encode(),
        b"[" * 100_000 + b"]" * 100_000,
        json.dumps(TWO[1]).encode(),
    )
    decoded = decode(deep)
    assert (len(decoded.events), decoded.rejects[0].reason) == (2, Reason.TOO_DEEP)


def test_an_event_read_alone_and_read_at_once_is_the_same():
    at_once = read(*TWO).events
    one_by_one = read(*TWO, None).events
    for event, other in zip(at_once, one_by_one, strict=True):
        assert event.caller is other.caller
        assert (event.time, event.name, event.event_id) == (other.time, other.name, other.event_id)


TIMES = {
    "2026-11-01T10:00:00Z": "2026-11-01T10:00:00Z",
    "2026-11-01T10:00:00.999Z": "2026-11-01T10:00:00Z",
    "2026-11-01T01:30:00+02:00": "2026-10-31T23:30:00Z",
    "2026-11-01T10:00:00": "2026-11-01T10:00:00Z",
    "20261101T100000Z": "2026-11-01T10:00:00Z",
}


@pytest.mark.parametrize("time", TIMES)
def test_times_become_utc_to_the_second(time):
    (event,) = read(TWO[0] | {"eventTime": time}).events
    assert event.time == TIMES[time]


def test_of_a_key_given_twice_the_last_counts():
    text = json.dumps(TWO[0])[:-1] + ', "eventName": "Last"}'
    (event,) = decode(f"[{text}]".encode()).events
    assert event.name == "Last"


@pytest.mark.parametrize("field", ["_caller", "_details"])
def test_an_event_cannot_fill_in_what_only_the_reader_fills_in(field):
    decoded = read(TWO[0] | {field: {"actor": "x"}}, TWO[1])
    assert all(event.caller.actor.kind != "" for event in decoded.events)
    assert all(event.issued is None for event in decoded.events)


def test_broken_text_inside_strings_is_kept_visible():
    record = json.dumps(TWO[0]).encode()
    dirty = record.replace(b"203.0.113.7", b"a\x00b\xff\\ud800").replace(b"ListBuckets", b"L\tB")
    (event,) = decode(b'{"Records":[%s]}' % dirty).events
    assert event.ip == "a\x00b\\xff\\ud800"
    assert event.name == "L\tB"


def test_an_event_without_an_id_is_its_content():
    bare = {key: value for key, value in TWO[0].items() if key != "eventID"}
    (one,) = read(bare).events
    (other,) = decode(json.dumps([dict(reversed(bare.items()))], indent=3).encode()).events
    assert one.event_id == other.event_id
    assert len(one.event_id) == 16


def test_an_event_without_a_recipient_is_its_callers():
    bare = {key: value for key, value in TWO[0].items() if key != "recipientAccountId"}
    assert read(bare).events[0].account_id == given.HOME
    outside = bare | {"userIdentity": given.another_account("AIDAX")}
    assert read(outside).events[0].account_id == ""


def test_insights_are_recognised_and_not_counted():
    insight = {"eventType": "AwsCloudTrailInsight", "eventTime": "2026-11-01T10:00:00Z"}
    decoded = read(insight)
    assert (decoded.kind, len(decoded.events), decoded.others) == (Kind.INSIGHT, 0, 1)
    mixed = read(insight, TWO[0])
    assert (mixed.kind, len(mixed.events), mixed.others) == (Kind.LOGS, 1, 1)


def digest(**more):
    key = "AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/11/01/log.json.gz"
    log = {"s3Bucket": "trail", "s3Object": key, "hashValue": "ab" * 32}
    return {"digestEndTime": "2026-11-01T11:00:00Z", "logFiles": [log | more]}


def test_a_digest_lists_its_logs():
    decoded = decode(json.dumps(digest()).encode())
    (log,) = decoded.digest
    assert decoded.kind == Kind.DIGEST
    assert (log.name, log.account_id, log.day) == ("log.json.gz", given.HOME, "2026-11-01")
    assert log.uri.startswith("s3://trail/AWSLogs/")


def test_a_digest_is_read_wholly_or_not_at_all():
    with pytest.raises(Unreadable) as raised:
        decode(json.dumps(digest(s3Object=None)).encode())
    assert raised.value.reason == Reason.NOT_RECORDS
