"""What each IAM user, and each of its keys, is used as."""

from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from inventory.visibility import Viewer, sees_everything


class IdentityKind(models.TextChoices):
    """mixed: a human and a program share it. dormant: known not to be used. unknown: the facts do
    not tell. exception: declared by a lead to stay as it is, until a date."""

    HUMAN = "human"
    WORKLOAD = "workload"
    MIXED = "mixed"
    DORMANT = "dormant"
    UNKNOWN = "unknown"
    EXCEPTION = "exception"


class IdentityClassQuerySet(models.QuerySet["IdentityClass"]):
    """Selections of classes."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all; others those of the IAM users confirmed as theirs."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(user_arn__in=[arn for arn in viewer.iam_user_arns() if arn])


class IdentityClass(models.Model):
    """The class of one IAM user, or of one of its access keys. Derived, made again whenever facts
    or declarations change. Key: subject (the user's ARN, or an access key id).

    kind: what holds: a lead's declaration where there is one, else `judged`, which the rules say.
    reasons: [words, evidence] behind `judged`, the weightiest first. stale_after: past it a judged
    class is unknown.
    """

    subject = models.CharField(max_length=760, unique=True)
    user_arn = models.CharField(max_length=700)
    access_key_id = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=12, choices=IdentityKind.choices)
    judged = models.CharField(max_length=12, choices=IdentityKind.choices)
    declared = models.BooleanField(default=False)
    sentence = models.TextField(blank=True)
    reasons = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    made_at = models.DateTimeField()
    stale_after = models.DateTimeField(null=True)

    objects: ClassVar[Any] = IdentityClassQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user_arn"], name="identity_class_user"),
            models.Index(fields=["kind"], name="identity_class_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"
