"""The ledger: every change of every fact, append-only, in one hash chain."""

from datetime import datetime
from typing import ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q

from inventory.models.runs import CollectionRun


class Change(models.TextChoices):
    """What happened to a fact."""

    APPEARED = "appeared"
    CHANGED = "changed"
    GONE = "gone"


class ObservationQuerySet(models.QuerySet["Observation"]):
    """Selections of changes."""

    def standing(self, at: datetime) -> Self:
        """Of each fact the last change observed until then, unless it went or was erased."""
        until = Observation.objects.filter(observed_at__lte=at)
        later = until.filter(
            Q(observed_at__gt=OuterRef("observed_at")) | Q(seq__gt=OuterRef("seq")),
            kind=OuterRef("kind"),
            key=OuterRef("key"),
            observed_at__gte=OuterRef("observed_at"),
        )
        here = self.filter(~Exists(later), observed_at__lte=at, record__isnull=False)
        return here.exclude(change=Change.GONE)


class Observation(models.Model):
    """One change of one fact, as observed. Never updated, never deleted.

    fact_hash covers salt, key and record; chain_hash covers the previous chain_hash and
    everything but key, record and salt. So the last three can be erased (a person's wish) and
    the chain still holds. seq has no gaps.
    """

    seq = models.BigIntegerField(unique=True)
    run = models.ForeignKey(CollectionRun, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    account_id = models.CharField(max_length=12, blank=True)
    key = models.CharField(max_length=1024)
    change = models.CharField(max_length=8, choices=Change.choices)
    observed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    record = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    salt = models.CharField(max_length=32)
    fact_hash = models.CharField(max_length=64)
    chain_hash = models.CharField(max_length=64)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["seq"]
        indexes: ClassVar = [
            # With the last two, what stood at an instant is counted from this index alone.
            models.Index(
                fields=["kind", "key", "observed_at", "seq", "change", "account_id"],
                name="observation_as_of",
            ),
            models.Index(
                fields=["seq"], name="observation_erased", condition=Q(record__isnull=True)
            ),
            models.Index(fields=["kind", "account_id", "observed_at"], name="observation_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.change}"


class ChainHead(models.Model):
    """The last link of a chain; its row lock puts writers in order."""

    chain = models.CharField(max_length=16, primary_key=True)
    seq = models.BigIntegerField(default=0)
    chain_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}"
