"""Log objects -> counts. One transaction a batch: all of it is counted, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction

from inventory.cloudtrail.identifiers import Block
from inventory.cloudtrail.records import ProvisionalEvent, Tally
from inventory.cloudtrail.tallying import session_keys, tally
from inventory.models import LogState, TrailObject
from inventory.usage import coverage, dimensions, objects, seen, sessions
from inventory.usage.batch import Batch, Read, batch_of
from inventory.usage.conflicts import TRIES, is_conflict
from inventory.usage.copies import Taken, second_of, subtract, taken
from inventory.usage.corrections import correct_late
from inventory.usage.dimensions import Ids, Stale
from inventory.usage.fates import decide
from inventory.usage.joining import join_sessions
from inventory.usage.mending import mend
from inventory.usage.saving import Resolved, hold, ids_of, save
from inventory.usage.seen import Entry, Seen


@dataclass(frozen=True, slots=True)
class CountResult:
    """What became of a batch. events = counted + duplicates + ignored. objects: those that were
    still ours and are done with now; quarantined: those of them that could not be read."""

    objects: int = 0
    quarantined: int = 0
    events: int = 0
    counted: int = 0
    duplicates: int = 0
    ignored: int = 0


def count_objects(read: Sequence[tuple[TrailObject, Read]], *, now: datetime) -> CountResult:
    """Counts what was read of objects that the caller has claimed, each event once.

    An object that is no longer pending, or was claimed by somebody else, is passed over: its counts
    are, or will be, another's. Sessions whose maker became known are joined afterwards.
    """
    batch = batch_of(read)
    result, keys = _repeated(lambda: _count(batch, now))
    if keys:
        join_sessions(now=now, keys=keys)
    return result


def _repeated(attempt: Callable[[], tuple[CountResult, set[str]]]) -> tuple[CountResult, set[str]]:
    """Runs a transaction again when another one got in its way; nothing of it was kept."""
    for left in reversed(range(TRIES)):
        try:
            return attempt()
        except Resolved:
            if not left:
                raise
        except (IntegrityError, Stale):
            # A row that a remembered id stood for was removed (see retention).
            dimensions.forget()
            if not left:
                raise
        except OperationalError as problem:
            if not left or not is_conflict(problem):
                raise
    raise AssertionError("the last try returns or raises")


@transaction.atomic
def _count(batch: Batch, now: datetime) -> tuple[CountResult, set[str]]:
    ours = objects.lock_ours(batch)
    if len(ours) < len(batch.parts):
        batch = batch_of([(part.row, part.read) for part in batch.parts if part.row.pk in ours])
    shards, copies = _decide(batch)
    counts = _tally(batch)
    subtract(counts, copies)
    ids = ids_of(counts)
    hold(ids)
    keys = sessions.save(counts.sessions, ids)
    save(counts, ids)
    _remember(batch, shards, counts, ids)
    objects.finish(batch, now=now)
    coverage.note(batch, counts)
    mend(copies, ids)
    correct_late(counts, copies, now=now)
    return _result(batch), keys


def _decide(batch: Batch) -> tuple[dict[Block, Seen], list[Taken]]:
    """Sets the fate of every event; locks what says so until the transaction ends."""
    batch.fates = bytearray(len(batch.events))
    shards = seen.lock(batch.positions)
    ids = batch.events.ids
    wanted = {shard: set(map(ids.__getitem__, batch.positions[shard])) for shard in shards}
    seen.look_up(shards, wanted)
    # Asked once the shards are locked, when no day can be sealed any more.
    sealed = seen.sealed(shard.day for shard in shards)
    return shards, taken(decide(batch, shards, sealed))


def _tally(batch: Batch) -> Tally:
    known = sessions.known(session_keys(batch.events))
    return tally(batch.events, skip=batch.passed_over(), known=known)


def _remember(batch: Batch, shards: Mapping[Block, Seen], counts: Tally, ids: Ids) -> None:
    """The ids of what was counted, provisional or not, go where they are looked for next time."""
    provisional = {one.event_id: one for one in counts.provisional}
    news = []
    ids_of_events, passed_over = batch.events.ids, set(batch.passed_over())
    for shard, found in sorted(shards.items()):
        counted = [
            ids_of_events[place] for place in batch.positions[shard] if place not in passed_over
        ]
        entries: list[Entry] = []
        if provisional and not shard.account_id:
            copies = [provisional[one] for one in counted if one in provisional]
            entries = [_entry(one, ids) for one in copies]
            counted = [one for one in counted if one not in provisional]
        void = found.provisional.keys() & {*counted, *(one.event_id for one in entries)}
        news.append(seen.Counted(found, b"".join(counted), entries, void))
    seen.remember(news)


def _entry(one: ProvisionalEvent, ids: Ids) -> Entry:
    return Entry(
        one.event_id,
        one.key.account_id,
        ids.actors[one.key.actor],
        ids.operations[one.key.operation],
        second_of(one.at),
        one.direct,
    )


def _result(batch: Batch) -> CountResult:
    rows = [part.row for part in batch.parts]
    return CountResult(
        objects=len(rows),
        quarantined=sum(row.state == LogState.QUARANTINED for row in rows),
        events=sum(row.events for row in rows),
        counted=sum(row.counted for row in rows),
        duplicates=sum(row.duplicates for row in rows),
        ignored=sum(row.ignored for row in rows),
    )
