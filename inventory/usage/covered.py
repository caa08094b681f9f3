"""Whether a day's use of an account is wholly known. Pure.

"Nobody used it" is only said of covered days: whoever has not read everything has not seen nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

# CloudTrail delivers within about 5 minutes on average and promises nothing; what comes later than
# this is found by the listings that look back, and leaves a correction.
DELIVERED_AFTER = timedelta(hours=1)


class Coverage(StrEnum):
    """How much of a day or a range was read."""

    COVERED = "covered"
    PARTIAL = "partial"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True)
class RegionDay:
    """What is known of one region. pending, quarantined: log objects not counted (yet); bad_events:
    events that could not be counted; unread: logs that a digest lists and nobody has read.
    read_through None: nothing vouches that everything was listed."""

    region: str
    objects: int = 0
    events: int = 0
    bad_events: int = 0
    pending: int = 0
    quarantined: int = 0
    unread: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    read_through: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrailState:
    """What is known now of the trails that record an account. None: not known."""

    logging: bool | None = None
    data_events: bool | None = None


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """The answer for one account and day (or a range of them), with its reason in one sentence.

    first_at, last_at: of the events counted. read_through: of the region that was read least far;
    None when nothing vouches for completeness. data_events None: not known.
    """

    account_id: str
    day: date
    state: Coverage
    sentence: str
    objects: int = 0
    events: int = 0
    bad_events: int = 0
    quarantined: int = 0
    pending: int = 0
    unread: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    read_through: datetime | None = None
    logging: bool | None = None
    data_events: bool | None = None


def day_coverage(
    account_id: str, day: date, regions: Sequence[RegionDay], trail: TrailState
) -> DayCoverage:
    """The worst of the regions decides; a region of which nothing is known is in none of them."""
    state, sentence = _verdict(day, regions, trail)
    firsts = [one.first_at for one in regions if one.first_at]
    lasts = [one.last_at for one in regions if one.last_at]
    through = _vouched(regions)
    return DayCoverage(
        account_id=account_id,
        day=day,
        state=state,
        sentence=sentence,
        objects=sum(one.objects for one in regions),
        events=sum(one.events for one in regions),
        bad_events=sum(one.bad_events for one in regions),
        quarantined=sum(one.quarantined for one in regions),
        pending=sum(one.pending for one in regions),
        unread=sum(one.unread for one in regions),
        first_at=min(firsts, default=None),
        last_at=max(lasts, default=None),
        read_through=min(through) if through and not _loose(regions) else None,
        logging=trail.logging,
        data_events=trail.data_events,
    )


def _verdict(day: date, regions: Sequence[RegionDay], trail: TrailState) -> tuple[Coverage, str]:
    read = any(one.objects or one.events for one in regions)
    if not read and not any(one.read_through for one in regions):
        return Coverage.NOT_READ, _why_nothing(regions)
    if not read and trail.logging is False:
        return Coverage.NOT_READ, "Nothing was delivered, and no trail of the account is logging."
    missing = _missing(regions)
    if missing:
        return Coverage.PARTIAL, f"Not counted are {', '.join(missing)}."
    vouched, loose = _vouched(regions), _loose(regions)
    if loose or not vouched:
        where = f" of {', '.join(loose)}" if loose else ""
        return Coverage.PARTIAL, f"Nothing vouches that all{where} was read."
    through = min(vouched)
    if through < end_of(day) + DELIVERED_AFTER:
        return Coverage.PARTIAL, f"Read until {through:%Y-%m-%d %H:%M} UTC only."
    return Coverage.COVERED, f"All delivered until {through:%Y-%m-%d %H:%M} UTC is counted."


def _vouched(regions: Sequence[RegionDay]) -> list[datetime]:
    return [one.read_through for one in regions if one.read_through]


def _loose(regions: Sequence[RegionDay]) -> list[str]:
    """Regions of which objects were read and nobody knows whether they were all. A region without
    objects is one that objects of another region told of."""
    return sorted(one.region for one in regions if one.objects and one.read_through is None)


def end_of(day: date) -> datetime:
    """The midnight (UTC) that ends a day."""
    return datetime.combine(day, time.min, UTC) + timedelta(days=1)


def _missing(regions: Sequence[RegionDay]) -> list[str]:
    """What was delivered and is not counted, in words."""
    found = [
        (sum(one.quarantined for one in regions), "unreadable objects"),
        (sum(one.bad_events for one in regions), "unreadable events"),
        (sum(one.unread for one in regions), "objects that a digest lists"),
        (sum(one.pending for one in regions), "objects that still wait"),
    ]
    return [f"{what}: {n}" for n, what in found if n]


def _why_nothing(regions: Sequence[RegionDay]) -> str:
    missing = _missing(regions)
    return f"Nothing was read: {', '.join(missing)}." if missing else "Nothing was read."


@dataclass(frozen=True, slots=True)
class RangeCoverage:
    """The answer for an account over several days. days: of each, in order."""

    account_id: str
    state: Coverage
    sentence: str
    days: tuple[DayCoverage, ...]


def range_coverage(account_id: str, days: Sequence[DayCoverage]) -> RangeCoverage:
    """Covered when every day is; not read when none was."""
    lacking = [one for one in days if one.state != Coverage.COVERED]
    if not lacking:
        state, sentence = Coverage.COVERED, _all_read(len(days))
    else:
        unread = all(one.state == Coverage.NOT_READ for one in days)
        state = Coverage.NOT_READ if unread else Coverage.PARTIAL
        sentence = (
            f"{len(days) - len(lacking)} of {len(days)} days are wholly read; "
            f"{lacking[0].day} is not: {lacking[0].sentence}"
        )
    return RangeCoverage(account_id, state, sentence, tuple(days))


def _all_read(days: int) -> str:
    return "The day is wholly read." if days == 1 else f"All {days} days are wholly read."
