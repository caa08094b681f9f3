"""What every table of current facts shares."""

from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from inventory.models.runs import CollectionRun
from inventory.visibility import Viewer, sees_everything

M = TypeVar("M", bound="FactModel")


class FactQuerySet(models.QuerySet[M]):
    """Selections that every kind of fact offers."""

    def present(self) -> Self:
        """Facts that the last whole read still showed."""
        return self.filter(gone_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see every fact; others see only what a model grants by name."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(self.model.theirs(viewer)).distinct()


class FactModel(models.Model):
    """One current fact. `observed_at` is when AWS last said so, `run` the read that said it."""

    # Record fields whose column has another name: {"permission_set_arn": "permission_set_id"}.
    COLUMNS: ClassVar[dict[str, str]] = {}

    run = models.ForeignKey(CollectionRun, models.PROTECT, related_name="+")
    first_seen_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64)

    objects: ClassVar[Any] = FactQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def theirs(cls, viewer: Viewer) -> models.Q:
        """What an engineer may see of this kind: nothing, unless the model says otherwise."""
        return models.Q(pk__in=[])

    def is_gone(self) -> bool:
        """A whole read no longer showed it."""
        return self.gone_at is not None
