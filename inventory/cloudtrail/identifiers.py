"""What makes an event the same event: its id, across files, trails, accounts and imports."""

from binascii import unhexlify
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from struct import unpack
from typing import NamedTuple

import msgspec

from inventory.cloudtrail.events import Event
from inventory.cloudtrail.fields import Record

_LENGTH = 36
_DASHES = (8, 13, 18, 23)


class Block(NamedTuple):
    """Where an id is kept. account_id: '' for ids that several accounts share. block: of four
    hours, 0 to 5."""

    day: str
    account_id: str
    block: int


def id_text(record: Record) -> str:
    """sharedEventID, else addendum.originalEventID, else eventID; '' when none is given."""
    original = record.addendum.originalEventID if record.addendum else None
    return record.shared_id or original or record.event_id or ""


def ids_of(records: Sequence[Record]) -> list[bytes] | None:
    """16 bytes a record, in order; None when one of them has no id.

    UUIDs are themselves, so equal only when equal; other ids are digested.
    """
    texts = [
        (record.shared_id or record.event_id or "") if record.addendum is None else id_text(record)
        for record in records
    ]
    packed = _packed(texts)
    if packed is not None:
        return list(unpack("16s" * len(texts), packed))
    return [id_of(text) for text in texts] if all(texts) else None


def id_of(text: str) -> bytes:
    """One id, for a text that may be no UUID."""
    return _packed([text]) or blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def content_id(record: bytes) -> bytes:
    """Of an event without an id: a digest of all of it, whatever the order of its keys and the
    white space between them."""
    value = msgspec.json.decode(record)
    return blake2b(msgspec.json.encode(value, order="sorted"), digest_size=16).digest()


def _packed(texts: list[str]) -> bytes | None:
    """The UUIDs as bytes, one after the other; None when one of the texts is no UUID."""
    if set(map(len, texts)) != {_LENGTH}:
        return None
    joined = "".join(texts)
    dashes = "-" * len(texts)
    if not joined.isascii() or any(joined[at::_LENGTH] != dashes for at in _DASHES):
        return None
    try:
        packed = unhexlify(joined.encode().translate(None, b"-"))
    except ValueError:
        return None
    return packed if len(packed) == 16 * len(texts) else None


def event_ids(events: Iterable[Event]) -> list[bytes]:
    """The ids, in order."""
    return [event.event_id for event in events]


def block_of(event: Event) -> Block:
    """The block of ids that the event's id belongs to: by the event's own time, and by account
    unless several accounts record the action."""
    stay = event.stay
    account = "" if stay.shared else stay.account_id
    return Block(stay.hour[:10], account, int(stay.hour[11:]) // 4)


def is_final(event: Event) -> bool:
    """Whether no other account's copy is better: not shared, or the caller's own account's."""
    return not event.stay.provisional


def rank(event: Event) -> str:
    """Of copies of one action the one with the smallest rank counts: the caller's own account's,
    else the one of the smallest account id."""
    return (event.account_id or "~") if event.stay.provisional else ""


def worse_copies(events: Sequence[Event], ids: Sequence[bytes]) -> set[int]:
    """Positions of events that another event of the same id stands for."""
    last = dict(zip(ids, range(len(ids)), strict=True))
    if len(last) == len(ids):
        return set()
    earlier = set(range(len(ids))).difference(last.values())
    best: dict[bytes, int] = {}
    worse = set()
    for at in sorted({*earlier, *(last[ids[one]] for one in earlier)}):
        other = best.setdefault(ids[at], at)
        if other == at:
            continue
        if rank(events[at]) < rank(events[other]):
            best[ids[at]] = at
            worse.add(other)
        else:
            worse.add(at)
    return worse
