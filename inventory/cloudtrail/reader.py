"""A log object's bytes to events. Pure.

Containers: {"Records": [...]}, a bare array, one event, JSON lines of any of these, and what
`aws cloudtrail lookup-events` prints; gzip (also several members) or plain. Digests and Insights
are recognised and hold no events.

The whole object is decoded at once into typed structs. Only when something in it does not fit is it
read again record by record (one_by_one), to the same result.
"""

import re

import msgspec

from inventory.cloudtrail import one_by_one
from inventory.cloudtrail.containers import MAX_BYTES, text_of
from inventory.cloudtrail.decoded import Decoded
from inventory.cloudtrail.events import Event
from inventory.cloudtrail.filling import fill
from inventory.cloudtrail.instants import all_canonical
from inventory.cloudtrail.reasons import Reason, Unreadable

# An event of MAX_BYTES / MAX_BRACES bytes has few fields: more is nothing that CloudTrail wrote,
# and decoding it would fill the memory.
MAX_BRACES = 1_000_000
# They are counted in a sample, since counting them all would cost as much as decompressing.
STRIDE = 31
SMALL = 1024 * 1024

_ACCOUNTS = re.compile(r"(?:\d{12}|)", re.ASCII)


class _Whole(msgspec.Struct, gc=False):
    Records: list[Event] | None = None


_records = msgspec.json.Decoder(_Whole)
_array = msgspec.json.Decoder(list[Event])
_lines = msgspec.json.Decoder(Event)


def decode(data: bytes, *, name: str = "", max_bytes: int = MAX_BYTES, latest: str = "") -> Decoded:
    """Everything in a log object, each record either an event, a reject, or one of the others.

    name: the object's, for messages. latest: events after this instant are rejected ('' for none).
    Raises Unreadable when the object as a whole cannot be read.
    """
    try:
        text = text_of(data, max_bytes)
        if len(text) > SMALL and text[::STRIDE].count(b"{") * STRIDE > MAX_BRACES:
            raise Unreadable(Reason.TOO_MANY, f"about more than {MAX_BRACES} braces")
        events = _all_at_once(text)
        if events is not None and _finished(events, latest):
            return Decoded(events=events)
        return one_by_one.decode(text, latest)
    except Unreadable as error:
        detail = f"{error.detail} ({name})" if name else error.detail
        raise Unreadable(error.reason, detail) from None


def _all_at_once(text: bytes) -> list[Event] | None:
    """All records, or None when they have to be looked at one by one."""
    start = text[:64].lstrip()[:1]
    try:
        if start == b"[":
            return _array.decode(text)
        events = _records.decode(text).Records if start == b"{" else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _json_lines(text)
    return events


def _json_lines(text: bytes) -> list[Event] | None:
    try:
        return _lines.decode_lines(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _finished(events: list[Event], latest: str) -> bool:
    """Fills in all events; False when one of them is not as it should be."""
    if not all_canonical([event.time for event in events], latest):
        return False
    try:
        if not fill(events):
            return False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return all(_ACCOUNTS.fullmatch(one or "") for one in {event.account_id for event in events})
