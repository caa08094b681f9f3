"""What makes an event the same event: its id, across files, trails, accounts and imports."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from inventory.cloudtrail.events import Event

_LENGTH = 36
_DASHES = (8, 13, 18, 23)


class Block(NamedTuple):
    """Where an id is kept. account_id: '' for ids that several accounts share. block: of four
    hours, 0 to 5."""

    day: str
    account_id: str
    block: int


def event_ids(events: Sequence[Event]) -> list[bytes]:
    """16 bytes an event, in order: sharedEventID, else addendum.originalEventID, else eventID.

    UUIDs are themselves, so equal only when equal; other ids are digested, as is the content of
    events without one.
    """
    texts = [
        (event.shared_id or event.event_id or "") if event.addendum is None else _id_text(event)
        for event in events
    ]
    packed = _packed(texts)
    if packed is not None:
        return [packed[at : at + 16] for at in range(0, len(packed), 16)]
    return [_one_id(event, text) for event, text in zip(events, texts, strict=True)]


def _id_text(event: Event) -> str:
    original = event.addendum.originalEventID if event.addendum else None
    return event.shared_id or original or event.event_id or ""


def _packed(texts: list[str]) -> bytes | None:
    """The UUIDs as bytes, one after the other; None when one of the texts is no UUID."""
    if set(map(len, texts)) != {_LENGTH}:
        return None
    joined = "".join(texts)
    dashes = "-" * len(texts)
    if not joined.isascii() or any(joined[at::_LENGTH] != dashes for at in _DASHES):
        return None
    try:
        packed = bytes.fromhex(joined.replace("-", ""))
    except ValueError:
        return None
    return packed if len(packed) == 16 * len(texts) else None


def _one_id(event: Event, text: str) -> bytes:
    if not text:
        return event.details.content_id
    packed = _packed([text])
    return packed or blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def block_of(event: Event) -> Block:
    """The block of ids that the event's id belongs to: by the event's own time, and by account
    unless several accounts record the action."""
    account = "" if event.shared_id else event.account_id or ""
    return Block(event.time[:10], account, int(event.time[11:13]) // 4)


def is_shared(event: Event) -> bool:
    """Whether several accounts may record this one action."""
    return bool(event.shared_id)


def is_final(event: Event) -> bool:
    """Whether no other account's copy is better: not shared, or the caller's own account's."""
    return not event.shared_id or (
        event.account_id != "" and event.caller.identity.accountId == event.account_id
    )


def rank(event: Event) -> str:
    """Of copies of one action the one with the smallest rank counts: the caller's own account's,
    else the one of the smallest account id."""
    return "" if is_final(event) else event.account_id or "~"


def worse_copies(events: Sequence[Event], ids: Sequence[bytes]) -> set[int]:
    """Positions of events that another event of the same id stands for."""
    if len(set(ids)) == len(ids):
        return set()
    best: dict[bytes, int] = {}
    worse = set()
    for at, (event, one) in enumerate(zip(events, ids, strict=True)):
        other = best.setdefault(one, at)
        if other == at:
            continue
        if rank(event) < rank(events[other]):
            best[one] = at
            worse.add(other)
        else:
            worse.add(at)
    return worse
