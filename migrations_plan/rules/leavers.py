"""How well off-boarding works: how long after people left what they held still opened something.

Pure. What was not read is unknown, and unknown is never counted as clean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

PERIODS = (90, 365)
AFTER = (1, 7, 30)


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that somebody held. open: it still opens something; None: not known. ended_at:
    when it was seen to have ended; None with open False: it had ended before anybody looked.
    seen_at: the first read that showed it."""

    open: bool | None
    ended_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who is gone. left_on None: nobody knows since when. whole False: what they hold was
    not read whole."""

    left_on: date | None
    held: tuple[Held, ...]
    whole: bool

    def clean_after(self, days: int) -> bool | None:
        """Nothing that they held opened anything so many days after; None: not known (yet)."""
        if self.left_on is None:
            return None
        limit = _end_of(self.left_on) + timedelta(days=days)
        answers = [_ended_by(one, limit) for one in self.held]
        if False in answers:
            return False
        return None if None in answers or not self.whole else True

    def days_to_removal(self) -> int | None:
        """Days until the last of it ended; None: it has not, or nobody saw when."""
        if self.left_on is None or not self.held or not self.whole:
            return None
        ends = [one.ended_at for one in self.held if one.open is False]
        if len(ends) < len(self.held) or None in ends:
            return None
        last = max(end for end in ends if end)
        return max((last.date() - self.left_on).days, 0)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC) + timedelta(days=1)


def _ended_by(one: Held, limit: datetime) -> bool | None:
    """Whether it had ended at an instant."""
    if one.open is None:
        return None
    if one.open:
        return False
    if one.ended_at is not None:
        return one.ended_at <= limit
    # It had ended before the first read: how long before, nobody knows.
    return True if one.seen_at <= limit else None


@dataclass(frozen=True, slots=True)
class Share:
    """Of people who left in the last `period` days, `days` days after: clean of those known."""

    period: int
    days: int
    people: int
    clean: int
    unknown: int

    @property
    def percent(self) -> str | None:
        """'83 %', rounded down; None when nobody of them is known."""
        known = self.people - self.unknown
        return f"{self.clean * 100 // known} %" if known else None


@dataclass(frozen=True, slots=True)
class Measured:
    """shares: for each of PERIODS and AFTER. median_days None: nobody saw an end. ends: of how many
    people it was seen. undated: gone, and nobody knows since when."""

    shares: tuple[Share, ...]
    median_days: float | None
    ends: int
    undated: int


def measure(people: Sequence[Left], today: date) -> Measured:
    """Over everybody known to be gone. Whoever left fewer days ago than are asked about is not
    counted for these yet."""
    removal = [days for one in people if (days := one.days_to_removal()) is not None]
    return Measured(
        shares=tuple(_share(people, today, period, days) for period in PERIODS for days in AFTER),
        median_days=median(removal) if removal else None,
        ends=len(removal),
        undated=sum(one.left_on is None for one in people),
    )


def _share(people: Iterable[Left], today: date, period: int, days: int) -> Share:
    inside = [one for one in people if one.left_on and days <= (today - one.left_on).days <= period]
    answers = [one.clean_after(days) for one in inside]
    return Share(period, days, len(inside), answers.count(True), answers.count(None))
