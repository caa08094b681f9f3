"""First and last instants, found again where copies of events were taken out.

The rows are locked by then (their numbers have just been changed), so what is read here is whole:
whoever adds to the same rows comes before or after.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from inventory.codec import time_from_text, time_text
from inventory.models import ActorDay, DailyUsage, PathDay, UsageCoverage
from inventory.saving import bulk
from inventory.usage import seen
from inventory.usage.copies import Taken, instant, settled
from inventory.usage.dimensions import Ids, operations_with

# Actor and account
Pair = tuple[int, str]


def mend(copies: Iterable[Taken], ids: Ids) -> None:
    """Rows that nothing is left of are removed. Call after the entries were written."""
    by_day: dict[str, list[Taken]] = defaultdict(list)
    for one in copies:
        by_day[one.key.day].append(one)
    for day, taken in sorted(by_day.items()):
        pairs = {(ids.actors[one.key.actor], one.key.account_id) for one in taken}
        _mend_rows(day, pairs, _left(day, pairs))
        _mend_totals(day, taken)


def _left(day: str, pairs: Collection[Pair]) -> dict[Pair, list[seen.Entry]]:
    """The provisional copies of the day that still count, by where their counts are."""
    entries = list(seen.entries_of(day, {account_id for _, account_id in pairs}))
    homes = settled(one.actor_id for one in entries)
    left: dict[Pair, list[seen.Entry]] = {pair: [] for pair in pairs}
    for one in entries:
        where = homes[one.actor_id], one.account_id
        if where in left:
            left[where].append(one)
    return left


def _mend_rows(
    day: str, pairs: Collection[Pair], left: Mapping[Pair, Collection[seen.Entry]]
) -> None:
    """All provisional rows of the day of these actors in these accounts."""
    operations = operations_with(one.operation_id for some in left.values() for one in some)
    of_operations: dict[tuple[Pair, int], list[int]] = defaultdict(list)
    of_days: dict[Pair, list[int]] = defaultdict(list)
    succeeded: dict[Pair, int] = {}
    for pair, entries in left.items():
        for one in entries:
            of_operations[pair, one.operation_id].append(one.second)
            of_days[pair].append(one.second)
            if not operations[one.operation_id].error:
                succeeded[pair] = max(succeeded.get(pair, 0), one.second)
    chosen = {
        "day": day,
        "provisional": True,
        "actor_id__in": {actor_id for actor_id, _ in pairs},
        "account_id__in": {account_id for _, account_id in pairs},
    }
    rows = [row for row in DailyUsage.objects.filter(**chosen) if _pair(row) in left]
    _set_spans(
        DailyUsage,
        [(row, of_operations.get((_pair(row), row.operation_id), ()), None) for row in rows],
        day,
    )
    days = [row for row in ActorDay.objects.filter(**chosen) if _pair(row) in left]
    _set_spans(
        ActorDay,
        [(row, of_days.get(_pair(row), ()), succeeded.get(_pair(row))) for row in days],
        day,
    )


def _pair(row: DailyUsage | ActorDay) -> Pair:
    return row.actor_id, row.account_id


def _set_spans(
    model: type[DailyUsage] | type[ActorDay],
    rows: Iterable[tuple[Any, Collection[int], int | None]],
    day: str,
) -> None:
    """Writes what each row spans and, of days, the last success; removes rows that span nothing.

    Only what changed is written: rows that lost nothing are not ours, others may be adding to them.
    """
    gone, changed = [], []
    for row, seconds, succeeded in rows:
        if not seconds:
            gone.append(row.pk)
            continue
        before = _values(row)
        row.first_at, row.last_at = _at(day, min(seconds)), _at(day, max(seconds))
        row.succeeded_at = None if succeeded is None else _at(day, succeeded)
        if _values(row) != before:
            changed.append(row)
    if gone:
        model.objects.filter(pk__in=gone).delete()
    more = ["succeeded_at"] if model is ActorDay else []
    bulk.update(model, changed, ["first_at", "last_at", *more])


def _values(row: Any) -> tuple[datetime | None, ...]:
    return row.first_at, row.last_at, getattr(row, "succeeded_at", None)


def _at(day: str, second: int) -> datetime:
    return time_from_text(instant(day, second))


def _mend_totals(day: str, taken: Collection[Taken]) -> None:
    accounts = {one.key.account_id for one in taken}
    PathDay.objects.filter(day=day, account_id__in=accounts, events=0).delete()
    read = {(one.key.account_id, one.key.operation.region) for one in taken}
    found = UsageCoverage.objects.filter(
        day=day, account_id__in=accounts, region__in={region for _, region in read}
    )
    rows = [row for row in found if (row.account_id, row.region) in read]
    for row in rows:
        _mend_coverage(row, {one.at for one in taken})
    # Only the copy had made it known.
    nothing = {"events": 0, "objects_read": 0, "quarantined": 0}
    UsageCoverage.objects.filter(
        **nothing,
        pk__in=[row.pk for row in rows],
        listed_at=None,
        read_through=None,
        closed_at=None,
    ).delete()


def _mend_coverage(row: UsageCoverage, taken: Collection[str]) -> None:
    ends = {time_text(at) for at in (row.first_at, row.last_at) if at}
    if ends.isdisjoint(taken):
        return
    usage = DailyUsage.objects.filter(
        day=row.day, account_id=row.account_id, operation__region=row.region
    ).aggregate(first_at=Min("first_at"), last_at=Max("last_at"))
    UsageCoverage.objects.filter(pk=row.pk).update(**usage)
