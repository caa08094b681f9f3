"""What each IAM user, and each of its keys, is used as; and what leads have declared it to be."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from inventory.models import AwsAccount, IamUser
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


DECLARABLE = (
    IdentityKind.HUMAN,
    IdentityKind.WORKLOAD,
    IdentityKind.MIXED,
    IdentityKind.EXCEPTION,
)


class OfUserQuerySet(models.QuerySet[Any]):
    """Selections of what is derived, or declared, of IAM users."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all; others those of the IAM users confirmed as theirs."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(user_arn__in=[arn for arn in viewer.iam_user_arns() if arn])


class IdentityClassQuerySet(OfUserQuerySet):
    """Selections of classes."""

    def users(self) -> Self:
        """Those of whole IAM users, without single keys and Identity Center's users."""
        return self.filter(access_key_id="", account__isnull=False)

    def kinds(self, now: datetime) -> Iterator[tuple[str, str, str]]:
        """What holds at an instant: the user's ARN, the access key's id ('' of the whole user) and
        the kind. One query."""
        rows = self.order_by("user_arn", "access_key_id")
        for row in rows.only("user_arn", "access_key_id", *IdentityClass.HOLDS):
            yield row.user_arn, row.access_key_id, row.kind_at(now)

    def in_identity_center(self) -> Self:
        """Programs that were found in Identity Center, where only people belong."""
        return self.exclude(in_identity_center="")


class IdentityClass(models.Model):
    """The class of one IAM user, or of one of its access keys. Derived, made again whenever facts
    or declarations change. Key: subject (the user's ARN, or an access key id).

    kind: what holds: a lead's declaration where there is one, else `judged`, which the rules say;
    kind_at says it of an instant.
    declaration: who declared it and why, in words; declared_until: when that ends by itself.
    sentence, reasons ([words, evidence], the weightiest first): behind `judged`. stale_after: past
    it a judged class is unknown. used_at: the last use that is known. pattern, pattern_why: for
    workloads and mixed users, what should take their place, and by what evidence.
    in_identity_center: how a program was found there, '' when none was. places: [network, agent
    family, calls], most first.
    """

    subject = models.CharField(max_length=760, unique=True)
    user_arn = models.CharField(max_length=700)
    user_name = models.CharField(max_length=128, blank=True)
    account = models.ForeignKey(AwsAccount, models.CASCADE, null=True, related_name="+")
    iam_user = models.ForeignKey(IamUser, models.SET_NULL, null=True, related_name="+")
    access_key_id = models.CharField(max_length=128, blank=True)
    kind = models.CharField(max_length=12, choices=IdentityKind.choices)
    judged = models.CharField(max_length=12, choices=IdentityKind.choices)
    declared = models.BooleanField(default=False)
    declaration = models.TextField(blank=True)
    declared_until = models.DateTimeField(null=True)
    sentence = models.TextField(blank=True)
    reasons = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    calls = models.BigIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    places = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    pattern = models.CharField(max_length=24, blank=True)
    pattern_why = models.TextField(blank=True)
    in_identity_center = models.TextField(blank=True)
    made_at = models.DateTimeField()
    stale_after = models.DateTimeField(null=True)

    objects: ClassVar[Any] = IdentityClassQuerySet.as_manager()
    # What kind_at looks at.
    HOLDS: ClassVar = ("kind", "judged", "declared", "declared_until", "stale_after")

    class Meta:
        ordering: ClassVar = ["user_name", "user_arn", "access_key_id"]
        indexes: ClassVar = [
            models.Index(fields=["user_arn"], name="identity_class_user"),
            models.Index(fields=["kind"], name="identity_class_kind"),
            models.Index(fields=["user_name", "id"], name="identity_class_name"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"

    def kind_at(self, now: datetime) -> str:
        """What holds at an instant: a declaration that has ended gives way to what is judged, and
        a judged class that is too old is unknown."""
        if self.is_declared(now):
            return self.kind
        too_old = self.stale_after is not None and self.stale_after <= now
        return IdentityKind.UNKNOWN.value if too_old else self.judged

    def is_declared(self, now: datetime) -> bool:
        """A lead's declaration holds."""
        until = self.declared_until
        return self.declared and (until is None or until > now)


class DeclarationQuerySet(OfUserQuerySet):
    """Selections of declarations."""

    def in_force(self, now: datetime) -> Self:
        """Those that have not ended by themselves."""
        return self.filter(Q(until=None) | Q(until__gt=now))


class Declaration(models.Model):
    """A lead said what an IAM user, or one of its keys, is. Key: subject, as in IdentityClass.

    until: when it ends by itself; None: never, which an exception must not be.
    """

    subject = models.CharField(max_length=760, unique=True)
    user_arn = models.CharField(max_length=700, db_index=True)
    kind = models.CharField(max_length=12, choices=IdentityKind.choices)
    declared_by = models.CharField(max_length=254)
    declared_at = models.DateTimeField()
    reason = models.TextField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = DeclarationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user_arn", "subject"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="exception") | Q(until__isnull=False),
                name="declared_exception_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"
