"""Events without a trail: LookupEvents, one window of time of one account and region an object.

Source: cloudtrail:LookupEvents, as each account's reader role.   Cost: 1 call per 50 events and per
window; 2 calls a second in an account and region; the last 90 days; management events only.
Errors: any ReadError, told for the account and region.

A day that is over is one window. Of a day that is not, each hour that is over is one, and the day
is looked at again as a whole later: its events then count as duplicates.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from inventory.aws.errors import ReadFailed
from inventory.aws.session import Connections
from inventory.aws.values import as_instant, is_account_id
from inventory.cloudtrail.objects import (
    Days,
    Fetched,
    Found,
    Listed,
    OnAttempt,
    Place,
    SourceName,
)

SCHEME = "lookup://"
LOOK_BACK_DAYS = 90
# CloudTrail shows an event within a quarter of an hour; twice that, and windows are whole.
SETTLED_AFTER = timedelta(minutes=30)
PAGE = 50
# 75 seconds at two calls a second: a window with more events is read in several turns.
MOST_PAGES = 150
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_STAMP = "%Y%m%dT%H%M%SZ"


class LookupLogs:
    """Windows of accounts and regions. now: windows that are not over by then are not offered."""

    def __init__(
        self,
        connections: Connections,
        *,
        account_ids: Sequence[str] = (),
        regions: Sequence[str] = (),
        now: datetime | None = None,
    ) -> None:
        self._connections = connections
        self.account_ids, self.regions, self._now = account_ids, regions, now

    def find(self, days: Days | None, on_attempt: OnAttempt) -> Iterator[Listed]:
        """The windows of each account and region. 0 calls."""
        if self._now is None:
            raise ValueError("windows need the present time")
        settled = self._now - SETTLED_AFTER
        whole = settled.replace(minute=0, second=0, microsecond=0)
        earliest = (self._now - timedelta(days=LOOK_BACK_DAYS - 1)).date()
        first = max(days.first, earliest) if days else earliest
        last = min(days.last, settled.date()) if days else settled.date()
        begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
        windows: list[tuple[datetime, datetime]] = []
        while begin.date() <= last:
            windows += _windows(begin, settled)
            begin += _DAY
        for account_id in self.account_ids:
            for region in self.regions:
                found = tuple(_found(account_id, region, *window) for window in windows)
                places = dict.fromkeys(one.place for one in found)
                yield Listed(found, tuple(places), through=whole)

    def fetch(self, uri: str, on_attempt: OnAttempt) -> Fetched:
        """The events of one window as the answer of `aws cloudtrail lookup-events`; newest first,
        so what is left of a window with very many is its beginning."""
        account_id, region, begin, end = parse(uri)
        aws = self._connections.reader(account_id, on_attempt)
        events: list[dict[str, Any]] = []
        pages = aws.pages(
            "cloudtrail",
            "lookup_events",
            region=region,
            StartTime=begin,
            # Both ends are included; the next window has the next second.
            EndTime=end - timedelta(seconds=1),
            MaxResults=PAGE,
        )
        # Nothing smaller than a second can be asked for, so a second is read however much it holds.
        may_stop = end - begin > timedelta(seconds=1)
        for number, page in enumerate(pages, start=1):
            events += page["Events"]
            if may_stop and number >= MOST_PAGES and page.get("NextToken"):
                oldest = aws.parsed("cloudtrail", "lookup_events", _oldest, events)
                return Fetched(_file(events), _rest(account_id, region, begin, end, oldest))
        return Fetched(_file(events))


def parse(uri: str) -> tuple[str, str, datetime, datetime]:
    """Account, region, begin and end (not included) of a window's address."""
    parts = urlsplit(uri)
    try:
        region, window = parts.path.strip("/").split("/")
        begin, end = (
            datetime.strptime(text, _STAMP).replace(tzinfo=UTC) for text in window.split("-")
        )
    except ValueError:
        raise ReadFailed("cloudtrail:LookupEvents", f"{uri!a} is no window") from None
    return parts.netloc, region, begin, end


def scope_of(uri: str) -> tuple[str, str]:
    """Account and region that lookup://[account[/region]] names; '' for all.

    Errors: ReadFailed with what it should look like.
    """
    parts = urlsplit(uri)
    account_id, region = parts.netloc, parts.path.strip("/")
    if (account_id and not is_account_id(account_id)) or "/" in region:
        sentence = f"{uri!a} should be lookup://, lookup://account or lookup://account/region"
        raise ReadFailed("cloudtrail:LookupEvents", sentence)
    return account_id, region


def _windows(day: datetime, settled: datetime) -> Iterator[tuple[datetime, datetime]]:
    if day + _DAY <= settled:
        yield day, day + _DAY
        return
    begin = day
    while begin + _HOUR <= settled:
        yield begin, begin + _HOUR
        begin += _HOUR


def _found(account_id: str, region: str, begin: datetime, end: datetime) -> Found:
    name = f"{begin:{_STAMP}}-{end:{_STAMP}}"
    place = Place(account_id, region, begin.date().isoformat())
    uri = f"{SCHEME}{account_id}/{region}/{name}"
    return Found(uri, f"lookup_{account_id}_{region}_{name}", SourceName.LOOKUP, place=place)


def _oldest(events: Sequence[dict[str, Any]]) -> datetime:
    return min(as_instant(event["EventTime"]) for event in events).replace(microsecond=0)


def _rest(
    account_id: str, region: str, begin: datetime, end: datetime, oldest: datetime
) -> tuple[Found, ...]:
    """Where to go on. The oldest second may hold more events, so it is read again as a whole."""
    until = min(oldest + timedelta(seconds=1), end)
    if until == end:
        return (
            _found(account_id, region, end - timedelta(seconds=1), end),
            _found(account_id, region, begin, end - timedelta(seconds=1)),
        )
    return (_found(account_id, region, begin, until),)


def _file(events: Sequence[dict[str, Any]]) -> bytes:
    kept = [{"CloudTrailEvent": event.get("CloudTrailEvent")} for event in events]
    return json.dumps({"Events": kept}).encode()
