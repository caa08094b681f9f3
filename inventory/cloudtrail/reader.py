"""A log object's bytes to events. Pure.

Containers: {"Records": [...]}, a bare array, one event, JSON lines of any of these, and what
`aws cloudtrail lookup-events` prints; gzip (also several members) or plain. Digests and Insights
are recognised and hold no events.

The whole object is decoded at once into typed structs. Only when something in it does not fit is it
read again record by record (one_by_one), to the same result.
"""

from collections.abc import Iterable, Iterator

import msgspec

from inventory.cloudtrail import one_by_one
from inventory.cloudtrail.callers import kept
from inventory.cloudtrail.containers import MAX_BYTES, text_of
from inventory.cloudtrail.decoded import Decoded
from inventory.cloudtrail.events import Events
from inventory.cloudtrail.fields import Record
from inventory.cloudtrail.grouping import add_records
from inventory.cloudtrail.identifiers import id_texts, ids_of
from inventory.cloudtrail.instants import are_normal
from inventory.cloudtrail.pausing import without_collection
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
# How CloudTrail begins and ends its objects, and what stands between two records of them.
_BEGIN, _BETWEEN, _END = b'{"Records":[', b'},{"eventVersion":', b"]}"
PIECE = 96 * 1024
_NO_FIT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@without_collection
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


def _all_at_once(text: bytes, latest: str) -> Events | None:
    """All events, or None when the records have to be looked at one by one."""
    compact = text.startswith(_BEGIN) and text.endswith(_END)
    for decoded in (_in_pieces, _whole) if compact else (_whole,):
        try:
            events = _events(decoded(text), latest)
        except _NO_FIT:
            continue
        return events
    return None


def _in_pieces(text: bytes) -> Iterator[list[Record]]:
    """The records of an object as CloudTrail writes it, some hundred at a time: decoding and
    looking at them is up to a quarter faster while they are in the processor's cache.

    Where it is cut is a guess. But arrays that are JSON each make a whole that is JSON, of these
    very elements; and where one is not, msgspec.DecodeError is raised.
    """
    view = memoryview(text)
    start, end = len(_BEGIN), len(text) - len(_END)
    while start < end:
        cut = text.find(_BETWEEN, start + PIECE, end)
        stop = end if cut < 0 else cut + 1
        yield _array.decode(b"".join((b"[", view[start:stop], b"]")))
        start = stop + 1


def _whole(text: bytes) -> Iterator[list[Record]]:
    """All records. Raises one of _NO_FIT, also where nothing is known to hold them."""
    start = text[:64].lstrip()[:1]
    try:
        records = None
        if start == b"[":
            records = _array.decode(text)
        elif start == b"{":
            records = _records.decode(text).Records
    except _NO_FIT:
        records = _lines.decode_lines(text)
    if records is None:
        raise msgspec.DecodeError("no records")
    yield records


def _events(pieces: Iterable[list[Record]], latest: str) -> Events | None:
    """The events; None when one of them is not as it should be."""
    events = Events()
    texts: list[str] = []
    for records in pieces:
        if not add_records(events, records):
            return None
        texts += id_texts(records)
    ids = ids_of(texts)
    hours = {stay.hour for stay in set(events.stays)}
    if ids is None or not are_normal(events.times, hours, latest):
        return None
    events.ids = ids
    return events
