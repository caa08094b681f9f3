"""Times of events, as text that sorts: 'YYYY-MM-DDTHH:MM:SSZ'."""

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from inventory.cloudtrail.reasons import Reason

# CloudTrail was announced in November 2013; anything before is a broken clock or a made-up record.
EARLIEST = "2013-01-01T00:00:00Z"

_HOUR = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-[0-3]\dT(?:[01]\d|2[0-3])", re.ASCII)
_LENGTH = len(EARLIEST)
_TENS = frozenset("012345")


def are_normal(times: Sequence[str], hours: Collection[str], latest: str) -> bool:
    """Whether all are normal already and possible. False says only that each must be looked at.

    hours: with what the times begin, up to the hour ('YYYY-MM-DDTHH'), each once. Hours are few, so
    each is looked at once; what follows them is looked at in one go, column by column. As each text
    begins with an hour, and all columns are right, each is of the length.
    """
    if not all(map(_is_hour, hours)):
        return False
    joined, count = "".join(times), len(times)
    tens = {*joined[14::_LENGTH], *joined[17::_LENGTH]}
    ones = joined[15::_LENGTH] + joined[18::_LENGTH]
    if not (
        len(joined) == _LENGTH * count
        and joined.isascii()
        and joined[13::_LENGTH] == joined[16::_LENGTH] == ":" * count
        and joined[19::_LENGTH] == "Z" * count
        and tens <= _TENS
        and (ones.isdigit() or not ones)
    ):
        return False
    return not (latest and hours and max(hours) >= latest[:13] and max(times) > latest)


@lru_cache(maxsize=8192)
def _is_hour(text: str) -> bool:
    return bool(_HOUR.fullmatch(text)) and text >= EARLIEST[:13] and _parsed(text) is not None


@lru_cache(maxsize=8192)
def normal(time: str, latest: str) -> str | Reason:
    """The time in normal form, or why it is none. Fractions are dropped, offsets applied; a time
    without an offset is UTC."""
    if not time:
        return Reason.NO_TIME
    if not time.isascii() or len(time) > 64:
        return Reason.BAD_TIME
    if are_normal([time], [time[:13]], latest):
        return time
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
