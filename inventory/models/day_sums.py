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
