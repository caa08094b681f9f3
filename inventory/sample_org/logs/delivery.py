"""How CloudTrail delivers: records gathered into objects per account and region, mostly soon.

Some records come twice, some objects come again under another name, some days late; one account has
a trail of its own beside the organisation's, into the same bucket. Which ones is the seed's choice.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from inventory.sample_org.clock import stamp
from inventory.sample_org.logs.cast import Cast
from inventory.sample_org.logs.happenings import Day, Record

# Objects of the past hold six hours, so that a demo starts quickly; those of today a few minutes.
PAST_MINUTES, TODAY_MINUTES = 360, 10
TWICE, REDELIVERED, LATE = 0.005, 0.004, 0.01
LATEST_DAYS = 3
GZIP_LEVEL = 5
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass
class LogObject:
    """One object of the bucket. trail: whose trail delivered it, '' for the organisation's."""

    key: str
    account: str
    region: str
    delivered: datetime
    records: list[Record]
    trail: str = ""

    @cached_property
    def text(self) -> bytes:
        """What the object holds, uncompressed."""
        body = {"Records": sorted(self.records, key=lambda record: str(record["eventTime"]))}
        return json.dumps(body, separators=(",", ":")).encode()

    @property
    def body(self) -> bytes:
        return gzip.compress(self.text, GZIP_LEVEL, mtime=0)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.text).hexdigest()

    @property
    def newest(self) -> str:
        return str(max(record["eventTime"] for record in self.records))

    @property
    def oldest(self) -> str:
        return str(min(record["eventTime"] for record in self.records))


def folder(cast: Cast, account: str, kind: str, region: str, when: datetime, trail: str) -> str:
    """The place of an object: with the organisation's id for its trail, without for another's."""
    owner = f"{account}" if trail else f"{cast.organization_id}/{account}"
    return f"AWSLogs/{owner}/{kind}/{region}/{when:%Y/%m/%d}"


class Delivery:
    """Makes objects of days."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def _key(self, account: str, region: str, when: datetime, trail: str, *more: str) -> str:
        rng = self._cast.ids.random("object", account, region, stamp(when), trail, *more)
        place = folder(self._cast, account, "CloudTrail", region, when, trail)
        ending = "".join(rng.choices(_NAME, k=16))
        return f"{place}/{account}_CloudTrail_{region}_{when:%Y%m%dT%H%MZ}_{ending}.json.gz"

    def _window(self, day: Day, at: datetime) -> datetime:
        """The end of the stretch that an object gathers, and a few minutes."""
        past = day.date < self._cast.epoch.date().isoformat()
        minutes = PAST_MINUTES if past else TODAY_MINUTES
        midnight = at.replace(hour=0, minute=0, second=0)
        number = int((at - midnight).total_seconds()) // (minutes * 60)
        return midnight + timedelta(minutes=minutes * (number + 1) + 4)

    def _gathered(self, day: Day, trail: str) -> dict[tuple[str, str, datetime], list[Record]]:
        """Records by account, region and time of delivery; a few of them twice."""
        rng = self._cast.ids.random("delivery", day.date, trail)
        found: dict[tuple[str, str, datetime], list[Record]] = {}
        for happening in day.happenings:
            window = self._window(day, happening.at)
            for record in happening.records:
                account = str(record["recipientAccountId"])
                if account != trail if trail else record["eventCategory"] == "Data":
                    continue
                place = (account, str(record["awsRegion"]))
                found.setdefault((*place, window), []).append(record)
                if rng.random() < TWICE:
                    again = window + timedelta(minutes=rng.choice((0, 10, 360)))
                    found.setdefault((*place, again), []).append(record)
        return found

    def _objects(self, day: Day, trail: str) -> Iterator[LogObject]:
        rng = self._cast.ids.random("objects", day.date, trail)
        for (account, region, window), records in sorted(self._gathered(day, trail).items()):
            late = rng.randint(1, LATEST_DAYS) if rng.random() < LATE else 0
            when = window + timedelta(days=late)
            # The window too: a late object may come at the same time as another.
            key = self._key(account, region, when, trail, day.date, stamp(window))
            yield LogObject(key, account, region, when, records, trail)
            if rng.random() < REDELIVERED:
                again = when + timedelta(minutes=rng.choice((5, 300, 1600)))
                key = self._key(account, region, again, trail, day.date, stamp(window), "again")
                yield LogObject(key, account, region, again, records, trail)

    def objects(self, day: Day) -> Iterator[LogObject]:
        """Everything that will be delivered of one day, in no order of time."""
        yield from self._objects(day, "")
        yield from self._objects(day, self._cast.own_trail)


def told(day: Day, objects: Iterable[LogObject], until: datetime) -> Iterator[Any]:
    """Of the day's happenings, those whose own account's record was delivered by then."""
    ids = {record["eventID"] for one in objects if one.delivered <= until for record in one.records}
    return (one for one in day.happenings if one.record["eventID"] in ids)
