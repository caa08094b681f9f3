"""What each statement of the auditor's list said on each day."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from inventory.visibility import Viewer, sees_everything
from migrations_plan.rules.control_results import UNKNOWN


class ControlDayQuerySet(models.QuerySet["ControlDay"]):
    """Selections of daily results."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all, others nothing."""
        return self.all() if sees_everything(viewer) else self.none()


class ControlDay(models.Model):
    """The result of one control on one UTC day. Key: control, day. Brought up to date while the day
    lasts and never changed afterwards, but for notes.

    population: in words; looked_at, not_looked_at: of it. cases: {verdict, id, name, page, key,
    sentence}, exceptions first, the first MOST_CASES of them; exceptions, undecided: how many in
    all. facts: {name, value, source, at}. runs: [first, last] ids of the runs behind it. basis:
    {days, calls, missing}: old-path calls and account-days not wholly read in the window of so many
    days, as the day's last pass knew them. notes: {at, sentence, days, calls, missing}: what became
    known later. stale_after: past it, on the same day, the result is unknown.
    """

    control = models.CharField(max_length=32)
    day = models.DateField()
    verdict = models.CharField(max_length=8)
    sentence = models.TextField()
    population = models.TextField()
    looked_at = models.PositiveIntegerField()
    not_looked_at = models.PositiveIntegerField()
    exceptions = models.PositiveIntegerField()
    undecided = models.PositiveIntegerField()
    cases = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    facts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    runs = models.JSONField(default=list)
    basis = models.JSONField(default=dict)
    notes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    at = models.DateTimeField()
    stale_after = models.DateTimeField(null=True)

    objects = ControlDayQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day", "control"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["control", "day"], name="control_day_key")
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="control_day_day")]

    def __str__(self) -> str:
        return f"{self.control} {self.day} {self.verdict}"

    def shown(self, now: datetime) -> str:
        """The verdict as it may be believed now, or at the end of its day when that is over: a
        result whose reads had grown too old by then was unknown."""
        end = datetime.combine(self.day, time.min, UTC) + timedelta(days=1)
        stale = self.stale_after is not None and self.stale_after <= min(now, end)
        return UNKNOWN if stale else self.verdict

    def open(self, now: datetime) -> bool:
        """Its day is not over."""
        return self.day >= now.astimezone(UTC).date()


class ControlPass(models.Model):
    """When controls were last judged, and upon which facts. One row. seen: a digest of whatever
    may have changed since."""

    at = models.DateTimeField()
    seen = models.CharField(max_length=64)

    objects: ClassVar[Any] = models.Manager()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"
