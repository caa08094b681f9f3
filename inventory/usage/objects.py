"""The ledger of log objects: whose they are, and what became of them."""

from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter

from inventory.cloudtrail.decoded import Decoded, Kind
from inventory.cloudtrail.reasons import Reason, Reject
from inventory.codec import time_from_text
from inventory.models import DigestedLog, LogState, QuarantinedEvent, TrailObject
from inventory.saving import bulk
from inventory.usage.batch import COUNTED, DUPLICATE, REPLACES, SEALED, Batch, Part

MOST_BAD_EVENTS = 20
CHANGED = (
    "state",
    "owner",
    "lease_until",
    "reason",
    "detail",
    "events",
    "counted",
    "duplicates",
    "ignored",
    "quarantined",
    "first_at",
    "last_at",
    "done_at",
)


def lock_ours(batch: Batch) -> set[int]:
    """Those objects of the batch that are still pending and still their claimer's, locked."""
    owners = {part.row.pk: part.owner for part in batch.parts}
    rows = TrailObject.objects.select_for_update().order_by("pk")
    found = rows.filter(pk__in=owners, state=LogState.PENDING).values_list("pk", "owner")
    return {pk for pk, owner in found if owner == owners[pk]}


def finish(batch: Batch, *, now: datetime) -> None:
    """Writes what became of each object; the claim ends."""
    again = [part.row.pk for part in batch.parts if part.row.quarantined]
    if again:
        QuarantinedEvent.objects.filter(object__in=again).delete()
    for part in batch.parts:
        row = part.row
        row.owner, row.lease_until, row.done_at = "", None, now
        if isinstance(part.read, Decoded):
            _finish_read(batch, part, part.read)
        else:
            row.state = LogState.QUARANTINED
            row.reason, row.detail = part.read.reason, part.read.detail
    bulk.update(TrailObject, [part.row for part in batch.parts], CHANGED)
    bad = [one for part in batch.parts for one in _bad_events(batch, part)]
    QuarantinedEvent.objects.bulk_create(bad, batch_size=bulk.BATCH)
    _note_digests(part.read for part in batch.parts if isinstance(part.read, Decoded))


def _finish_read(batch: Batch, part: Part, read: Decoded) -> None:
    row = part.row
    row.state = LogState.DONE if read.kind == Kind.LOGS else LogState.OTHER
    row.reason = row.detail = ""
    # A better copy of what was counted already moves a count; it adds none.
    row.counted = batch.fate(part, COUNTED)
    row.duplicates = batch.fate(part, DUPLICATE) + batch.fate(part, REPLACES)
    row.quarantined = batch.fate(part, SEALED) + len(read.rejects)
    row.ignored = row.quarantined + read.others
    row.events = row.counted + row.duplicates + row.ignored
    times = batch.events.times[part.start : part.end]
    row.first_at = time_from_text(min(times)) if times else None
    row.last_at = time_from_text(max(times)) if times else None


def _bad_events(batch: Batch, part: Part) -> list[QuarantinedEvent]:
    if not isinstance(part.read, Decoded) or not part.row.quarantined:
        return []
    bad = list(part.read.rejects)
    rejected = {one.index for one in bad}
    places = (place for place in range(part.row.events) if place not in rejected)
    for position, place in zip(range(part.start, part.end), places, strict=False):
        if batch.fates[position] == SEALED:
            bad.append(Reject(place, Reason.DAY_SEALED, batch.events.times[position]))
    return [
        QuarantinedEvent(object=part.row, index=one.index, reason=one.reason, detail=one.detail)
        for one in sorted(bad, key=attrgetter("index"))[:MOST_BAD_EVENTS]
    ]


def _note_digests(reads: Iterable[Decoded]) -> None:
    """What digests list has to be read sometime; until then its day is not whole."""
    logs = {one.name: one for read in reads for one in read.digest}
    DigestedLog.objects.bulk_create(
        [
            DigestedLog(
                name=one.name,
                uri=one.uri,
                account_id=one.account_id,
                region=one.region,
                day=date.fromisoformat(one.day),
                sha256=one.sha256,
            )
            for _, one in sorted(logs.items())
        ],
        batch_size=bulk.BATCH,
        ignore_conflicts=True,
    )
