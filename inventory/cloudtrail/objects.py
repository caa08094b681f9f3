"""Log objects before they are read: where one lies, what its path tells, and what a source offers.

A source is a place that log objects come from (files, a bucket, LookupEvents). It lists what is
there and fetches one object; what an object holds is for the reader to say.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from inventory.aws.errors import ReadError

# Larger than any log object that CloudTrail writes; more would not fit into a worker's memory.
MOST_OBJECT_BYTES = 256 * 1024 * 1024
# How much longer a log gets when it is unpacked; measured on logs of several organizations.
UNPACKED_RATIO = 10
_FOLDERS = re.compile(
    r"(?:^|/)(\d{12})/CloudTrail[A-Za-z-]*/([a-z]{2}[a-z0-9-]{3,28})/(\d{4})/(\d\d)/(\d\d)/[^/]*$"
)
_NAME = re.compile(
    r"(?:^|/)(\d{12})_CloudTrail[A-Za-z-]*_([a-z]{2}[a-z0-9-]{3,28})_(?:[^/]*_)?"
    r"(\d{4})(\d\d)(\d\d)T\d{4,6}Z[^/]*$"
)


class SourceName(StrEnum):
    """What kind of place an object came from."""

    FILE = "file"
    S3 = "s3"
    LOOKUP = "lookup"


class Place(NamedTuple):
    """What an object's path says about it; '' where it says nothing. day: 'YYYY-MM-DD', of the
    delivery, which may be later than the events."""

    account_id: str = ""
    region: str = ""
    day: str = ""


class Found(NamedTuple):
    """An object that a source listed. version tells two objects at one address apart; the pair of
    both is counted once. size: bytes as stored, 0 when not known."""

    uri: str
    name: str
    source: SourceName
    version: str = ""
    size: int = 0
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a listing. vouched: places of which everything is in the listing that was there at
    `through`; None: when the listing began. problem: why a part of it could not be listed."""

    objects: tuple[Found, ...] = ()
    vouched: tuple[Place, ...] = ()
    through: datetime | None = None
    problem: ReadError | None = None


class Fetched(NamedTuple):
    """An object's bytes. rest: what it stood for but does not hold, to be fetched on its own."""

    data: bytes
    rest: tuple[Found, ...] = ()


class Days(NamedTuple):
    """Days to look at, both included."""

    first: date
    last: date


OnAttempt = Callable[[], None]


class LogSource(Protocol):
    """Where log objects come from. Thread-safe."""

    def find(self, days: Days | None, on_attempt: OnAttempt) -> Iterator[Listed]:
        """What is there, of these days by delivery, or of all. A part that cannot be listed is a
        Listed with its problem; the rest goes on."""

    def fetch(self, uri: str, on_attempt: OnAttempt) -> Fetched:
        """One object. Errors: ReadError, when trying again may help; Unreadable otherwise."""


def place_of(path: str) -> Place:
    """What a log object's path tells: of CloudTrail's folders, else of its file name."""
    for pattern in (_FOLDERS, _NAME):
        match = pattern.search(path)
        if match:
            account_id, region, year, month, day = match.groups()
            return Place(account_id, region, _day(f"{year}-{month}-{day}"))
    return Place()


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def unpacked_bytes(name: str, size: int) -> int:
    """A guess at an object's size in memory, for batches that fit."""
    return size * UNPACKED_RATIO if name.endswith(".gz") else size


def within(day: str, days: Days | None) -> bool:
    """Whether a place's day is looked at; one that is not known always is."""
    return not day or days is None or days.first.isoformat() <= day <= days.last.isoformat()


def each(days: Days) -> Iterator[str]:
    """Every day of a range."""
    day = days.first
    while day <= days.last:
        yield day.isoformat()
        day += timedelta(days=1)
