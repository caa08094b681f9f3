"""Days of usage with how much of each was read, so that a gap is never taken for a quiet day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

COVERED, PARTIAL, UNREAD = "covered", "partial", "unread"
PRESETS = (7, 30, 90)
DEFAULT_DAYS = 30
MOST_DAYS = 184


@dataclass(frozen=True, slots=True)
class Window:
    """Days from first to last, both in it. today: the day that is not over yet."""

    first: date
    last: date
    today: date

    @property
    def days(self) -> list[date]:
        """Every day, oldest first."""
        return list(_days(self.first, self.last))

    @property
    def over(self) -> list[date]:
        """Those that are over: only they are compared and judged."""
        return [day for day in self.days if day < self.today]

    @property
    def before(self) -> list[date]:
        """As many days as are over, directly before the first."""
        length = len(self.over)
        return list(_days(self.first - timedelta(days=length), self.first - timedelta(days=1)))

    @property
    def preset(self) -> int | None:
        """7, 30 or 90 when it is that many days and today; None for any other window."""
        length = (self.last - self.first).days
        return length if self.last == self.today and length in PRESETS else None

    @property
    def words(self) -> str:
        """'in the last 7 days', 'on 2026-11-03', 'from 2026-11-01 to 2026-11-20'."""
        if self.preset:
            return f"in the last {self.preset} days"
        if self.first == self.last:
            return f"on {self.first.isoformat()}"
        return f"from {self.first.isoformat()} to {self.last.isoformat()}"


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def last_days(number: int, today: date) -> Window:
    """That many days that are over, and today."""
    return Window(today - timedelta(days=number), today, today)


def window(first: date | None, last: date | None, today: date) -> Window:
    """The days somebody asked for, in a form that makes sense: never in the future, first before
    last, and at most MOST_DAYS, of which the newest are kept."""
    end = min(last or today, today)
    start = first if first and first <= end else end - timedelta(days=DEFAULT_DAYS)
    return Window(max(start, end - timedelta(days=MOST_DAYS - 1)), end, today)


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """How many accounts were expected to be read on a day, and how many were, whole or partly.

    closed: nothing of the day is still to come; later changes are corrections.
    """

    expected: int = 0
    whole: int = 0
    partly: int = 0
    closed: bool = False

    @property
    def missing(self) -> int:
        """Accounts that were not read, or not wholly."""
        return max(self.expected - self.whole, 0)

    @property
    def state(self) -> str:
        """covered, partial or unread. A day on which no account is expected was not read."""
        if self.expected and not self.missing:
            return COVERED
        return PARTIAL if self.whole or self.partly else UNREAD

    @property
    def share_missing(self) -> float:
        """0 to 1."""
        return self.missing / self.expected if self.expected else 1.0


NOT_READ = DayCoverage()


@dataclass(frozen=True, slots=True)
class UsageDay:
    """Calls of one day by path. Without an entry in events: none was counted."""

    day: date
    events: Mapping[str, int] = field(default_factory=dict)
    direct: Mapping[str, int] = field(default_factory=dict)
    coverage: DayCoverage = NOT_READ

    def number(self, path: str) -> int | None:
        """Calls that were counted; None: none was, and the day was not wholly read."""
        found = self.events.get(path, 0)
        return found if found or self.coverage.state == COVERED else None

    @property
    def at_least(self) -> bool:
        """Numbers of this day are lower bounds."""
        return self.coverage.state != COVERED

    @property
    def state(self) -> str:
        """covered, partial or unread."""
        return self.coverage.state

    @property
    def open(self) -> bool:
        """Its numbers may still grow in the ordinary way."""
        return not self.coverage.closed


@dataclass(frozen=True, slots=True)
class Gaps:
    """Account-days that were expected, and what was not read of them."""

    expected: int
    unread: int
    partly: int

    @property
    def whole(self) -> bool:
        """Everything was read. Where nothing is expected, nothing was."""
        return self.expected > 0 and not (self.unread or self.partly)

    @property
    def words(self) -> str:
        """'2 account-days were not read and 1 only in part'; '' when there are no gaps."""
        if not self.expected:
            return "nothing was read"
        parts = []
        if self.unread:
            parts.append(f"{_account_days(self.unread)} not read")
        if self.partly:
            subject = f"{self.partly:,}" if parts else _account_days(self.partly)
            parts.append(f"{subject} only in part" if parts else f"{subject} read only in part")
        return " and ".join(parts)


def _account_days(number: int) -> str:
    return f"{number:,} account-day{' was' if number == 1 else 's were'}"


def gaps(coverage: Iterable[DayCoverage]) -> Gaps:
    """Summed over days that are over."""
    rows = list(coverage)
    partly = sum(row.partly for row in rows)
    return Gaps(
        expected=sum(row.expected for row in rows),
        unread=sum(row.missing for row in rows) - partly,
        partly=partly,
    )


def total(days: Iterable[UsageDay], path: str) -> int:
    """Calls that were counted on these days."""
    return sum(day.events.get(path, 0) for day in days)
