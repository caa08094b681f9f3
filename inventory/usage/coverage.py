"""What was read of each account, region and day, and when a day is closed."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from inventory.cloudtrail.records import Tally
from inventory.models import LogState, TrailObject, UsageCoverage
from inventory.usage import tables
from inventory.usage.additive import add
from inventory.usage.batch import Batch
from inventory.usage.day_sums import outdate, update_coverage
from inventory.usage.statements import Row

Where = tuple[str, str, str]
CLOSED_AFTER = timedelta(hours=24)


def note(batch: Batch, tally: Tally) -> None:
    """Adds what the batch read: events by their own day, objects by the day of their path."""
    seen = _events(tally)
    objects: dict[Where, list[int]] = defaultdict(lambda: [0, 0])
    for part in batch.parts:
        if part.row.day is not None and part.row.state == LogState.DONE:
            read = objects[part.row.account_id, part.row.region, part.row.day.isoformat()]
            read[0] += 1
            read[1] += part.row.quarantined
    rows: list[Row] = []
    for where in seen.keys() | objects.keys():
        events, first_at, last_at = seen.get(where, (0, None, None))
        rows.append((*where, *objects.get(where, (0, 0)), events, first_at, last_at))
    add(tables.COVERAGE, rows)
    # Its days are those of all counts of the batch.
    outdate(day for _, _, day in seen.keys() | objects.keys())


def _events(tally: Tally) -> dict[Where, tuple[int, str, str]]:
    seen: dict[Where, tuple[int, str, str]] = {}
    for key, count in tally.usage.items():
        where = (key.account_id, key.operation.region, key.day)
        events, first_at, last_at = seen.get(where, (0, count.first_at, count.last_at))
        seen[where] = (
            events + count.events,
            min(first_at, count.first_at),
            max(last_at, count.last_at),
        )
    return seen


def close_days(now: datetime) -> int:
    """Closes days that are over for 24 hours and of whose account nothing listed waits to be
    counted. What changes later is a correction. Returns how many regions' days."""
    waiting = TrailObject.objects.filter(
        account_id=OuterRef("account_id"), day=OuterRef("day"), state=LogState.PENDING
    )
    over = (now - CLOSED_AFTER).date()
    read = Q(objects_read__gt=0) | Q(events__gt=0) | ~Q(read_through=None)
    rows = UsageCoverage.objects.filter(read, closed_at=None, day__lt=over)
    return update_coverage(rows.exclude(Exists(waiting)), Q(pk__in=[]), closed_at=now)
