"""Times in which what had been read was too old to be true."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.models import ReadGap
from inventory.sources import SOURCE_BY_NAME, Source
from migrations_plan.gather.evidence import Then


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a source was not read whole for longer than its facts stay true. until None:
    it lasts."""

    source: Source
    account_id: str
    since: datetime
    until: datetime | None
    lasted: timedelta

    @property
    def words(self) -> str:
        """How long, in days and hours, rounded down."""
        hours = int(self.lasted.total_seconds() // 3600)
        days, hours = divmod(hours, 24)
        parts = ((days, "day"), (hours, "hour"))
        said = " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)
        return said or "less than an hour"


def gaps(at: datetime, since: datetime, whole: Then) -> list[Gap]:
    """Times in which a source's facts were too old to be true, longest first. Before a scope's
    first whole read nothing is known, which is no gap but an unknown. One query."""
    ended = ReadGap.objects.filter(
        source__in=SOURCE_BY_NAME, next_read_at__lte=at, next_read_at__gt=since
    ).values_list("source", "account_id", "last_read_at", "next_read_at")
    found = [_gap(SOURCE_BY_NAME[name], scope, a, b) for name, scope, a, b in ended.iterator()]
    found += [
        _gap(one.source, scope, one.last[scope], None, at)
        for one in whole.coverage
        for scope in one.missing
        if scope in one.last
    ]
    return sorted((gap for gap in found if gap.lasted > timedelta()), key=_longest_first)


def _longest_first(gap: Gap) -> tuple[timedelta, datetime, str, str]:
    return -gap.lasted, gap.since, gap.source.name, gap.account_id


def _gap(
    source: Source, scope: str, before: datetime, until: datetime | None, at: datetime | None = None
) -> Gap:
    # The facts stay true for stale_after; only what comes later is a gap.
    begin = before + source.stale_after
    return Gap(source, scope, begin, until, (until or at or begin) - begin)
