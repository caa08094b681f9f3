"""A story that people turn while it is told: keys that nobody uses from a day on, newer tools."""

from datetime import date

from inventory.sample_org.constants import DEFAULT_SEED
from inventory.sample_org.logs.happenings import Day, Happening
from inventory.sample_org.logs.stage import CLI
from inventory.sample_org.logs.story import Story
from tests.journeys.played import Played

OLD_TOOL, NEW_TOOL = CLI[2], CLI[0].format("s3.ls")


class Turned(Story):
    """stopped: by access key, the first day without a call of it. updated: the
    first day on which nobody has the old command line any more.

    Days, since what a day's objects hold was partly delivered while the day went on.
    """

    stopped: dict[str, date]
    updated: date

    def day(self, when: date) -> Day:
        day = super().day(when)
        day.happenings = [one for one in day.happenings if not self._stopped(one, when)]
        if when >= self.updated:
            for one in day.happenings:
                _update(one)
        return day

    def _stopped(self, one: Happening, when: date) -> bool:
        key_id = one.record["userIdentity"].get("accessKeyId")
        return when >= self.stopped.get(str(key_id), date.max)


def _update(one: Happening) -> None:
    for record in one.records:
        if record["userAgent"] == OLD_TOOL:
            record["userAgent"] = NEW_TOOL


def turn(world: Played) -> Turned:
    """The story of a world that is played, from now on one that can be turned."""
    bucket = world.logs.bucket
    told = bucket.story
    made = Turned(world.organization.info["world"], DEFAULT_SEED, told.cast.epoch)
    made.stopped, made.updated = {}, date.max
    bucket.story = made
    return made
