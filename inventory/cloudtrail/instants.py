"""Times of events, as text that sorts: 'YYYY-MM-DDTHH:MM:SSZ'."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from inventory.cloudtrail.reasons import Reason

# CloudTrail was announced in November 2013; anything before is a broken clock or a made-up record.
EARLIEST = "2013-01-01T00:00:00Z"

_CANONICAL = re.compile(
    r"(?:\d{4}-(?:0[1-9]|1[0-2])-[0-3]\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)*", re.ASCII
)
_LENGTH = len(EARLIEST)


def all_canonical(times: list[str], latest: str) -> bool:
    """Whether all are normal already and possible. False says only that each must be looked at."""
    if not times:
        return True
    if set(map(len, times)) != {_LENGTH} or not _CANONICAL.fullmatch("".join(times)):
        return False
    first, last = min(times), max(times)
    if first < EARLIEST or (latest and last > latest):
        return False
    days = {first[:10], last[:10]}
    if len(days) > 1:
        days = {time[:10] for time in times}
    return all(_parsed(day) is not None for day in days)


@lru_cache(maxsize=8192)
def normal(time: str, latest: str) -> str | Reason:
    """The time in normal form, or why it is none. Fractions are dropped, offsets applied; a time
    without an offset is UTC."""
    if not time:
        return Reason.NO_TIME
    if not time.isascii() or len(time) > 64:
        return Reason.BAD_TIME
    moment = _parsed(time)
    if moment is None:
        return Reason.BAD_TIME
    try:
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return Reason.BAD_TIME
    text = moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(_LENGTH, "0")
    if text < EARLIEST:
        return Reason.BAD_TIME
    return Reason.FUTURE_TIME if latest and text > latest else text


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
