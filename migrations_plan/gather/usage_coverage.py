"""How much of each day was read, over the accounts that a page is about.

The verdict on an account's day is that of inventory.usage.covered, summed in the database, because
a page about everybody has a hundred thousand account-days. What only a digest tells of, logs that
are missing from the bucket, is left to that answer: it cannot be asked of every day at once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    When,
)

from inventory.models import AwsAccount, LogState, Trail, TrailObject, UsageCoverage
from inventory.usage.covered import DELIVERED_AFTER
from migrations_plan.rules.usage_days import DayCoverage

# The ORM cannot sum groups of groups, so its own statements for the inner ones are joined here.
STATEMENT = """
SELECT one.day, COUNT(*), SUM(one.closed_day),
       SUM(CASE WHEN held.day IS NULL AND (one.seen > 0 OR silent.account_id IS NULL)
           THEN one.whole_day ELSE 0 END),
       SUM(CASE WHEN one.seen > 0 OR (one.vouched = 1 AND silent.account_id IS NULL)
           THEN 1 ELSE 0 END)
FROM ({days}) one
LEFT JOIN ({held}) held ON held.account_id = one.account_id AND held.day = one.day
LEFT JOIN ({silent}) silent ON silent.account_id = one.account_id
GROUP BY one.day
"""


def coverage(
    days: Iterable[date], joined: Mapping[str, date | None], *, today: date
) -> dict[date, DayCoverage]:
    """Each of these days, over these accounts, none of which is expected before it joined the
    organization (None: not known when). One query."""
    wanted = list(days)
    found = _found(wanted, list(joined), today) if wanted and joined else {}
    since = sorted(day for day in joined.values() if day)
    always = len(joined) - len(since)
    return {day: _day(found.get(day), always + bisect_right(since, day)) for day in wanted}


WHOLE_STATEMENT = """
SELECT one.account_id, one.day
FROM ({days}) one
LEFT JOIN ({held}) held ON held.account_id = one.account_id AND held.day = one.day
LEFT JOIN ({silent}) silent ON silent.account_id = one.account_id
WHERE one.whole_day = 1 AND held.day IS NULL AND (one.seen > 0 OR silent.account_id IS NULL)
"""


def whole_days(
    days: Iterable[date], account_ids: Iterable[str], *, today: date
) -> dict[str, set[date]]:
    """By account, those of the days that are wholly read. One query."""
    wanted, accounts = list(days), list(account_ids)
    found: dict[str, set[date]] = {account_id: set() for account_id in accounts}
    if wanted and accounts:
        for account_id, day in _rows(WHOLE_STATEMENT, wanted, accounts, today):
            found[account_id].add(date.fromisoformat(str(day)))
    return found


def _found(days: list[date], account_ids: list[str], today: date) -> dict[date, list[int]]:
    """By day, numbers of accounts: with rows, closed, whole, of which something was read."""
    rows = _rows(STATEMENT, days, account_ids, today)
    return {date.fromisoformat(str(day)): list(counts) for day, *counts in rows}


def _rows(statement: str, days: list[date], account_ids: list[str], today: date) -> list[Any]:
    parts = {
        "days": _account_days(days, account_ids, today),
        "held": _held(days),
        "silent": _silent(),
    }
    compiled = {name: rows.query.sql_with_params() for name, rows in parts.items()}
    text = statement.format(**{name: sql for name, (sql, _) in compiled.items()})
    values = [value for _, some in compiled.values() for value in some]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall())


def _account_days(days: list[date], account_ids: list[str], today: date) -> QuerySet[Any, Any]:
    """seen: objects and events counted. vouched: of some region everything is known to be listed;
    whole_day: of those that were read, of all of them, and delivered. Of a day that is not over
    it is enough that the source was read on it."""
    delivered = ExpressionWrapper(
        F("day") + (timedelta(days=1) + DELIVERED_AFTER), output_field=DateTimeField()
    )
    midnight = datetime.combine(today, time.min, UTC)
    whole = Q(read_through__gte=delivered) | Q(day=today, read_through__gte=midnight)
    loose = Q(read_through=None) & Q(objects_read__gt=0)
    short = Q(read_through__isnull=False) & ~whole
    return (
        UsageCoverage.objects.filter(day__range=(min(days), max(days)), account_id__in=account_ids)
        .order_by()
        .values("day", "account_id")
        .annotate(
            seen=Sum(F("objects_read") + F("events")),
            vouched=Max(Case(When(read_through=None, then=0), default=1)),
            whole_day=Case(
                When(vouched=0, then=0),
                default=Min(Case(When(loose | short | Q(quarantined__gt=0), then=0), default=1)),
            ),
            closed_day=Min(Case(When(closed_at=None, then=0), default=1)),
        )
    )


def _held(days: list[date]) -> QuerySet[Any, Any]:
    """Account-days of which a log object still waits, or cannot be read."""
    waiting = TrailObject.objects.filter(state__in=[LogState.PENDING, LogState.QUARANTINED])
    inside = waiting.filter(day__range=(min(days), max(days)))
    return inside.order_by().values("account_id", "day").distinct()


def _silent() -> QuerySet[Any, Any]:
    """Accounts of which every known trail is stopped: that nothing was delivered proves nothing."""
    trails = Trail.objects.present().filter(
        Q(account_id=OuterRef("account_id")) | Q(is_organization=True)
    )
    stopped = Exists(trails) & ~Exists(trails.filter(is_logging=True))
    rows: QuerySet[Any, Any] = AwsAccount.objects.filter(stopped)
    return rows.order_by().values("account_id")


def _day(counts: list[int] | None, expected: int) -> DayCoverage:
    accounts, closed, whole, some = counts or [0, 0, 0, 0]
    # Rows of an account from before it joined must not stand in for another's.
    whole, some = min(whole, expected), min(some, expected)
    return DayCoverage(
        expected=expected,
        whole=whole,
        partly=max(some - whole, 0),
        closed=0 < accounts == closed,
    )
