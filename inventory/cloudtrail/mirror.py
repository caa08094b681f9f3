"""Log objects in a folder that is a whole copy of a trail's bucket, as `aws s3 sync` makes one.

Whoever writes mirror:// instead of file:// says that nothing is left out. Then a listing of the
folder lets days be called wholly read, as a listing of the bucket does: until the newest file was
written, less what the copy may have been in the middle of.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from inventory.aws.errors import ReadFailed
from inventory.cloudtrail.files import SCHEME as FILE
from inventory.cloudtrail.files import FileLogs
from inventory.cloudtrail.objects import Days, Found, Listed, OnAttempt, Place, each

SCHEME = "mirror://"
# Between the first and the last file of one copying; an object may still be missing meanwhile.
UNDER_WAY = timedelta(minutes=15)
# Digests and Insights lie beside the logs, and tell nothing of whether a region has logs.
LOGS = "/CloudTrail/"
NANOSECONDS = 1_000_000_000


class MirrorLogs(FileLogs):
    """The files below one folder, and the days of which it holds everything."""

    def __init__(self, uri: str) -> None:
        super().__init__([uri.replace(SCHEME, FILE, 1)])
        self._newest = 0
        self._first_days: dict[tuple[str, str], str] = {}
        self._whole = True

    def find(self, days: Days | None, on_attempt: OnAttempt) -> Iterator[Listed]:
        """Every file, then what is vouched for; nothing is while a part could not be listed."""
        self._newest, self._first_days, self._whole = 0, {}, True
        yield from super().find(days, on_attempt)
        if self._whole and self._first_days:
            through = datetime.fromtimestamp(self._newest / NANOSECONDS, UTC) - UNDER_WAY
            yield Listed(vouched=tuple(self._vouched(days, through)), through=through)

    def _all(self) -> Iterator[Found | ReadFailed]:
        for found in super()._all():
            if isinstance(found, ReadFailed):
                self._whole = False
            else:
                self._note(found)
            yield found

    def _note(self, found: Found) -> None:
        self._newest = max(self._newest, int(found.version.rpartition("-")[2]))
        account_id, region, day = found.place
        if day and LOGS in found.uri:
            first = self._first_days.get((account_id, region), day)
            self._first_days[account_id, region] = min(first, day)

    def _vouched(self, days: Days | None, through: datetime) -> Iterator[Place]:
        for (account_id, region), first in sorted(self._first_days.items()):
            # A copy may begin later than the trail: days before its first object prove nothing.
            wanted = days or Days(date.fromisoformat(first), through.date())
            for day in each(wanted):
                if day >= first:
                    yield Place(account_id, region, day)
