"""A log object's bytes to events. Pure.

Containers: {"Records": [...]}, a bare array, one event, JSON lines of any of these, and what
`aws cloudtrail lookup-events` prints; gzip (also several members) or plain. Digests and Insights
are recognised and hold no events.

The whole object is decoded at once into typed structs. Only when something in it does not fit is it
read again record by record (one_by_one), to the same result.
"""

import msgspec

from inventory.cloudtrail import one_by_one
from inventory.cloudtrail.callers import kept
from inventory.cloudtrail.containers import MAX_BYTES, text_of
from inventory.cloudtrail.decoded import Decoded
from inventory.cloudtrail.events import Event
from inventory.cloudtrail.fields import Record
from inventory.cloudtrail.grouping import events_of
from inventory.cloudtrail.identifiers import ids_of
from inventory.cloudtrail.instants import hours_of
from inventory.cloudtrail.reasons import Reason, Unreadable

# An event of MAX_BYTES / MAX_BRACES bytes has few fields: more is nothing that CloudTrail wrote,
# and decoding it would fill the memory.
MAX_BRACES = 1_000_000
# They are counted in a sample, since counting them all would cost as much as decompressing.
STRIDE = 31
# A shorter text has no room for so many, even of the shortest objects, "{},".
SMALL = 3 * MAX_BRACES


class _Whole(msgspec.Struct, gc=False):
    Records: list[Record] | None = None


_records = msgspec.json.Decoder(_Whole)
_array = msgspec.json.Decoder(list[Record])
_lines = msgspec.json.Decoder(Record)
_NO_FIT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(data: bytes, *, name: str = "", max_bytes: int = MAX_BYTES, latest: str = "") -> Decoded:
    """Everything in a log object, each record either an event, a reject, or one of the others.

    name: the object's, for messages. latest: events after this instant are rejected ('' for none).
    Raises Unreadable when the object as a whole cannot be read.
    """
    try:
        text = text_of(data, max_bytes)
        if len(text) > SMALL and text[::STRIDE].count(b"{") * STRIDE > MAX_BRACES:
            raise Unreadable(Reason.TOO_MANY, f"about more than {MAX_BRACES} braces")
        kept.make_room(len(text))
        events = _all_at_once(text, latest)
        return one_by_one.decode(text, latest) if events is None else Decoded(events=events)
    except Unreadable as error:
        detail = f"{error.detail} ({name})" if name else error.detail
        raise Unreadable(error.reason, detail) from None


def _all_at_once(text: bytes, latest: str) -> list[Event] | None:
    """All events, or None when the records have to be looked at one by one."""
    try:
        records = _decoded(text)
        if records is None:
            return None
        times = [record.time for record in records]
        hours = hours_of(times, latest)
        ids = None if hours is None else ids_of(records)
        if hours is None or ids is None:
            return None
        return events_of(records, times, hours, ids)
    except _NO_FIT:
        return None


def _decoded(text: bytes) -> list[Record] | None:
    """All records; None where nothing is known to hold them. Raises one of _NO_FIT."""
    start = text[:64].lstrip()[:1]
    try:
        if start == b"[":
            return _array.decode(text)
        return _records.decode(text).Records if start == b"{" else None
    except _NO_FIT:
        return _lines.decode_lines(text)
