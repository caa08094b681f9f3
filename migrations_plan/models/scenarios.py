"""What-if: questions that somebody kept, with their answers."""

from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from inventory.visibility import Viewer, sees_everything


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    """Selections of scenarios."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all, others nothing."""
        return self.all() if sees_everything(viewer) else self.none()


class Scenario(models.Model):
    """A saved question and its answer.

    inputs: as rules.scenarios.Question.as_json gives it. result: as rules.scenarios.Answer.as_json.
    facts: a digest of all that the answer stands on, so that it can be told when that changed.
    computed_at: when the answer was made, at first or again.
    """

    name = models.CharField(max_length=120)
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField()
    inputs = models.JSONField(encoder=DjangoJSONEncoder)
    result = models.JSONField(encoder=DjangoJSONEncoder)
    facts = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    objects: ClassVar[Any] = ScenarioQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name
