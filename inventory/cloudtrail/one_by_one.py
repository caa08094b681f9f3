"""A log object read record by record: what the reader falls back to. Slow, and gives up on as
little as possible."""

from collections.abc import Iterator

import msgspec

from inventory.cloudtrail.decoded import Decoded, Kind
from inventory.cloudtrail.digests import digest_of, is_digest
from inventory.cloudtrail.events import Events
from inventory.cloudtrail.fields import Record
from inventory.cloudtrail.grouping import add_records
from inventory.cloudtrail.identifiers import content_id, id_of, id_text
from inventory.cloudtrail.instants import normal
from inventory.cloudtrail.reasons import Reason, Reject, Unreadable
from inventory.cloudtrail.splitting import (
    MAX_DEPTH,
    MAX_RECORDS,
    elements,
    members,
    repaired,
    values,
)
from inventory.cloudtrail.text import clean


class _Sort(msgspec.Struct):
    """What tells an Insight from an event."""

    eventType: str | None = None
    eventCategory: str | None = None


class _Lookup(msgspec.Struct):
    """One of the Events that LookupEvents answers with."""

    CloudTrailEvent: str


_record = msgspec.json.Decoder(Record)
_sort = msgspec.json.Decoder(_Sort)
_lookup = msgspec.json.Decoder(_Lookup)
_EVENT_NAMES = {b'"eventTime"', b'"eventName"', b'"eventID"'}
_names = {b'"Records"', b'"Events"', b'"logFiles"'} | _EVENT_NAMES
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(text: bytes, latest: str) -> Decoded:
    """As reader.decode, of text that is decompressed already."""
    decoded = Decoded()
    found = False
    for value in values(text):
        if value.startswith(b"["):
            found = _add(decoded, elements(value), latest)
        elif value.startswith(b"{"):
            found = _add_object(decoded, value, latest) or found
        else:
            raise Unreadable(Reason.NOT_JSON, value[:40].decode("utf-8", "replace"))
    if not found:
        raise Unreadable(Reason.NOT_RECORDS if text.strip() else Reason.NOT_JSON)
    if decoded.others and not decoded.events and not decoded.rejects:
        decoded.kind = Kind.INSIGHT
    return decoded


def _add_object(decoded: Decoded, value: bytes, latest: str) -> bool:
    """A top-level object: records, a digest, a page of LookupEvents, or an event itself."""
    parts = {name: part for name, part in members(value) if name in _names}
    if parts.get(b'"Records"', b"").startswith(b"["):
        return _add(decoded, elements(parts[b'"Records"']), latest)
    if parts.get(b'"Events"', b"").startswith(b"["):
        return _add(decoded, _looked_up(parts[b'"Events"']), latest)
    if b'"logFiles"' in parts:
        return _add_digest(decoded, value)
    if not _EVENT_NAMES.isdisjoint(parts):
        return _add(decoded, iter([(value, 1)]), latest)
    return False


def _add_digest(decoded: Decoded, value: bytes) -> bool:
    try:
        digest = msgspec.json.decode(value)
    except _NOT_JSON as error:
        raise Unreadable(Reason.NOT_JSON, str(error)) from None
    if not is_digest(digest):
        return False
    decoded.kind = Kind.DIGEST
    decoded.digest += digest_of(digest)
    return True


def _looked_up(array: bytes) -> Iterator[tuple[bytes, int]]:
    """The events inside LookupEvents' answer, each of which is JSON within a string."""
    for element, _depth in elements(array):
        try:
            yield _lookup.decode(element).CloudTrailEvent.encode(), 1
        except (*_NOT_JSON, UnicodeEncodeError):
            yield element, 1


def _add(decoded: Decoded, records: Iterator[tuple[bytes, int]], latest: str) -> bool:
    """Adds each record as an event, a reject or one of the others."""
    for record, depth in records:
        index = len(decoded.events) + len(decoded.rejects) + decoded.others
        if index >= MAX_RECORDS:
            raise Unreadable(Reason.TOO_MANY, f"more than {MAX_RECORDS} records")
        if depth > MAX_DEPTH:
            decoded.rejects.append(Reject(index, Reason.TOO_DEEP, f"{depth} levels"))
            continue
        outcome = _event_of(record, latest)
        if isinstance(outcome, Events):
            decoded.events += outcome
        elif outcome is None:
            decoded.others += 1
        else:
            decoded.rejects.append(Reject(index, outcome[0], clean(outcome[1])))
    return True


def _event_of(record: bytes, latest: str) -> Events | tuple[Reason, str] | None:
    """The event of one record; None for an Insight; otherwise why it is none."""
    try:
        return _read(record, latest)
    except _NOT_JSON as error:
        again = repaired(record)
        if again == record:
            return _reason(error)
    try:
        return _read(again, latest)
    except _NOT_JSON as error:
        return _reason(error)


def _reason(error: Exception) -> tuple[Reason, str]:
    if isinstance(error, RecursionError):
        return Reason.TOO_DEEP, ""
    text = str(error)
    if "$.eventTime" in text:
        return (Reason.NO_TIME if "null" in text else Reason.BAD_TIME), text
    return Reason.BAD_EVENT, text


def _read(text: bytes, latest: str) -> Events | tuple[Reason, str] | None:
    record = _record.decode(text)
    if _is_insight(text):
        return None
    time = normal(record.time, latest)
    if isinstance(time, Reason):
        return time, record.time
    if not record.name or not record.source:
        return Reason.BAD_EVENT, "without eventName or eventSource"
    known = id_text(record)
    record.time = time
    events = Events()
    if not add_records(events, [record]):
        return Reason.BAD_EVENT, f"recipientAccountId {record.account_id}"
    events.ids = [id_of(known) if known else content_id(text)]
    return events


def _is_insight(record: bytes) -> bool:
    sort = _sort.decode(record)
    return sort.eventType == "AwsCloudTrailInsight" or sort.eventCategory == "Insight"
