"""Every long-lived credential of every kind in one table, in the order in which to look at them."""

from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from inventory.models import AwsAccount, IamUser
from inventory.visibility import Viewer, sees_everything
from migrations_plan.models.indexes import ListIndex
from migrations_plan.models.people import Person


class RankedCredentialQuerySet(models.QuerySet["RankedCredential"]):
    """Selections of credentials."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all; others those of the IAM users confirmed as theirs."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(user_arn__in=[arn for arn in viewer.iam_user_arns() if arn])


class RankedCredential(models.Model):
    """One present credential. Made by migrations_plan.passes.findings from facts alone, and made
    again whenever they change; nothing else writes it. Key: subject, as in Finding.

    active, created_at, admin None: not known. used_at None: with use_known, AWS knows of no use;
    without, nobody asked or nobody may believe it. used_by: who told used_at. keeps_use: AWS keeps
    a last use for this kind at all. reasons: [points, words], the weightiest first. stale_after:
    past it nothing of this row is certain.
    """

    subject = models.CharField(max_length=760, unique=True)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=256)
    account = models.ForeignKey(AwsAccount, models.CASCADE, related_name="+")
    iam_user = models.ForeignKey(IamUser, models.SET_NULL, null=True, related_name="+")
    user_arn = models.CharField(max_length=700, blank=True)
    user_name = models.CharField(max_length=128, blank=True)
    owner = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    active = models.BooleanField(null=True)
    created_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=12, blank=True)
    use_known = models.BooleanField(default=False)
    keeps_use = models.BooleanField(default=False)
    admin = models.BooleanField(null=True)
    why_stale = models.TextField(blank=True)
    stale_after = models.DateTimeField(null=True)
    observed_at = models.DateTimeField(null=True)
    score = models.IntegerField()
    reasons = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    objects: ClassVar[Any] = RankedCredentialQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-score", "pk"]
        indexes: ClassVar = [
            # As paging.sorted_by asks: PostgreSQL uses it only when it says where nulls go.
            ListIndex(F("score").desc(nulls_last=True), "id", name="credential_order"),
            models.Index(fields=["user_arn"], name="credential_user", condition=~Q(user_arn="")),
            models.Index(fields=["user_name", "id"], name="credential_user_name"),
            models.Index(fields=["kind", "-score"], name="credential_kind"),
        ]

    def __str__(self) -> str:
        return self.name
