"""Which events were counted: their ids, packed, per day, account and block of four hours.

A shard row is the lock: whoever counts events of a shard holds it until the transaction ends. Its
segments are append-only and hold 16 bytes an id, or entries of provisional copies:

    16 bytes  event id
    12 bytes  account that recorded the copy, padded with NUL
     8 bytes  actor, 8 bytes operation: ids of the rows it was counted under
     4 bytes  second of the day
     1 byte   direct (1) or made by AWS on somebody's behalf (0)
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from struct import Struct, iter_unpack
from typing import NamedTuple

from django.db.models import Q, QuerySet

from inventory.cloudtrail.identifiers import Block
from inventory.models import SealedDay, SeenIds, SeenShard
from inventory.saving import bulk

ID = "16s"
ENTRY = Struct(">16s12sQQI?")
ACCOUNT_SIZE = 12
# A shard is read whole for each batch, so that it must not crumble; rewriting costs its size.
MOST_SEGMENTS = 32
# Pairs of day and account asked for at once: SQLite takes no conditions of unlimited depth.
PAIRS = 100
SEGMENTS_AT_ONCE = 32
COLUMNS = ("pk", "day", "account_id", "block")
first = itemgetter(0)


class Entry(NamedTuple):
    """A provisional copy that was counted: all that is needed to take it out again."""

    event_id: bytes
    account_id: str
    actor_id: int
    operation_id: int
    second: int
    direct: bool

    def packed(self) -> bytes:
        """As it is stored."""
        return ENTRY.pack(self.event_id, self.account_id.encode(), *self[2:])


def entry(values: tuple[bytes, bytes, int, int, int, bool]) -> Entry:
    """What packed() wrote."""
    return Entry(values[0], values[1].rstrip(b"\0").decode(), *values[2:])


@dataclass(slots=True)
class Seen:
    """What was counted already of the events that were asked about, in one shard.

    provisional: those counted from a copy. segments, last: how many there are, and the last number.
    """

    pk: int
    ids: set[bytes] = field(default_factory=set)
    provisional: dict[bytes, Entry] = field(default_factory=dict)
    segments: int = 0
    last: int = 0


def lock(shards: Collection[Block]) -> dict[Block, Seen]:
    """Locks the shards until the transaction ends, always in the same order; makes missing ones."""
    there = dict(_locked(shards))
    missing = [shard for shard in sorted(set(shards)) if shard not in there]
    if missing:
        SeenShard.objects.bulk_create(
            [SeenShard(**shard._asdict()) for shard in missing], ignore_conflicts=True
        )
        there |= _locked(missing)
    return {shard: Seen(pk) for shard, pk in there.items()}


def _locked(wanted: Collection[Block]) -> Iterator[tuple[Block, int]]:
    blocks: dict[tuple[str, str], set[int]] = defaultdict(set)
    for day, account_id, block in wanted:
        blocks[day, account_id].add(block)
    pairs = sorted(blocks.items())
    for start in range(0, len(pairs), PAIRS):
        condition = Q()
        for (day, account_id), numbers in pairs[start : start + PAIRS]:
            condition |= Q(day=day, account_id=account_id, block__in=sorted(numbers))
        rows = SeenShard.objects.select_for_update().filter(condition)
        rows = rows.order_by("day", "account_id", "block")
        for pk, day_of, account_id, number in rows.values_list(*COLUMNS):
            yield Block(day_of.isoformat(), account_id, number), pk


def sealed(days: Iterable[str]) -> set[str]:
    """Those of the days whose ids are kept no longer. Ask after the locks are held."""
    rows = SealedDay.objects.filter(day__in=set(days)).values_list("day", flat=True)
    return {day.isoformat() for day in rows}


def look_up(shards: Mapping[Block, Seen], wanted: Mapping[Block, set[bytes]]) -> None:
    """Fills in which of the wanted ids were counted. Streams: no set of all ids is ever made."""
    by_pk = {seen.pk: (seen, wanted[shard]) for shard, seen in shards.items()}
    rows = SeenIds.objects.filter(shard_id__in=by_pk).order_by("shard_id", "number")
    columns = rows.values_list("shard_id", "provisional", "number", "ids")
    for pk, provisional, number, blob in columns.iterator(chunk_size=SEGMENTS_AT_ONCE):
        seen, ids = by_pk[pk]
        seen.segments, seen.last = seen.segments + 1, max(seen.last, number)
        if provisional:
            met = (entry(values) for values in ENTRY.iter_unpack(blob) if values[0] in ids)
            seen.provisional |= {one.event_id: one for one in met}
        else:
            seen.ids |= ids.intersection(map(first, iter_unpack(ID, blob)))


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted now of one shard: packed ids, entries of copies, and ids whose entry is
    void."""

    seen: Seen
    ids: bytes
    entries: Collection[Entry]
    replaced: Collection[bytes]


def remember(news: Collection[Counted]) -> None:
    """Adds what was counted, all shards at once."""
    segments: list[SeenIds] = []
    _drop({one.seen.pk: one.replaced for one in news if one.replaced})
    for one in news:
        segments += _next_segments(one.seen, one.ids, provisional=False)
        entries = b"".join(entry.packed() for entry in one.entries)
        segments += _next_segments(one.seen, entries, provisional=True)
    SeenIds.objects.bulk_create(segments)
    for one in news:
        if one.seen.segments > MOST_SEGMENTS:
            _compact(one.seen)


def _next_segments(seen: Seen, blob: bytes, *, provisional: bool) -> list[SeenIds]:
    if not blob:
        return []
    seen.last, seen.segments = seen.last + 1, seen.segments + 1
    return [SeenIds(shard_id=seen.pk, provisional=provisional, number=seen.last, ids=blob)]


def _segments(seen: Seen, *, provisional: bool) -> QuerySet[SeenIds]:
    return SeenIds.objects.filter(shard_id=seen.pk, provisional=provisional)


def _drop(replaced: Mapping[int, Collection[bytes]]) -> None:
    """Takes entries out, of several shards at once."""
    if not replaced:
        return
    changed = []
    for segment in SeenIds.objects.filter(shard_id__in=replaced, provisional=True):
        blob, void = bytes(segment.ids), replaced[segment.shard_id]
        left = [one for one in ENTRY.iter_unpack(blob) if one[0] not in void]
        segment.ids = b"".join(ENTRY.pack(*one) for one in left)
        if len(segment.ids) != len(blob):
            changed.append(segment)
    bulk.update(SeenIds, changed, ["ids"])


def _compact(seen: Seen) -> None:
    """Each kind of segment becomes one."""
    for provisional in (False, True):
        rows = _segments(seen, provisional=provisional)
        blobs = rows.order_by("number").values_list("ids", flat=True)
        whole = b"".join(map(bytes, blobs.iterator(chunk_size=SEGMENTS_AT_ONCE)))
        rows.delete()
        SeenIds.objects.bulk_create(_next_segments(seen, whole, provisional=provisional))


def entries_of(day: str, account_ids: Collection[str]) -> Iterator[Entry]:
    """Every provisional copy of the day that counts for one of the accounts, whatever its block."""
    wanted = {account_id.encode().ljust(ACCOUNT_SIZE, b"\0") for account_id in account_ids}
    rows = SeenIds.objects.filter(shard__day=day, shard__account_id="", provisional=True)
    for blob in rows.values_list("ids", flat=True).iterator(chunk_size=SEGMENTS_AT_ONCE):
        for values in ENTRY.iter_unpack(bytes(blob)):
            if values[1] in wanted:
                yield entry(values)
