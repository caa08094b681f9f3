"""Days that are over are summed up once, not by every page.

A day's sums are there or they are right to be missing: every transaction that changes what they are
made of deletes them (outdate), and who makes them holds a lock that waits for all such
transactions and lets none begin. So a sum never lacks what was committed before it, and nothing is
committed after it that leaves it in place.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet, Sum

from inventory.models import DaySums, PathDay, UsageCoverage
from inventory.saving.bulk import BATCH
from inventory.usage.account_days import DELIVERED, accounts_read

# What is younger changes all the time.
SUMMED_AFTER = timedelta(days=3)
# As far back as a page compares: twice the longest window.
LOOK_BACK = timedelta(days=370)
# So many days at once; who counts waits meanwhile.
PORTION = 31
# What is read further changes nothing for a region's day that was delivered.
DELIVERED_ALREADY = Q(read_through__gte=DELIVERED)


def outdate(days: Iterable[str] | Iterable[date]) -> None:
    """These days' counts or coverage change in the caller's transaction."""
    changed = sorted({str(day) for day in days})
    if changed:
        # Every batch asks; the ORM would take thrice the time.
        holes = ", ".join(["%s"] * len(changed))
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {DaySums._meta.db_table} WHERE day IN ({holes})",  # noqa: S608
                changed,
            )


def update_coverage(rows: QuerySet[UsageCoverage], still_same: Q, **values: Any) -> int:
    """Updates rows of coverage. still_same: those for whose day nothing follows from it. The result
    is how many.

    Rows of days that may be summed are locked before they are looked at, so that none of them is
    changed that was not seen.
    """
    with transaction.atomic():
        hold("ROW EXCLUSIVE")
        newest = DaySums.objects.aggregate(day=Max("day"))["day"]
        if newest is None:
            return rows.update(**values)
        older = rows.filter(day__lte=newest).exclude(still_same).select_for_update(of=("self",))
        found = list(older.order_by("account_id", "region", "day").values_list("pk", "day"))
        for start in range(0, len(found), BATCH):
            pks = [pk for pk, _ in found[start : start + BATCH]]
            UsageCoverage.objects.filter(pk__in=pks).update(**values)
        outdate(day for _, day in found)
        return len(found) + rows.filter(Q(day__gt=newest) | still_same).update(**values)


def sum_days(now: datetime) -> int:
    """Sums up the days that are over for long enough and have no sums. Returns how many."""
    last = (now - SUMMED_AFTER).date()
    every = {last - timedelta(days=number) for number in range(LOOK_BACK.days)}
    known = DaySums.objects.filter(day__in=every).values_list("day", flat=True)
    missing = sorted(every - set(known))
    portions = (missing[start : start + PORTION] for start in range(0, len(missing), PORTION))
    return sum(_sum_days(portion, now.date()) for portion in portions)


@transaction.atomic
def _sum_days(days: Collection[date], today: date) -> int:
    hold("EXCLUSIVE")
    # Somebody else may have been faster.
    known = set(DaySums.objects.filter(day__in=days).values_list("day", flat=True))
    missing = [day for day in days if day not in known]
    paths: dict[date, list[Any]] = defaultdict(list)
    for day, *numbers in path_sums(missing):
        paths[day].append(numbers)
    read: dict[date, list[Any]] = defaultdict(list)
    for day, found in accounts_read(missing, today=today) if missing else ():
        read[day].append(list(found))
    rows = [DaySums(day=day, paths=paths[day], coverage=read[day]) for day in missing]
    return len(DaySums.objects.bulk_create(rows))


def path_sums(days: Collection[date], account_id: str = "") -> list[tuple[date, str, int, int]]:
    """Day, path, events and direct events, from the rows themselves. One query."""
    rows = PathDay.objects.filter(day__in=list(days)).order_by()
    rows = rows.filter(account_id=account_id) if account_id else rows
    sums = rows.values_list("day", "path").annotate(Sum("events"), Sum("direct_events"))
    return [(day, path, int(events), int(direct)) for day, path, events, direct in sums]


def hold(mode: str) -> None:
    """Locks the sums of all days until the transaction ends; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {DaySums._meta.db_table} IN {mode} MODE")
