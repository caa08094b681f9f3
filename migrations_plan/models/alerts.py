"""Findings: what a rule says of a credential, a root user or an account, since when, until when."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from inventory.models import AwsAccount, IamUser
from inventory.visibility import Viewer, sees_everything
from migrations_plan.models.indexes import ListIndex


class FindingVerdict(models.TextChoices):
    """open: it is so. unknown: nobody knows (any more) whether it is so."""

    OPEN = "open"
    UNKNOWN = "unknown"


def acknowledged(now: datetime) -> Q:
    """Findings that a lead has acknowledged, for as long as that holds. It is never null, so that
    it can be negated."""
    held = Q(acknowledged_until__isnull=False, acknowledged_until__gt=now)
    return Q(closed_at=None) & held


def unknown(now: datetime) -> Q:
    """Present findings that are unknown, or were open and are too old to be believed."""
    too_old = Q(stale_after__lte=now)
    return Q(closed_at=None) & (Q(verdict=FindingVerdict.UNKNOWN) | too_old)


def certain(now: datetime) -> Q:
    """Present findings that are known to be so."""
    young = Q(stale_after=None) | Q(stale_after__gt=now)
    return Q(closed_at=None, verdict=FindingVerdict.OPEN) & young


class FindingQuerySet(models.QuerySet["Finding"]):
    """Selections of findings."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all; others those of the IAM users confirmed as theirs."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(user_arn__in=[arn for arn in viewer.iam_user_arns() if arn])

    def present(self) -> Self:
        """Not closed, whatever the verdict."""
        return self.filter(closed_at=None)

    def waiting(self, now: datetime) -> Self:
        """Not closed and not acknowledged: what somebody should look at."""
        return self.present().filter(~acknowledged(now))


class Finding(models.Model):
    """A rule's yes or unknown about one subject; one open row per (rule, subject). A row that was
    closed stays as history, and a return opens another.

    subject: access key id or the like; an ARN for passwords and root users; an account's number.
    name: the same for people. facts: list of {name, value, source, observed_at}. last_true_at: the
    last evaluation that said open; None: never yet. changed_at: verdict or sentence last changed.
    stale_after: past it an open finding is read as unknown; None: it does not age. weight: for
    sorting, the heaviest first.
    """

    rule = models.CharField(max_length=32)
    subject = models.CharField(max_length=760)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=256)
    account = models.ForeignKey(AwsAccount, models.CASCADE, related_name="+")
    iam_user = models.ForeignKey(IamUser, models.SET_NULL, null=True, related_name="+")
    user_arn = models.CharField(max_length=700, blank=True)
    user_name = models.CharField(max_length=128, blank=True)
    verdict = models.CharField(max_length=8, choices=FindingVerdict.choices)
    severe = models.BooleanField(default=False)
    weight = models.PositiveSmallIntegerField(default=0)
    sentence = models.TextField()
    facts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    stale_after = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    last_true_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_because = models.TextField(blank=True)
    acknowledged_by = models.CharField(max_length=254, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_reason = models.TextField(blank=True)
    acknowledged_until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = FindingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-weight", "-opened_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=Q(closed_at=None), name="finding_one_open"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "rule"], name="finding_subject"),
            models.Index(fields=["user_arn"], name="finding_user", condition=~Q(user_arn="")),
            # As paging.sorted_by asks: PostgreSQL uses it only when it says where nulls go.
            ListIndex(
                F("weight").desc(nulls_last=True),
                F("opened_at").desc(nulls_last=True),
                "id",
                name="finding_listed",
                condition=Q(closed_at=None),
            ),
            # What stands is counted from this index alone: with their facts the rows are wide.
            models.Index(
                fields=[
                    "subject",
                    "verdict",
                    "severe",
                    "stale_after",
                    "acknowledged_until",
                    "closed_at",
                    "rule",
                ],
                name="finding_counted",
                condition=Q(closed_at=None),
            ),
            models.Index(fields=["account", "closed_at"], name="finding_account"),
            models.Index(
                fields=["rule", "verdict"], name="finding_rule", condition=Q(closed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"

    def state(self, now: datetime) -> str:
        """open or unknown as of `now`, or closed."""
        if self.closed_at is not None:
            return "closed"
        if self.stale_after is not None and self.stale_after <= now:
            return FindingVerdict.UNKNOWN.value
        return self.verdict

    def is_acknowledged(self, now: datetime) -> bool:
        """A lead's acknowledgement holds."""
        until = self.acknowledged_until
        return self.closed_at is None and until is not None and until > now


class FindingPass(models.Model):
    """When an account's findings ('' : what concerns all accounts) were last evaluated, and upon
    which reads. Key: account_id. reads: a digest of the state of every scope of the account."""

    account_id = models.CharField(max_length=12, unique=True)
    at = models.DateTimeField()
    reads = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.account_id or 'organization'} {self.at:%Y-%m-%dT%H:%M:%SZ}"
