"""First and last instants, found again where copies of events were taken out.

The rows are locked by then (their numbers have just been changed), so what is read here is whole:
whoever adds to the same rows comes before or after.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Max, Min

from inventory.codec import time_from_text, time_text
from inventory.models import ActorDay, DailyUsage, PathDay, UsageCoverage
from inventory.usage import seen
from inventory.usage.copies import Taken, instant, settled
from inventory.usage.dimensions import Ids, operations_with

RowKey = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """The provisional copies of a day that still count. homes: where each actor's counts are."""

    day: str
    entries: list[seen.Entry]
    homes: Mapping[int, int]

    def of(self, actor_id: int, account_id: str) -> list[seen.Entry]:
        """Those of one actor in one account."""
        return [
            one
            for one in self.entries
            if one.account_id == account_id and self.homes[one.actor_id] == actor_id
        ]


def mend(copies: Iterable[Taken], ids: Ids) -> None:
    """Rows that nothing is left of are removed. Call after the entries were written."""
    by_day: dict[str, list[Taken]] = defaultdict(list)
    for one in copies:
        by_day[one.key.day].append(one)
    for day, taken in sorted(by_day.items()):
        accounts = {one.key.account_id for one in taken}
        entries = list(seen.entries_of(day, accounts))
        left = Left(day, entries, settled(one.actor_id for one in entries))
        for actor, account_id in {(one.key.actor, one.key.account_id) for one in taken}:
            _mend_actor(left, ids.actors[actor], account_id)
        _mend_totals(day, taken)


def _mend_actor(left: Left, actor_id: int, account_id: str) -> None:
    """All provisional rows of one actor in one account on the day."""
    mine = left.of(actor_id, account_id)
    key = {"actor_id": actor_id, "day": left.day, "account_id": account_id, "provisional": True}
    seconds: dict[int, list[int]] = defaultdict(list)
    for one in mine:
        seconds[one.operation_id].append(one.second)
    DailyUsage.objects.filter(**key).exclude(operation_id__in=seconds).delete()
    for operation_id, times in seconds.items():
        DailyUsage.objects.filter(**key, operation_id=operation_id).update(**_span(left.day, times))
    errors = {pk for pk, operation in operations_with(seconds).items() if operation.error}
    good = [one.second for one in mine if one.operation_id not in errors]
    days = ActorDay.objects.filter(**key)
    if mine:
        span = _span(left.day, [one.second for one in mine])
        days.update(**span, succeeded_at=_at(left.day, max(good)) if good else None)
    else:
        days.delete()


def _span(day: str, seconds: Collection[int]) -> dict[str, object]:
    return {"first_at": _at(day, min(seconds)), "last_at": _at(day, max(seconds))}


def _at(day: str, second: int) -> object:
    return time_from_text(instant(day, second))


def _mend_totals(day: str, taken: Collection[Taken]) -> None:
    PathDay.objects.filter(
        day=day, account_id__in={one.key.account_id for one in taken}, events=0
    ).delete()
    for account_id, region in {(one.key.account_id, one.key.operation.region) for one in taken}:
        _mend_coverage(day, account_id, region, taken)


def _mend_coverage(day: str, account_id: str, region: str, taken: Collection[Taken]) -> None:
    rows = UsageCoverage.objects.filter(day=day, account_id=account_id, region=region)
    row = rows.get()
    ends = {time_text(at) for at in (row.first_at, row.last_at) if at}
    if ends & {one.at for one in taken}:
        usage = DailyUsage.objects.filter(
            day=day, account_id=account_id, operation__region=region
        ).aggregate(first_at=Min("first_at"), last_at=Max("last_at"))
        rows.update(**usage)
    # Only the copy had made it known.
    nothing = {"events": 0, "objects_read": 0, "quarantined": 0}
    rows.filter(**nothing, listed_at=None, read_through=None, closed_at=None).delete()
