"""The sentence and the figures that open the usage pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.models import PathDay, UsageCoverage
from migrations_plan.gather import usage
from migrations_plan.gather.usage import Scope
from migrations_plan.rules.usage_days import Gaps, UsageDay, gaps, total
from migrations_plan.rules.usage_words import Attribution, Period, attribution, compared


@dataclass(frozen=True, slots=True)
class Summary:
    """identities None: nobody asked. ever False: no usage was ever counted, and nothing read."""

    old: int
    identities: int | None
    change: str
    gaps: Gaps
    unknown: int
    root: int
    rate: Attribution | None
    ever: bool

    @property
    def whole(self) -> bool:
        """Every account was read on every day that is over: only then a number is the number."""
        return self.gaps.whole


def summary(
    scope: Scope,
    days: Sequence[UsageDay],
    before: Sequence[UsageDay],
    *,
    identities: int | None = None,
) -> Summary:
    """identities: how many there are; None: nobody asked, and there is no rate either. One query
    for the rate, two more when nothing is there."""
    over = [day for day in days if day.day < scope.window.today]
    found = gaps(day.coverage for day in over)
    earlier = gaps(day.coverage for day in before)
    change = ""
    if over:
        change = compared(
            Period(total(over, "old"), found.expected - _missing(found), found.expected),
            Period(total(before, "old"), earlier.expected - _missing(earlier), earlier.expected),
            len(over),
        )
    return Summary(
        old=total(days, "old"),
        identities=identities,
        change=change,
        gaps=found,
        unknown=total(days, "unknown"),
        root=total(days, "root"),
        rate=None if identities is None else _rate(scope, over, found),
        ever=_ever(days),
    )


def _missing(found: Gaps) -> int:
    return found.unread + found.partly


def _rate(scope: Scope, over: Sequence[UsageDay], found: Gaps) -> Attribution:
    direct = {path: sum(day.direct.get(path, 0) for day in over) for path in ("old", "new")}
    return attribution(direct, usage.untraced(scope), whole=found.whole)


def _ever(days: Sequence[UsageDay]) -> bool:
    if any(day.events or day.coverage.whole or day.coverage.partly for day in days):
        return True
    return PathDay.objects.exists() or UsageCoverage.objects.exists()
