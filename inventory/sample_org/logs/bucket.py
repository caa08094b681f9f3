"""The trail's bucket as time goes by: what is in it at an instant, and what was added since.

The same for the same world, seed and epoch: whoever asks again gets the same keys and bytes, so
the files of a demo, the bucket of the simulated S3 and a restart agree.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from inventory.sample_org.clock import stamp
from inventory.sample_org.logs.delivery import LATEST_DAYS, Delivery, LogObject, folder, told
from inventory.sample_org.logs.digests import Digests, Previous, Signer
from inventory.sample_org.logs.happenings import Day, Happening, Start
from inventory.sample_org.logs.story import Story

# A late object, redelivered, of a day whose events run past midnight.
OLDEST_DELIVERY = timedelta(days=LATEST_DAYS + 3)


@dataclass(frozen=True)
class Stored:
    """One object of the bucket, and when it came there."""

    key: str
    body: bytes
    delivered: datetime
    metadata: dict[str, str] = field(default_factory=dict)


class Bucket:
    """What CloudTrail delivers. ends: of the digest chains, so that they can be continued."""

    def __init__(
        self, story: Story, directory: Path, ends: dict[str, Previous] | None = None
    ) -> None:
        self.story = story
        self.ends = ends if ends is not None else {}
        self.signer = Signer(directory)
        self._delivery = Delivery(story.cast)

    def days(self, since: datetime | None, until: datetime) -> Iterator[Day]:
        """The days whose objects may come after since."""
        first = self.story.first_day
        if since is not None:
            first = max(first, (since - OLDEST_DELIVERY).date())
        while first <= until.date():
            yield self.story.day(first)
            first += timedelta(days=1)

    def _insight(self) -> Stored:
        """CloudTrail Insights shares the bucket; nobody did anything in it."""
        cast = self.story.cast
        account, when = cast.accounts[-1], cast.epoch - timedelta(days=4)
        event = {
            "eventVersion": "1.07",
            "eventTime": stamp(when),
            "awsRegion": cast.home,
            "eventID": cast.ids.uuid("insight"),
            "eventType": "AwsCloudTrailInsight",
            "recipientAccountId": account,
            "insightDetails": {"state": "Start", "eventSource": "ec2.amazonaws.com"},
            "eventCategory": "Insight",
        }
        place = folder(cast, account, "CloudTrail-Insight", cast.home, when, "")
        ending = cast.ids.hexadecimal(16, "insight")
        name = f"{account}_CloudTrail-Insight_{cast.home}_{when:%Y%m%dT%H%MZ}_{ending}.json.gz"
        body = json.dumps({"Records": [event]}).encode()
        return Stored(f"{place}/{name}", gzip.compress(body, 5, mtime=0), when)

    def added(self, since: datetime | None, until: datetime) -> Iterator[Stored]:
        """What came after since (None: everything) and up to until, both instants of delivery."""
        objects: list[LogObject] = []
        for day in self.days(since, until):
            objects += self._delivery.objects(day)
        for one in objects:
            if one.delivered <= until and (since is None or since < one.delivered):
                yield Stored(one.key, one.body, one.delivered)
        digests = Digests(self.story.cast, self.signer, self.ends)
        for digest in digests.between(since or digests.start, until, objects):
            yield Stored(digest.key, digest.body, digest.delivered, digest.metadata)
        if since is None:
            yield self._insight()

    def told(self, until: datetime) -> tuple[list[Happening], list[Start]]:
        """What happened, as far as it was delivered by then; sessions that began by then."""
        happenings: list[Happening] = []
        starts: list[Start] = []
        for day in self.days(None, until):
            happenings += told(day, self._delivery.objects(day), until)
            starts += [start for start in day.starts if start.at <= until]
        return happenings, starts
