"""The journal: every human decision with who, when and why; append-only, in a hash chain."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


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

    class Meta:
        ordering: ClassVar = ["-seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.actor} {self.action}"
