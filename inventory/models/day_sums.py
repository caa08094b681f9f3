"""Sums of a day's usage that pages would otherwise make of half a million rows each time."""

from datetime import date
from typing import ClassVar, NamedTuple

from django.db import models


class AccountsRead(NamedTuple):
    """Accounts of which as much was read on a day. account_ids: one text, spaces between.

    seen: objects or events. vouched: of some region all that exists is known. whole: of every
    region that was read, all of it, delivered and counted. closed: no region is open any more.
    """

    seen: bool
    vouched: bool
    whole: bool
    closed: bool
    account_ids: str


class DaySums(models.Model):
    """A day that is long over, summed up. Key: day. A day without a row is to be summed by whoever
    asks: whatever changes its counts or its coverage deletes the row in the same transaction
    (inventory.usage.day_sums). A row that is made again has a higher id.

    paths: [[path, events, direct events], ...] of every account together. coverage: AccountsRead.
    """

    day = models.DateField(unique=True)
    paths = models.JSONField()
    coverage = models.JSONField()

    class Meta:
        verbose_name_plural: ClassVar[str] = "day sums"

    def __str__(self) -> str:
        return f"{self.day}"

    def accounts_read(self) -> list[tuple[date, AccountsRead]]:
        """The coverage as inventory.usage.account_days says it of other days."""
        return [(self.day, AccountsRead(*row)) for row in self.coverage]


class SummedWindow(models.Model):
    """The days of a window that have sums, for ActorSums. Key: days, the window's length.

    stamp: of the days' sums when the actors' were made. While it is the same (inventory.usage
    .actor_sums.stamp), nothing of these days has changed since.
    """

    days = models.PositiveSmallIntegerField(unique=True)
    first = models.DateField()
    last = models.DateField()
    stamp = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.days} days, {self.first} to {self.last}"


class ActorSums(models.Model):
    """What an actor of the old path did in an account on a SummedWindow's days. Made to put a list
    of all of them in order; what is shown of some is added up from their days."""

    days = models.PositiveSmallIntegerField()
    # No foreign key: it is made anew as a whole, and must not keep an actor from being deleted.
    actor_id = models.BigIntegerField()
    account_id = models.CharField(max_length=12)
    events = models.BigIntegerField()
    last_day = models.DateField()
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["days", "account_id"], name="actor_sums_days")]

    def __str__(self) -> str:
        return f"{self.days} days of {self.actor_id}: {self.events}"
