"""Usage in words: when somebody works, from where, and how two periods compare.

Pure: counts in, words out. Hours are hours of the UTC day, 0 to 23.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LEAST_DAYS = 5  # fewer days show no habit
MOSTLY = 0.8  # this share of the events is "nearly always"
EVERY_DAY = 0.8  # used on this share of the days from the first to the last: daily
BUSY_HOURS = 20  # different hours of the day in which a round-the-clock machine is seen
WORK_HOURS = 11  # the longest stretch that is still somebody's working day
WEEKEND = 5  # date.weekday() from which a day is none of the working week
COMPARABLE = 0.1  # periods of which more than this share was not read are not compared
DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day on which a credential was used: events in each of its 24 hours."""

    day: date
    hours: tuple[int, ...]


def regularity(days: Sequence[DayHours]) -> str:
    """'02:00 UTC daily', 'working hours, 07:00 to 16:00 UTC', 'around the clock', 'no fixed hours';
    '' for fewer than five days, which show no habit."""
    used = [one for one in days if sum(one.hours)]
    if len({one.day for one in used}) < LEAST_DAYS:
        return ""
    total = [sum(one.hours[hour] for one in used) for hour in range(DAY_HOURS)]
    events = sum(total)
    for width in (1, 2):
        start, within = _busiest(total, width)
        if within >= MOSTLY * events:
            return f"{_clock(start, width)} UTC {_how_often(used)}"
    if sum(count > 0 for count in total) >= BUSY_HOURS:
        return "around the clock"
    start, within = _busiest(total, WORK_HOURS)
    if within >= MOSTLY * events and _on_workdays(used):
        first, last = _tight(total, start)
        return f"working hours, {first:02}:00 to {last % DAY_HOURS:02}:00 UTC"
    return "no fixed hours"


def _busiest(total: Sequence[int], width: int) -> tuple[int, int]:
    """The stretch of hours (over midnight too) with most events: its start, and how many."""
    sums = [sum(total[(start + i) % DAY_HOURS] for i in range(width)) for start in range(DAY_HOURS)]
    most = max(sums)
    return sums.index(most), most


def _clock(start: int, width: int) -> str:
    if width == 1:
        return f"{start:02}:00"
    return f"{start:02}:00 to {(start + width) % DAY_HOURS:02}:00"


def _how_often(used: Sequence[DayHours]) -> str:
    days = {one.day for one in used}
    first, last = min(days), max(days)
    span = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    working = {day for day in span if day.weekday() < WEEKEND}
    if days <= working and len(working) < len(span) and len(days) >= EVERY_DAY * len(working):
        return "on weekdays"
    if len(days) >= EVERY_DAY * len(span):
        return "daily"
    return f"on {len(days)} of {len(span)} days"


def _on_workdays(used: Sequence[DayHours]) -> bool:
    inside = sum(sum(one.hours) for one in used if one.day.weekday() < WEEKEND)
    return inside >= MOSTLY * sum(sum(one.hours) for one in used)


def _tight(total: Sequence[int], start: int) -> tuple[int, int]:
    """The stretch without the empty hours at its ends: first hour, and the hour after the last."""
    hours = [start + i for i in range(WORK_HOURS) if total[(start + i) % DAY_HOURS]]
    return hours[0] % DAY_HOURS, hours[-1] + 1


def origin(network: str, agent_family: str) -> str:
    """'from 198.51.100.0/24 with boto3'. What CloudTrail did not give is said, not left out."""
    if network == "aws":
        return "by AWS on its behalf"
    where = f"from {network}" if network else "from an address that was not recorded"
    return f"{where} with {agent_family}" if agent_family else f"{where} with a tool not recorded"


@dataclass(frozen=True, slots=True)
class Period:
    """Calls of a period, and how much of it was read: whole and expected account-days."""

    calls: int
    whole: int
    expected: int

    @property
    def gaps(self) -> int:
        """Account-days that were not read, or not wholly."""
        return self.expected - self.whole

    @property
    def comparable(self) -> bool:
        """Nearly all of it was read. A period of which nothing is expected was not."""
        return self.expected > 0 and self.gaps <= COMPARABLE * self.expected


def compared(now: Period, before: Period, days: int) -> str:
    """'31 % fewer than in the 7 days before'; why not, when one of the two was hardly read."""
    past = f"the {days} days before" if days != 1 else "the day before"
    if not (before.comparable and now.comparable):
        return f"not compared with {past}: too much was not read"
    seen = " seen" if now.gaps or before.gaps else ""
    if now.calls == before.calls:
        return f"as many{seen} as in {past}"
    word = "more" if now.calls > before.calls else "fewer"
    if not before.calls:
        return f"more{seen} than in {past}, which had none"
    percent = abs(now.calls - before.calls) * 100 / before.calls
    return f"{_percent(percent)} {word}{seen} than in {past}"


def _percent(value: float) -> str:
    """No decimals, and never rounded to none or to all."""
    return "less than 1 %" if value < 1 else f"{int(value):,} %"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Human actions that were traced to a person: traced of all. percent None: not known."""

    traced: int
    actions: int
    whole: bool

    @property
    def percent(self) -> str | None:
        """'87.5 %', rounded down, so that 100 % is all of them; None when it cannot be said."""
        if not self.whole or not self.actions:
            return None
        tenths = self.traced * 1000 // self.actions
        return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"

    @property
    def reason(self) -> str:
        """Why it cannot be said; '' when it can."""
        if not self.whole:
            return "not every account was read on every day of the period"
        return "" if self.actions else "there was no human action in the period"


def attribution(direct: Mapping[str, int], untraced: int, *, whole: bool) -> Attribution:
    """From direct calls (those AWS made on somebody's behalf are no human's action) by path.

    untraced: direct calls on the new path of which no Identity Center user is known.
    """
    new = direct.get("new", 0)
    return Attribution(max(new - untraced, 0), new + direct.get("old", 0), whole)
