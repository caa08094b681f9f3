"""The organization: its units and accounts."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, Q

from inventory.models.base import FactModel, FactQuerySet
from inventory.models.runs import CollectionRun
from inventory.visibility import Viewer

CLOSED = ("SUSPENDED", "CLOSED", "PENDING_CLOSURE")


class Environment(models.TextChoices):
    """What an account is for; unknown counts as production."""

    MANAGEMENT = "management"
    AUDIT = "audit"
    PROD = "prod"
    STAGE = "stage"
    DEV = "dev"
    SANDBOX = "sandbox"
    UNKNOWN = "unknown"


class Organization(FactModel):
    """The AWS organization. Key: organization_id."""

    organization_id = models.CharField(max_length=34, unique=True)
    arn = models.CharField(max_length=256)
    management_account_id = models.CharField(max_length=12)
    feature_set = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.organization_id


class OrganizationalUnit(FactModel):
    """A root or an organizational unit. Key: unit_id."""

    unit_id = models.CharField(max_length=68, unique=True)
    arn = models.CharField(max_length=256)
    name = models.CharField(max_length=128)
    parent_id = models.CharField(max_length=68, null=True, blank=True)  # noqa: DJ001 - None is the root
    path = models.TextField()

    def __str__(self) -> str:
        return self.path


class AccountQuerySet(FactQuerySet["AwsAccount"]):
    """Selections of accounts."""

    def to_read(self) -> Self:
        """Accounts that a collection expects to read: present, and not closed.

        Once the organization has been read, an account it never showed is somebody else's.
        """
        shown = AwsAccount.objects.exclude(run=None)
        ours = self.present().filter(Q(run__isnull=False) | ~Exists(shown))
        return ours.exclude(status__in=CLOSED)

    def named(self) -> list[tuple[str, str]]:
        """(id, name or else id) of each, for filters: hundreds of whole rows would cost more than
        all else on a page. One query."""
        return [(pk, name or pk) for pk, name in self.values_list("account_id", "name")]


class AwsAccount(FactModel):
    """An AWS account. Key: account_id.

    The anchor that other facts point to. With run None it is known by its number only: a file of
    that account was imported, and no read of the organization has shown it yet.
    """

    account_id = models.CharField(max_length=12, primary_key=True)
    # Nullable here only: an account known by its number has no read behind it.
    run = models.ForeignKey(  # type: ignore[assignment]
        CollectionRun, models.PROTECT, null=True, related_name="+"
    )
    first_seen_at = models.DateTimeField(null=True)  # type: ignore[assignment]
    observed_at = models.DateTimeField(null=True)  # type: ignore[assignment]
    changed_at = models.DateTimeField(null=True)  # type: ignore[assignment]
    digest = models.CharField(max_length=64, blank=True)
    arn = models.CharField(max_length=256, blank=True)
    name = models.CharField(max_length=128, blank=True)
    email = models.CharField(max_length=320, blank=True)
    status = models.CharField(max_length=32, blank=True)
    joined_method = models.CharField(max_length=32, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    parent_id = models.CharField(max_length=68, null=True, blank=True)  # noqa: DJ001 - None: not known
    unit_path = models.TextField(blank=True)

    # Ours, not AWS's: derived at save, or set by a lead.
    environment = models.CharField(
        max_length=16, choices=Environment.choices, default=Environment.UNKNOWN
    )
    environment_reason = models.CharField(max_length=200, blank=True)
    environment_set_by_lead = models.BooleanField(default=False)
    is_management = models.BooleanField(default=False)

    objects: ClassVar[Any] = AccountQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "account_id"]

    def __str__(self) -> str:
        return self.name or self.account_id

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """Accounts in which the person has an assignment."""
        return Q(assignments__gone_at=None, assignments__principal_id__in=viewer.principal_ids())

    def why_not_read(self) -> str:
        """Why no collection expects to read it any more; '' while one does. One that the
        organization never showed is told of by files, and does not leave."""
        if self.run_id is None:
            return ""
        if self.gone_at is not None:
            return "the account has left the organization"
        return f"the account is {self.status.lower()}" if self.status in CLOSED else ""

    def counts_as_production(self) -> bool:
        """An account whose environment nobody knows gets production's care."""
        return self.environment in (Environment.PROD, Environment.UNKNOWN)
