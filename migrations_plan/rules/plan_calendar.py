"""Working days, and how a plan's days move. Dates are of the plan's time zone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WORKING, CALENDAR = "working", "calendar"
MOST_DAYS = 4_000
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class CalendarError(ValueError):
    """A calendar that no plan can follow. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """working: weekdays, 0 is Monday. holidays: dates on which nobody works."""

    zone: str
    working: frozenset[int]
    holidays: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.weekday() in self.working and day not in self.holidays

    def next_working(self, day: date) -> date:
        """The day itself when people work on it, else the next on which they do."""
        return _walk(self, day, 1)

    def after(self, day: date, count: int) -> date:
        """The working day that is so many working days after, or before, a working day."""
        step = 1 if count >= 0 else -1
        for _ in range(abs(count)):
            day = _walk(self, day + timedelta(days=step), step)
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days later `last` is than `first`; negative when earlier."""
        if last < first:
            return -self.between(last, first)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(self.works(day) for day in days)

    def date_of(self, moment: datetime) -> date:
        """The date at that instant in the plan's zone."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def instant(self, day: date, hour: time) -> datetime:
        """That hour of that date in the plan's zone, in UTC."""
        return datetime.combine(day, hour, ZoneInfo(self.zone)).astimezone(UTC)


def calendar(zone: str, working: Collection[int], holidays: Collection[date]) -> Calendar:
    """A calendar. Raises CalendarError where no such zone is, or nobody ever works."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CalendarError(
            f"There is no time zone {zone!r}. Write one like Europe/Berlin."
        ) from None
    days = frozenset(working)
    if not days or not days <= set(range(7)):
        raise CalendarError("Please choose at least one working day of the week.")
    return Calendar(zone, days, frozenset(holidays))


def day_of(start: date, offset: int, counts: str, on: Calendar) -> date:
    """When a day of a template falls. counts: WORKING: offset in working days from the start;
    CALENDAR: in days, moved on to the next working day."""
    first = on.next_working(start)
    if counts == WORKING or offset < 0:
        return on.after(first, offset)
    return on.next_working(first + timedelta(days=offset))


def moved(day: date, from_day: date, days: int, on: Calendar) -> date:
    """A day of a plan after everything from `from_day` on has moved by so many working days."""
    if day < from_day:
        return day
    return on.after(on.next_working(day), days)


def _walk(on: Calendar, day: date, step: int) -> date:
    for _ in range(MOST_DAYS):
        if on.works(day):
            return day
        day += timedelta(days=step)
    raise CalendarError("These holidays leave no working day.")
