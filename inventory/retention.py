"""Forgetting runs that nothing hangs on: some 120,000 a day come together at 500 accounts.

Kept for good: every run that any row names (a fact, a change in the ledger, a scope's state, a
question to a user, a job), every import, and of the whole reads of a scope and UTC day the first,
the last and as many between them as it takes that facts which were fresh then look fresh in
hindsight. So coverage and gaps of any past instant stay what they were.

A day is thinned in batches, each a short transaction of its own; a killed process has removed what
it has removed, and the next goes on there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import groupby, islice, pairwise

from django.db import transaction
from django.db.models import ForeignKey, Min

from inventory.models import CollectionRun, Heartbeat, Outcome
from inventory.runs import FROM_AWS
from inventory.sources import DAY, SOURCE_BY_NAME

# Runs of all earlier days have been thinned.
THINNED = "runs thinned until"
# Each row that goes is looked for in some thirty tables: about a millisecond in PostgreSQL.
BATCH = 500
Read = tuple[datetime, int]


def thin_runs(
    now: datetime,
    *,
    keep: timedelta,
    go_on: Callable[[], bool] = lambda: True,
    on_day: Callable[[datetime, int], None] = lambda day, removed: None,
) -> int:
    """Thins whole UTC days older than `keep`, oldest first. Returns how many runs were removed.

    go_on: asked before each batch. on_day: told of each day and the runs removed from it.
    """
    end, removed = _midnight(now - keep), 0
    day = _first_day()
    while day is not None and day < end:
        count = 0
        for batch in _batches(list(_superfluous_of(day))):
            if not go_on():
                return removed + count
            count += _remove(batch)
        removed += count
        on_day(day, count)
        day += DAY
        Heartbeat.objects.update_or_create(name=THINNED, defaults={"at": day})
    return removed


def _first_day() -> datetime | None:
    """The first day that has not been thinned; None: nothing was ever read."""
    done = Heartbeat.objects.filter(name=THINNED).values_list("at", flat=True).first()
    if done is not None:
        return done
    oldest = CollectionRun.objects.aggregate(at=Min("observed_at"))["at"]
    return _midnight(oldest) if oldest else None


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date(), time.min, UTC)


def _superfluous_of(day: datetime) -> Iterator[int]:
    """Runs of one day that neither an answer about the past nor patience wants, named or not."""
    runs, next_day = CollectionRun.objects.filter(origin=FROM_AWS), day + DAY
    failed = runs.exclude(outcome__in=[Outcome.COMPLETE, Outcome.RUNNING])
    failed = failed.filter(started_at__gte=day, started_at__lt=next_day).order_by()
    yield from failed.values_list("pk", flat=True)
    whole = runs.complete().filter(observed_at__gte=day, observed_at__lt=next_day)
    columns = ("source", "account_id", "observed_at", "pk")
    rows = whole.order_by(*columns).values_list(*columns)
    for (name, _), scope in groupby(rows.iterator(2000), key=lambda row: row[:2]):
        source = SOURCE_BY_NAME.get(name)
        reads = [(at, pk) for _, _, at, pk in scope]
        yield from superfluous(reads, source.stale_after if source else DAY)


def superfluous(reads: Sequence[Read], fresh_for: timedelta) -> Iterator[int]:
    """Of one scope's whole reads of a day, in order, those that may go: neither first nor last,
    and the one kept before is still fresh when the next one comes. Pure."""
    kept_at = reads[0][0]
    for (at, pk), (next_at, _) in pairwise(reads[1:]):
        if next_at - kept_at > fresh_for:
            kept_at = at
        else:
            yield pk


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(keys)
    while batch := list(islice(rest, BATCH)):
        yield batch


@transaction.atomic
def _remove(keys: list[int]) -> int:
    free = set(keys) - _named(keys)
    CollectionRun.objects.filter(pk__in=free).delete()
    return len(free)


def _named(keys: list[int]) -> set[int]:
    """Those of the runs that a row of any table names, whatever tables there come to be."""
    found: set[int] = set()
    for relation in CollectionRun._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if isinstance(field, ForeignKey) and relation.auto_created:
            rows = field.model._base_manager.filter(**{f"{field.name}__in": keys})
            found.update(rows.order_by().values_list(field.attname, flat=True).distinct())
    return found
