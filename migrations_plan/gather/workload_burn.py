"""How many programs still use keys, day by day: counted from CloudTrail, never drawn in between.

A program still uses keys on a day when one of its keys worked within the quiet days up to it; so
one that runs weekly does not seem to have ended on its idle days. Nine queries.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inventory.cloudtrail.records import Credential, Path
from inventory.models import ActorDay
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage
from migrations_plan.gather import classes_list
from migrations_plan.models import PortalUser, thresholds
from migrations_plan.rules.burn_down import BurnDown, Point, burn_down
from migrations_plan.rules.usage_days import last_days

DAYS = 30
KEYS = (Credential.ACCESS_KEY, Credential.SESSION_TOKEN)


@dataclass(frozen=True, slots=True)
class KeyDay:
    """left None: not known, because not every log of the quiet days up to it was wholly read."""

    day: date
    left: int | None


@dataclass(frozen=True, slots=True)
class WorkloadBurn:
    """days: newest first. quiet: how many days count as one. gone: ARNs that used keys in these
    days and are no IAM user any more: nobody knows whether they were programs. programs: as classed
    now."""

    days: tuple[KeyDay, ...]
    burn: BurnDown
    quiet: int
    gone: int
    programs: int

    @property
    def known(self) -> int:
        """Days with a number."""
        return sum(one.left is not None for one in self.days)

    @property
    def most(self) -> int:
        """The highest number; 0 where none is known."""
        return max((one.left or 0 for one in self.days), default=0)


def workload_burn(viewer: PortalUser, now: datetime) -> WorkloadBurn:
    """Of programs as they are classed now, over the days that are over."""
    quiet = thresholds().quiet_days
    window = last_days(DAYS, now.date())
    first = window.first - timedelta(days=quiet)
    kinds = dict(
        classes_list.classes(viewer, now)
        .filter(access_key_id="")
        .order_by()
        .values_list("user_arn", "shown")
    )
    programs = {arn for arn, kind in kinds.items() if kind in classes_list.PROGRAMS}
    used, gone = _used(first, window.last, programs, set(kinds))
    read = _read({arn.split(":")[4] for arn in programs}, first, window.last)
    days = [_day(day, quiet, used, read) for day in window.over]
    points = [Point(one.day, one.left) for one in days if one.left is not None]
    return WorkloadBurn(
        tuple(reversed(days)), burn_down(points if programs else ()), quiet, gone, len(programs)
    )


def _used(
    first: date, last: date, programs: set[str], known: set[str]
) -> tuple[dict[date, set[str]], int]:
    """By day, the programs whose keys worked; and how many others are gone."""
    rows = ActorDay.objects.filter(
        day__range=(first, last),
        actor__path=Path.OLD,
        actor__credential__in=KEYS,
        succeeded_at__isnull=False,
    ).order_by()
    found: dict[date, set[str]] = defaultdict(set)
    gone = set()
    for day, arn in rows.values_list("day", "actor__arn").distinct().iterator(chunk_size=5000):
        if arn in programs:
            found[day].add(arn)
        elif arn not in known:
            gone.add(arn)
    return found, len(gone)


def _read(account_ids: set[str], first: date, last: date) -> set[date]:
    """Days on which the log of every program's account was wholly read."""
    told = coverage(sorted(account_ids), first, last) if account_ids else []
    covered = [{one.day for one in row.days if one.state == Coverage.COVERED} for row in told]
    return set.intersection(*covered) if covered else set()


def _day(day: date, quiet: int, used: dict[date, set[str]], read: set[date]) -> KeyDay:
    back = [day - timedelta(days=number) for number in range(quiet)]
    if not all(one in read for one in back):
        return KeyDay(day, None)
    return KeyDay(day, len(set().union(*(used.get(one, set()) for one in back))))
