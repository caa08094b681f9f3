"""When calls come: does it look like somebody's working days, or like a machine?

Pure. A rhythm is of one credential, or of one origin of it. Hours are UTC, and nothing here knows
anybody's time zone: a working day may be any stretch of the clock.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from migrations_plan.rules.class_facts import OriginDay
from migrations_plan.rules.usage_words import WEEKEND, DayHours

DAY_MINUTES = 1440
DAY_HOURS = 24
LEAST_PROGRAM_DAYS = 5  # fewer active days show no schedule
LEAST_HUMAN_DAYS = 2  # fewer days of calls show no working day
LEAST_WEEKENDS = 2  # fewer weekend days in the span prove nothing about weekends
LEAST_WEEKEND_DAYS = 3  # active on fewer weekend days is overtime
WORKS_WEEKENDS = 0.5  # active on this share of the weekend days of its span: works at weekends
RESTS_WEEKENDS = 0.15  # at most this share of the calls at weekends: rests at weekends
WORKING_DAY = 12  # hours: the longest stretch of the clock in which somebody works
MOSTLY = 0.8  # of the first and last calls of days fall into that stretch
FIXED_SHARE = 0.8  # this share of the days begins within the same FIXED_MINUTES
FIXED_MINUTES = 30
ALL_HOURS = 20  # different hours of the clock: round the clock


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the times of a part show. share: of weekend days on which it was active, in its span."""

    days: int
    events: int
    weekend_events: int
    weekend_days: int
    weekend_days_used: int
    stretch: int
    hours: int
    fixed: float

    @property
    def works_weekends(self) -> bool:
        """Nobody works on most weekends; a schedule does."""
        enough = self.weekend_days_used >= LEAST_WEEKEND_DAYS
        return enough and self.weekend_days_used >= WORKS_WEEKENDS * self.weekend_days

    @property
    def rests_weekends(self) -> bool:
        """Hardly a call at weekends."""
        return self.weekend_events <= RESTS_WEEKENDS * self.events

    @property
    def any_hour(self) -> bool:
        """No working day is that long."""
        return self.stretch > WORKING_DAY

    @property
    def on_schedule(self) -> bool:
        """Nearly every day it begins at the same time."""
        return self.days >= LEAST_PROGRAM_DAYS and self.fixed >= FIXED_SHARE

    @property
    def like_a_program(self) -> bool:
        """Enough days, and a habit that only machines have."""
        if self.days < LEAST_PROGRAM_DAYS:
            return False
        clock = self.any_hour and (self.works_weekends or self.hours >= ALL_HOURS)
        return clock or self.works_weekends or self.on_schedule

    @property
    def like_a_human(self) -> bool:
        """Working days with free weekends, and no fixed minute."""
        return (
            self.days >= LEAST_HUMAN_DAYS
            and self.rests_weekends
            and not self.any_hour
            and not self.on_schedule
        )

    @property
    def words(self) -> str:
        """'on 12 days, weekends free, within 9 hours of the clock'."""
        parts = [f"on {self.days} day{'' if self.days == 1 else 's'}"]
        if self.weekend_days >= LEAST_WEEKENDS:
            used = f"{self.weekend_days_used} of {self.weekend_days} weekend days"
            parts.append("weekends free" if not self.weekend_days_used else f"on {used}")
        if self.on_schedule:
            parts.append(f"beginning within the same {FIXED_MINUTES} minutes")
        elif self.hours >= ALL_HOURS:
            parts.append("round the clock")
        else:
            parts.append(f"within {self.stretch} hour{'' if self.stretch == 1 else 's'} of the day")
        return ", ".join(parts)


def rhythm_of(origins: Iterable[OriginDay]) -> Rhythm:
    """From days of origins, of which only the first and the last minute are known."""
    spans: dict[date, tuple[int, int]] = {}
    events: Counter[date] = Counter()
    for one in origins:
        first, last = spans.get(one.day, (one.first, one.last))
        spans[one.day] = (min(first, one.first), max(last, one.last))
        events[one.day] += one.events
    ends = [minute for span in spans.values() for minute in span]
    hours = {hour for low, high in spans.values() for hour in (low // 60, high // 60)}
    return _rhythm(events, _stretch(ends), len(hours), _fixed([low for low, _ in spans.values()]))


def rhythm_of_hours(days: Sequence[DayHours]) -> Rhythm:
    """From counts by hour: as exact as an hour."""
    events: Counter[date] = Counter()
    by_day: dict[date, list[int]] = defaultdict(list)
    for one in days:
        events[one.day] += sum(one.hours)
        by_day[one.day] += [hour for hour, count in enumerate(one.hours) if count]
    # A call at the turn of the hour is as likely as one in its middle.
    ends = [hour * 60 + 30 for hours in by_day.values() for hour in hours]
    used = {hour for hours in by_day.values() for hour in hours}
    return _rhythm(events, _stretch(ends), len(used), 0.0)


def _rhythm(events: Counter[date], stretch: int, hours: int, fixed: float) -> Rhythm:
    used = {day for day, count in events.items() if count}
    span = _span(used)
    weekend = [day for day in span if day.weekday() >= WEEKEND]
    return Rhythm(
        days=len(used),
        events=sum(events.values()),
        weekend_events=sum(n for day, n in events.items() if day.weekday() >= WEEKEND),
        weekend_days=len(weekend),
        weekend_days_used=sum(day in used for day in weekend),
        stretch=stretch,
        hours=hours,
        fixed=fixed,
    )


def _span(days: set[date]) -> list[date]:
    if not days:
        return []
    first = min(days)
    return [first + timedelta(days=number) for number in range((max(days) - first).days + 1)]


def _stretch(minutes: Sequence[int]) -> int:
    """The shortest stretch of the clock, in whole hours, over midnight too, that holds most of
    these minutes."""
    if not minutes:
        return 0
    ordered = sorted(minutes)
    wanted = max(1, -(-len(ordered) * int(MOSTLY * 100) // 100))
    twice = ordered + [minute + DAY_MINUTES for minute in ordered]
    shortest = min(twice[i + wanted - 1] - twice[i] for i in range(len(ordered)))
    return -(-(shortest + 1) // 60)


def _fixed(minutes: Sequence[int]) -> float:
    """The largest share of the days that begin within the same few minutes of the clock."""
    if not minutes:
        return 0.0
    ordered = sorted(minutes)
    twice = ordered + [minute + DAY_MINUTES for minute in ordered]
    best, end = 0, 0
    for start in range(len(ordered)):
        while end < start + len(ordered) and twice[end] - twice[start] <= FIXED_MINUTES:
            end += 1
        best = max(best, end - start)
    return best / len(ordered)
