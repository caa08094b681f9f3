"""What IAM reports of the last use of keys and passwords, as the story goes on after the epoch.

Up to the epoch the world says when each was last used, and the story ends with exactly that use.
What happens later would leave IAM behind CloudTrail; here IAM catches up.
"""

from datetime import datetime, time, timedelta
from typing import Any

from moto.iam.models import AccessKeyLastUsed, iam_backends

from inventory.sample_org.clock import CLOCK, naive
from inventory.sample_org.logs.happenings import Happening
from inventory.sample_org.shelf import SHELF
from inventory.sample_org.side import SIDE

CATCH_UP_SECONDS = 600.0
# The end of a day is that much before the next.
TICK = timedelta(microseconds=1)


class Uses:
    """Brings last uses up to the clock. Call under the lock."""

    def __init__(self) -> None:
        self._through: datetime | None = None

    def catch_up(self) -> None:
        """Applies what happened since the last call, or since the epoch."""
        while self.catch_up_a_day():
            continue

    def catch_up_a_day(self) -> bool:
        """The same for one day at most, since telling a day takes a second or more and nobody is
        answered meanwhile; whether something is left."""
        since, now = self._through or CLOCK.epoch, CLOCK.now()
        day = (since + TICK).date()
        until = min(now, datetime.combine(day, time.max, since.tzinfo))
        users = {user.arn: user for user in _users()}
        for one in SHELF.story.day(day).happenings:
            if since < one.at <= until:
                _apply(users, one)
        self._through = until
        return until < now


def _users() -> list[Any]:
    accounts = (iam_backends[account]["aws"] for account in SIDE.member_accounts())
    return [user for backend in accounts for user in backend.users.values()]


def _apply(users: dict[str, Any], one: Happening) -> None:
    """A key's use is that of any call, also a refused one; a password's that of a sign-in."""
    user = users.get(one.who.actor or "")
    if user is None or one.who.actor_kind != "IAMUser":
        return
    for key in user.access_keys:
        if key.access_key_id == one.who.access_key_id:
            service = str(one.record["eventSource"]).split(".")[0]
            region = str(one.record["awsRegion"])
            key.last_used = AccessKeyLastUsed(naive(one.at), service, region)
    if one.record["eventName"] == "ConsoleLogin" and one.error is None and user.password:
        user.password_last_used = naive(one.at)


USES = Uses()
