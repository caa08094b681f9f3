"""The story, day by day: the same for the same world, seed, epoch and date."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from inventory.sample_org.logs.cast import Cast
from inventory.sample_org.logs.chains import chains_day
from inventory.sample_org.logs.happenings import Day
from inventory.sample_org.logs.incidents import incidents_day
from inventory.sample_org.logs.members import members_day
from inventory.sample_org.logs.programs import programs_day
from inventory.sample_org.logs.stage import Stage
from inventory.sample_org.logs.users import users_day

HISTORY_DAYS = 30


class Story:
    """One organisation's story."""

    def __init__(self, world_name: str, seed: int, epoch: datetime) -> None:
        self.cast = Cast(world_name, seed, epoch)
        self._stage = Stage(self.cast)

    @property
    def first_day(self) -> date:
        return self.cast.epoch.date() - timedelta(days=HISTORY_DAYS)

    def day(self, when: date) -> Day:
        """A whole day, also the part that is still to come."""
        day = Day(self.cast.ids, when.isoformat())
        for scene in (users_day, members_day, programs_day, chains_day, incidents_day):
            scene(self._stage, day)
        day.happenings.sort(key=lambda one: (one.at, one.record["eventID"]))
        return day

    def days(self, through: date) -> Iterator[Day]:
        """From the first day through the given one."""
        when = self.first_day
        while when <= through:
            yield self.day(when)
            when += timedelta(days=1)
