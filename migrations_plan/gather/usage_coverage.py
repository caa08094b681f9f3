"""How much of each day was read, over the accounts that a page is about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from inventory.models import UsageCoverage
from migrations_plan.rules.usage_days import DayCoverage


def coverage(
    days: Iterable[date], joined: Mapping[str, date | None], *, today: date
) -> dict[date, DayCoverage]:
    """Each of these days, over these accounts, none of which is expected before it joined the
    organization (None: not known when). One query."""
    wanted = list(days)
    # A day that is not over is read as far as it can be when its source was read on it.
    through = Q(through__gt=F("day")) | Q(day=today, through=today)
    found: dict[date, list[tuple[bool, bool]]] = defaultdict(list)
    if wanted and joined:
        rows = (
            UsageCoverage.objects.filter(day__range=(min(wanted), max(wanted)))
            .filter(account_id__in=list(joined))
            .annotate(through=TruncDate("read_through"))
            .values_list("day", "account_id")
            .annotate(
                dark=Count("pk", filter=Q(through=None) | ~through | Q(quarantined__gt=0)),
                open=Count("pk", filter=Q(closed_at=None)),
            )
            .order_by()
        )
        for day, account_id, dark, still_open in rows:
            if _expected(joined[account_id], day):
                found[day].append((not dark, not still_open))
    return {
        day: _day(found[day], sum(_expected(since, day) for since in joined.values()))
        for day in wanted
    }


def _expected(since: date | None, day: date) -> bool:
    return since is None or since <= day


def _day(accounts: list[tuple[bool, bool]], expected: int) -> DayCoverage:
    whole = sum(is_whole for is_whole, _ in accounts)
    return DayCoverage(
        expected=expected,
        whole=whole,
        partly=len(accounts) - whole,
        closed=bool(accounts) and all(closed for _, closed in accounts),
    )
