"""What makes an event the same event: its id, across files, trails, accounts and imports."""

from binascii import unhexlify
from collections.abc import Sequence
from hashlib import blake2b
from itertools import compress
from struct import unpack
from typing import NamedTuple

import msgspec

from inventory.cloudtrail.events import Events, Stay
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


def id_texts(records: Sequence[Record]) -> list[str]:
    """The ids as text, '' for none."""
    return [
        (record.shared_id or record.event_id or "") if record.addendum is None else id_text(record)
        for record in records
    ]


def ids_of(texts: list[str]) -> list[bytes] | None:
    """16 bytes each, in order; None when one of them is empty.

    UUIDs are themselves, so equal only when equal; other ids are digested.
    """
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


def block_of(stay: Stay) -> Block:
    """The block of ids that the ids of a stay's events belong to: by the events' own time, and by
    account unless several accounts record the action."""
    account = "" if stay.shared else stay.account_id
    return Block(stay.hour[:10], account, int(stay.hour[11:]) // 4)


def is_final(stay: Stay) -> bool:
    """Whether no other account's copy is better: not shared, or the caller's own account's."""
    return not stay.provisional


def rank(stay: Stay) -> str:
    """Of copies of one action the one with the smallest rank counts: the caller's own account's,
    else the one of the smallest account id."""
    return (stay.account_id or "~") if stay.provisional else ""


def worse_copies(events: Events) -> set[int]:
    """Positions of events that another event of the same id stands for."""
    stays, ids = events.stays, events.ids
    met: set[bytes] = set()
    # Adding to a set says nothing, so "or" adds what was not met.
    again = {one for one in ids if one in met or met.add(one)}  # type: ignore[func-returns-value]
    best: dict[bytes, int] = {}
    worse = set()
    for at in compress(range(len(ids)), map(again.__contains__, ids)):
        other = best.setdefault(ids[at], at)
        if other == at:
            continue
        if rank(stays[at]) < rank(stays[other]):
            best[ids[at]] = at
            worse.add(other)
        else:
            worse.add(at)
    return worse
