"""A gate's verdict on each UTC day, from the rows that were kept; a day without one is unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from migrations_plan.rules.gate import UNKNOWN, at

STRIP_DAYS = 30


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict as it was stored."""

    at: datetime
    verdict: str
    sentence: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class DayCell:
    """The verdict at the end of a day, or by now; with why in words. changes: within the day."""

    day: date
    verdict: str
    words: str
    changes: int


def strip(rows: Iterable[Kept], days: Sequence[date], now: datetime) -> list[DayCell]:
    """One cell a day. Each day has a row of its own while the portal works: no row, no verdict."""
    by_day: dict[date, list[Kept]] = {}
    for row in sorted(rows, key=lambda one: one.at):
        by_day.setdefault(row.at.date(), []).append(row)
    return [_cell(day, by_day.get(day, []), now) for day in days]


def _cell(day: date, rows: Sequence[Kept], now: datetime) -> DayCell:
    if not rows:
        return DayCell(day, UNKNOWN, "not judged on this day", 0)
    last = rows[-1]
    end = min(datetime.combine(day + timedelta(days=1), time.min, UTC), now)
    verdict = at(last.verdict, last.until, end)
    aged = " Its reads were too old by the end of the day." if verdict != last.verdict else ""
    return DayCell(day, verdict, f"{last.sentence}{aged}", len({r.verdict for r in rows}) - 1)


def last_days(now: datetime, number: int = STRIP_DAYS) -> list[date]:
    """Up to today, oldest first."""
    return [now.date() - timedelta(days=back) for back in range(number - 1, -1, -1)]
