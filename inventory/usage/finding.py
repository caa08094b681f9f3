"""Listing log objects onto the work list, and what a whole listing lets one say.

A day of an account and region is vouched for up to the instant its listing began, once everything
that was listed is counted: only then does "no use" mean that there was none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from inventory.aws.errors import ReadError
from inventory.cloudtrail.objects import Days, LogSource, OnAttempt, Place
from inventory.models import LogState, TrailObject, UsageCoverage
from inventory.usage import worklist
from inventory.usage.day_sums import DELIVERED_ALREADY, outdate, update_coverage
from inventory.usage.worklist import Added

CHUNK = 500


@dataclass(slots=True)
class Found:
    """What a listing brought. problems: why parts of it could not be listed."""

    added: Added = field(default_factory=Added)
    problems: list[ReadError] = field(default_factory=list)


def list_logs(
    source: LogSource,
    days: Days | None,
    *,
    now: datetime,
    run_id: int | None = None,
    on_attempt: OnAttempt = lambda: None,
    on_part: Callable[[Found], None] = lambda found: None,
) -> Found:
    """Puts on the list what the source has, of these days or all. Parts that cannot be listed do
    not stop the others. on_attempt is called by other threads, on_part by this one."""
    found, vouched = Found(), dict[Place, datetime]()
    for listed in source.find(days, on_attempt):
        found.added += worklist.add(listed.objects, now=now, run_id=run_id)
        if listed.problem is not None:
            found.problems.append(listed.problem)
        vouched |= dict.fromkeys(listed.vouched, listed.through or now)
        on_part(found)
    note_listed(vouched)
    vouch()
    return found


def note_listed(vouched: dict[Place, datetime]) -> None:
    """Remembers until when days were wholly listed.

    What happens late in a day is delivered on the next, so both must have been listed.
    """
    newest = max((place.day for place in vouched), default="")
    rows = [
        UsageCoverage(
            account_id=place.account_id, region=place.region, day=place.day, listed_at=through
        )
        for place, through in sorted(vouched.items())
        if place.day == newest or _next(place) in vouched
    ]
    with transaction.atomic():
        UsageCoverage.objects.bulk_create(
            rows,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["account_id", "region", "day"],
            update_fields=["listed_at"],
        )
        # A region of which nothing was known before opens its day again.
        blank = {"objects_read": 0, "events": 0, "read_through": None, "closed_at": None}
        opened = UsageCoverage.objects.filter(**blank, listed_at__isnull=False)
        outdate(opened.order_by().values_list("day", flat=True).distinct())


def _next(place: Place) -> Place:
    following = date.fromisoformat(place.day) + timedelta(days=1)
    return place._replace(day=following.isoformat())


def vouch() -> int:
    """Lets days that were wholly listed, and of which nothing waits any more, say so.

    What waits of a later day counts too: it may hold the last events of the day before.
    """
    waiting = TrailObject.objects.filter(
        state=LogState.PENDING,
        account_id=OuterRef("account_id"),
        region=OuterRef("region"),
        day__gte=OuterRef("day"),
    )
    later = Q(read_through=None) | Q(read_through__lt=F("listed_at"))
    listed = UsageCoverage.objects.exclude(listed_at=None).filter(later)
    return update_coverage(
        listed.exclude(Exists(waiting)), DELIVERED_ALREADY, read_through=F("listed_at")
    )


def days_back(now: datetime, count: int) -> Days:
    """The last `count` days, today included."""
    return Days(now.date() - timedelta(days=count - 1), now.date())


def sentence(problems: Iterable[ReadError]) -> str:
    """The first reason, and how many more there are."""
    told = list(problems)
    if not told:
        return ""
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return f"{told[0]}{more}"
