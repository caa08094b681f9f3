"""What people's calls over the old path would meet over the new one, in numbers."""

from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from inventory.visibility import Viewer, sees_everything
from migrations_plan.models.people import Person


class OfPersonQuerySet(models.QuerySet[Any]):
    """Selections of what is derived, or decided, about people."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see everybody's; others their own."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(person_id=getattr(viewer, "person_id", None) or 0)


class ForecastSummary(models.Model):
    """One person's forecast. Derived, made again whenever what it stands on changes. Key: person.

    calls: distinct (account, action, resource, region) over the old path since `since`; each is
    one of allowed, denied, unknown. events: how often in all; denied_events, unknown_events: of
    these. why: one clause that says what was not read of what it stands on; '' when all was read.
    worst: {account_id, action, decision, events, last_at, sentence}, the heaviest first.
    stale_after: past it nothing of this row is certain.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="forecast")
    since = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    allowed = models.PositiveIntegerField(default=0)
    denied = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    denied_events = models.BigIntegerField(default=0)
    unknown_events = models.BigIntegerField(default=0)
    worst = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    why = models.TextField(blank=True)
    made_at = models.DateTimeField()
    stale_after = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.denied} denied, {self.unknown} unknown of {self.calls}"
