"""How much of each account's day was read, summed over its regions in the database, because all
accounts have thousands of rows a day. The verdict is that of covered.py."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    When,
)

from inventory.models import UsageCoverage
from inventory.models.day_sums import AccountsRead
from inventory.usage.covered import DELIVERED_AFTER

# A region's day is delivered when it was read so long after its end. Always an instant.
DELIVERED = ExpressionWrapper(
    F("day") + (timedelta(days=1) + DELIVERED_AFTER), output_field=DateTimeField()
)
# Accounts that are alike are one row: the ORM cannot group groups, so its statement is put in here.
STATEMENT = """
SELECT day, seen, vouched, whole_day, closed_day, {join}
FROM ({account_days}) one GROUP BY 1, 2, 3, 4, 5
"""
JOINS = {
    "postgresql": "STRING_AGG(account_id, ' ' ORDER BY account_id)",
    "sqlite": "GROUP_CONCAT(account_id, ' ')",
}


def accounts_read(days: Collection[date], *, today: date) -> list[tuple[date, AccountsRead]]:
    """Of each day the accounts by how much was read of them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(*statement(days, today=today))
        return [row_of(row) for row in cursor.fetchall()]


def statement(
    days: Collection[date], *, today: date, account_ids: Collection[str] = ()
) -> tuple[str, list[Any]]:
    """SQL of the rows that row_of reads, of at least one day, and its parameters. account_ids: of
    these only; else of all that have a row."""
    inner, values = _account_days(days, account_ids, today).query.sql_with_params()
    return STATEMENT.format(join=JOINS[connection.vendor], account_days=inner), list(values)


def row_of(row: Sequence[Any]) -> tuple[date, AccountsRead]:
    """One row as the database gives it."""
    day, seen, vouched, whole, closed, account_ids = row
    flags = (bool(seen), bool(vouched), bool(whole), bool(closed))
    return date.fromisoformat(str(day)), AccountsRead(*flags, account_ids)


def _account_days(
    days: Collection[date], account_ids: Collection[str], today: date
) -> QuerySet[Any, Any]:
    """Of a day that is not over it is enough that the source was read on it."""
    midnight = datetime.combine(today, time.min, UTC)
    whole = Q(read_through__gte=DELIVERED) | Q(day=today, read_through__gte=midnight)
    loose = Q(read_through=None) & Q(objects_read__gt=0)
    short = Q(read_through__isnull=False) & ~whole
    rows = UsageCoverage.objects.filter(day__in=list(days))
    if account_ids:
        rows = rows.filter(account_id__in=list(account_ids))
    return (
        rows.order_by()
        .values("day", "account_id")
        .annotate(
            total=Sum(F("objects_read") + F("events")),
            vouched=Max(Case(When(read_through=None, then=0), default=1)),
            seen=Case(When(total__gt=0, then=1), default=0),
            whole_day=Case(
                When(vouched=0, then=0),
                default=Min(Case(When(loose | short | Q(quarantined__gt=0), then=0), default=1)),
            ),
            closed_day=Min(Case(When(closed_at=None, then=0), default=1)),
        )
    )
