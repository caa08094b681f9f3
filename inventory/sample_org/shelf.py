"""CloudTrail's log objects inside the simulated organisation: in the bucket, and as event history.

Made when somebody first asks, which takes a few seconds, and brought up to the organisation's clock
from then on. Under the same lock as all of moto's state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from moto.s3.models import s3_backends

from inventory.sample_org.clock import CLOCK, naive
from inventory.sample_org.constants import HOME_REGION, MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.logs import truth
from inventory.sample_org.logs.bucket import Bucket, Stored
from inventory.sample_org.logs.digests import Signer
from inventory.sample_org.logs.files import DIRECTORY
from inventory.sample_org.logs.happenings import Day, Record
from inventory.sample_org.logs.story import Story
from inventory.sample_org.side import SIDE

# How far the bucket may lag behind the clock.
LAG = timedelta(seconds=30)
# When an event is in the event history, on average.
HISTORY_DELAY = timedelta(minutes=5)
Place = tuple[str, str]


@dataclass
class _History:
    """Records by account and region, in no order; told: the days they are from."""

    told: dict[str, None] = field(default_factory=dict)
    records: dict[Place, list[Record]] = field(default_factory=dict)

    def add(self, day: Day) -> None:
        """Data events are not in it, nor anything twice."""
        for happening in day.happenings:
            for record in happening.records:
                if record["eventCategory"] == "Management":
                    place = (str(record["recipientAccountId"]), str(record["awsRegion"]))
                    self.records.setdefault(place, []).append(record)
        self.told[day.date] = None


class Shelf:
    """The logs of the one organisation of this process."""

    def __init__(self) -> None:
        self._story: Story | None = None
        self._bucket: Bucket | None = None
        self._through: datetime | None = None
        self._history = _History()

    @property
    def story(self) -> Story:
        if self._story is None:
            assert SIDE.world is not None
            self._story = Story(SIDE.world.name, SIDE.seed, CLOCK.epoch)
        return self._story

    @property
    def bucket(self) -> Bucket:
        if self._bucket is None:
            directory = Path(SIDE.data_dir) / DIRECTORY
            directory.mkdir(parents=True, exist_ok=True)
            self._bucket = Bucket(self.story, directory)
        return self._bucket

    @property
    def signer(self) -> Signer:
        return self.bucket.signer

    def deliver(self) -> None:
        """Puts into the bucket what is due."""
        now = CLOCK.now()
        if self._through is not None and now < self._through + LAG:
            return
        self._put(self.bucket.added(self._through, now))
        self._through = now

    def _put(self, objects: Iterable[Stored]) -> None:
        backend, name = s3_backends[MANAGEMENT_ACCOUNT_ID]["aws"], self.story.cast.bucket
        if name not in backend.buckets:
            backend.create_bucket(name, HOME_REGION)
        for one in objects:
            made = backend.put_object(name, one.key, one.body)
            made.last_modified = naive(one.delivered)
            if one.metadata:
                made.set_metadata({f"x-amz-meta-{k}": v for k, v in one.metadata.items()})

    def history(self, account_id: str, region: str) -> list[Record]:
        """The management events of an account and region up to now, in no order."""
        until = CLOCK.now() - HISTORY_DELAY
        when = self.story.first_day
        while when <= until.date():
            if when.isoformat() not in self._history.told:
                self._history.add(self.story.day(when))
            when += timedelta(days=1)
        limit = f"{until:%Y-%m-%dT%H:%M:%SZ}"
        records = self._history.records.get((account_id, region), [])
        return [record for record in records if record["eventTime"] <= limit]

    def usage(self) -> list[dict[str, Any]]:
        """The cells of `export usage`, as far as they were delivered by now."""
        return list(truth.usage(self.bucket.told(CLOCK.now())[0]))

    def access(self) -> list[dict[str, Any]]:
        """The rows of `export access` of permission sets and root users."""
        return list(truth.access(self.bucket.told(CLOCK.now())[1]))


SHELF = Shelf()
