"""What each actor of the old path did in the windows that pages offer, but for the youngest days.

Valid while the sums of the window's days are the same rows (inventory.usage.day_sums): whatever
changes a day deletes its sums, and new ones have a higher id.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, OuterRef, Subquery, Value

from inventory.cloudtrail.records import Path
from inventory.models import ActorDay, ActorSums, DaySums, SummedWindow, UsageActor
from inventory.usage.day_sums import SUMMED_AFTER, hold, sum_days

# Days before today.
WINDOWS = (7, 30, 90)
# They take a second to make: while old days keep changing, not all the time.
PAUSE = timedelta(minutes=10)
MAKE = """
INSERT INTO {sums} (days, actor_id, account_id, events, last_day, succeeded_at)
SELECT %s, one.actor_id, one.account_id, SUM(one.events), MAX(one.day), MAX(one.succeeded_at)
FROM {days} one JOIN {actors} actor ON actor.id = one.actor_id AND actor.path = %s
WHERE one.day BETWEEN %s AND %s GROUP BY one.actor_id, one.account_id
"""


def settle(now: datetime, accounts: Collection[str]) -> None:
    """When work is over (inventory.after)."""
    sum_days(now)
    sum_windows(now)


def sum_windows(now: datetime) -> int:
    """Makes those that are missing or out of date, once their days have sums. Returns how many."""
    today, last = now.date(), (now - SUMMED_AFTER).date()
    return sum(_sum_window(days, today - timedelta(days=days), last, now) for days in WINDOWS)


def valid_window(days: int, today: date) -> SummedWindow | None:
    """The sums of a window that ends today, if nothing has changed since. One query."""
    inside = DaySums.objects.filter(day__range=(OuterRef("first"), OuterRef("last"))).order_by()
    one = inside.annotate(every=Value(1)).values("every")
    windows = SummedWindow.objects.filter(days=days, first=today - timedelta(days=days))
    found = windows.annotate(
        number=Subquery(one.annotate(n=Count("pk")).values("n")),
        newest=Subquery(one.annotate(n=Max("pk")).values("n")),
    ).first()
    if found is None:
        return None
    return found if found.stamp == _stamp_of(found.first, found.last, vars(found)) else None


def _stamp(first: date, last: date) -> str:
    days = DaySums.objects.filter(day__range=(first, last))
    return _stamp_of(first, last, days.aggregate(number=Count("pk"), newest=Max("pk")))


def _stamp_of(first: date, last: date, found: Mapping[str, Any]) -> str:
    """'' unless every one of the days has sums."""
    whole = found["number"] == (last - first).days + 1
    return f"{found['number']}:{found['newest']}" if whole else ""


@transaction.atomic
def _sum_window(days: int, first: date, last: date, now: datetime) -> int:
    """The stamp is taken before the days are read: a change in between makes it wrong."""
    # Keeps others who make sums away, and nobody who counts.
    hold("SHARE UPDATE EXCLUSIVE")
    stamp = _stamp(first, last)
    known = SummedWindow.objects.filter(days=days).first()
    if not stamp or (known and (known.first, known.stamp) == (first, stamp)):
        return 0
    if known and known.first == first and now - known.made_at < PAUSE:
        return 0
    ActorSums.objects.filter(days=days).delete()
    tables = {"sums": ActorSums, "days": ActorDay, "actors": UsageActor}
    as_date = connection.ops.adapt_datefield_value
    names = {name: model._meta.db_table for name, model in tables.items()}
    with connection.cursor() as cursor:
        cursor.execute(MAKE.format(**names), [days, Path.OLD.value, *map(as_date, (first, last))])
    made = {"first": first, "last": last, "stamp": stamp, "made_at": now}
    SummedWindow.objects.update_or_create(days=days, defaults=made)
    return 1
