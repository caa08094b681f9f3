"""A closed day's counts changed: said so, with number and reason, in the same transaction."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from inventory.cloudtrail.records import Tally, UsageKey
from inventory.models import UsageCorrection, UsageCoverage
from inventory.usage.copies import Taken

LATE, JOINED, COPY = "late", "joined", "copy"
Where = tuple[str, str, str]


def closed(days: Iterable[str], account_ids: Iterable[str]) -> set[tuple[str, str]]:
    """(day, account) of these that were closed, in whatever region. One query."""
    rows = UsageCoverage.objects.filter(day__in=set(days), account_id__in=set(account_ids))
    found = rows.exclude(closed_at=None).values_list("day", "account_id").distinct()
    return {(day.isoformat(), account_id) for day, account_id in found}


def correct_late(tally: Tally, copies: Collection[Taken], *, now: datetime) -> None:
    """What a batch changed of closed days, per day, account and path: added, and taken out."""
    shut = closed({key.day for key in tally.usage}, {key.account_id for key in tally.usage})
    if not shut:
        return
    added, removed = Counter[Where](), Counter[Where]()
    for key, count in tally.usage.items():
        if (key.day, key.account_id) in shut:
            added[_where(key)] += count.events
    for one in copies:
        if (one.key.day, one.key.account_id) in shut:
            added[_where(one.key)] += 1
            removed[_where(one.key)] -= 1
    write(added.items(), LATE, "counted after the day was closed", now=now)
    write(removed.items(), COPY, "replaced by another account's record of the same action", now=now)


def _where(key: UsageKey) -> Where:
    return key.day, key.account_id, key.actor.path.value


def write(changes: Iterable[tuple[Where, int]], reason: str, what: str, *, now: datetime) -> None:
    """One correction for each change that is one."""
    UsageCorrection.objects.bulk_create(
        UsageCorrection(
            at=now,
            day=day,
            account_id=account_id,
            reason=reason,
            path=path,
            events=events,
            sentence=f"{abs(events)} event{'' if abs(events) == 1 else 's'} {what}.",
        )
        for (day, account_id, path), events in sorted(changes)
        if events
    )
