"""When everybody will be ready, from how it went so far; or why nobody can say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from statistics import median, quantiles

# Fewer days show a weekend, not a pace; more than a month ago was another project.
LEAST_DAYS, MOST_DAYS = 5, 30
FARTHEST = 3650


@dataclass(frozen=True, slots=True)
class Point:
    """What was left to do at the end of a day."""

    day: date
    left: int


@dataclass(frozen=True, slots=True)
class BurnDown:
    """middle None: nobody can say, and words say why. early, late: where it ends if it goes on as
    on the better and on the worse half of the days; late None: on those it does not end."""

    words: str
    left: int | None
    early: date | None = None
    middle: date | None = None
    late: date | None = None


def burn_down(points: Sequence[Point]) -> BurnDown:
    """By the paces between all pairs of days (Theil-Sen): one odd day moves them little."""
    days = sorted(points, key=lambda one: one.day)[-MOST_DAYS:]
    if not days:
        return BurnDown("No day was judged yet.", None)
    left, last = days[-1].left, days[-1].day
    if not left:
        return BurnDown("Nobody is left: everybody is ready.", 0)
    if len(days) < LEAST_DAYS:
        words = f"Not enough days for a date: {len(days)} were judged, {LEAST_DAYS} are needed."
        return BurnDown(words, left)
    paces = sorted(
        (a.left - b.left) / (b.day - a.day).days
        for place, a in enumerate(days)
        for b in days[place + 1 :]
    )
    slow, _, fast = quantiles(paces, n=4, method="inclusive")
    middle, early = _end(last, left, median(paces)), _end(last, left, fast)
    if middle is None:
        words = f"No end in sight: {left} are left, and on most days it did not become less."
        return BurnDown(words, left, early)
    late = _end(last, left, slow)
    until = f"and {late}" if late else "and a day that nobody can name"
    words = f"{left} are left; at the pace of {len(days)} days the last is ready about {middle}, "
    return BurnDown(f"{words}between {early} {until}.", left, early, middle, late)


def _end(last: date, left: int, pace: float) -> date | None:
    """None where it never ends, or so late that a date would be a joke."""
    if pace <= 0 or left / pace > FARTHEST:
        return None
    return last + timedelta(days=ceil(left / pace))
