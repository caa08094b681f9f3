"""The journal: every human decision with who, when and why; append-only, in a hash chain."""

from typing import ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from inventory.visibility import Viewer, sees_everything


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    """Selections of decisions."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all, others nothing."""
        return self.all() if sees_everything(viewer) else self.none()


class JournalEntry(models.Model):
    """One decision. entry_hash covers salt and contents, chain_hash the previous link and
    everything but contents and salt, as in the ledger. seq has no gaps."""

    seq = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=512)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    salt = models.CharField(max_length=32)
    entry_hash = models.CharField(max_length=64)
    chain_hash = models.CharField(max_length=64)

    objects = JournalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.actor} {self.action}"
