"""How much of each day was read, over the accounts that a page is about.

An account's day is whole when every region that is known of it was read to the end of the day, and
nothing in it is quarantined; a day that is not over, when its source was read on it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Case, F, Min, Q, QuerySet, When
from django.db.models.functions import TruncDate

from inventory.models import UsageCoverage
from migrations_plan.rules.usage_days import DayCoverage


def coverage(
    days: Iterable[date], joined: Mapping[str, date | None], *, today: date
) -> dict[date, DayCoverage]:
    """Each of these days, over these accounts, none of which is expected before it joined the
    organization (None: not known when). One query."""
    wanted = list(days)
    found = _found(wanted, list(joined), today) if wanted and joined else {}
    since = sorted(day for day in joined.values() if day)
    always = len(joined) - len(since)
    return {
        day: _day(found.get(day, (0, 0, 0)), always + bisect_right(since, day)) for day in wanted
    }


def _found(
    days: list[date], account_ids: list[str], today: date
) -> dict[date, tuple[int, int, int]]:
    """By day: accounts of which something was read, those that are whole, those that are closed.

    A hundred thousand account-days are summed in the database; the ORM cannot sum groups of groups,
    so its own statement for the inner ones is wrapped.
    """
    inner, values = _account_days(days, account_ids, today).query.sql_with_params()
    statement = (
        "SELECT day, COUNT(*), SUM(whole_day), SUM(closed_day) "  # noqa: S608
        f"FROM ({inner}) account_days GROUP BY day"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {date.fromisoformat(str(day)): counts for day, *counts in cursor.fetchall()}


def _account_days(days: list[date], account_ids: list[str], today: date) -> QuerySet[Any, Any]:
    # A day that is not over is read as far as it can be when its source was read on it.
    through = Q(through__gt=F("day")) | Q(day=today, through=today)
    return (
        UsageCoverage.objects.filter(day__range=(min(days), max(days)), account_id__in=account_ids)
        .order_by()
        .annotate(through=TruncDate("read_through"))
        .values("day", "account_id")
        .annotate(
            whole_day=Min(Case(When(through & Q(quarantined=0), then=1), default=0)),
            closed_day=Min(Case(When(closed_at=None, then=0), default=1)),
        )
    )


def _day(counts: tuple[int, int, int], expected: int) -> DayCoverage:
    accounts, whole, closed = counts
    # Rows of an account from before it joined must not stand in for another's.
    whole = min(whole, expected)
    return DayCoverage(
        expected=expected,
        whole=whole,
        partly=min(accounts, expected) - whole,
        closed=0 < accounts == closed,
    )
