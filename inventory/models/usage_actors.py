"""What usage rows refer to: actors, operations, resource names, sessions. Written by
inventory.usage only."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from inventory.cloudtrail.records import Credential, Path, SessionKind
from inventory.models.base import FactQuerySet
from inventory.visibility import Viewer, sees_everything


class UsageQuerySet(FactQuerySet[Any]):
    """Selections of usage rows."""

    def visible_to(self, viewer: Viewer) -> "UsageQuerySet":
        """Leads and auditors see all; others see what the actors that are theirs did."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(self.model.theirs(viewer))


class UsageActor(models.Model):
    """Who did it, by which credential: inventory.cloudtrail.records.Actor as a row.

    digest: of all other fields, hexadecimal, the key. session_key: '' unless it was not known who
    is behind the session; resolved_to: who it turned out to be, to whom the counts were moved.
    """

    digest = models.CharField(max_length=32, unique=True)
    path = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Path])
    kind = models.CharField(max_length=64, blank=True)
    arn = models.TextField(blank=True)
    principal_id = models.CharField(max_length=256, blank=True)
    account_id = models.CharField(max_length=12, blank=True)
    user_name = models.CharField(max_length=256, blank=True)
    credential = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in Credential]
    )
    access_key_id = models.CharField(max_length=128, blank=True)
    permission_set = models.CharField(max_length=64, blank=True)
    user_id = models.CharField(max_length=64, blank=True)
    identity_store_arn = models.CharField(max_length=256, blank=True)
    role_arn = models.TextField(blank=True)
    session_key = models.CharField(max_length=128, blank=True)
    resolved_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    objects: ClassVar[Any] = UsageQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["principal_id"], name="usage_actor_principal"),
            models.Index(
                fields=["access_key_id"], name="usage_actor_key", condition=~Q(access_key_id="")
            ),
            models.Index(fields=["user_id"], name="usage_actor_user", condition=~Q(user_id="")),
            models.Index(
                fields=["session_key"], name="usage_actor_session", condition=~Q(session_key="")
            ),
            models.Index(fields=["path", "account_id"], name="usage_actor_path"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.arn or self.kind}"

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """The person's confirmed IAM users and Identity Center user."""
        return actor_is_theirs(viewer, "")


def actor_is_theirs(viewer: Viewer, prefix: str) -> Q:
    """Rows whose actor (reached by prefix) is one of the viewer's own identities."""
    mine = Q(**{f"{prefix}arn__in": list(viewer.iam_user_arns()), f"{prefix}path": Path.OLD})
    user_id = viewer.identity_center_user_id()
    if user_id:
        mine |= Q(**{f"{prefix}user_id": user_id})
    return mine


class UsageOperation(models.Model):
    """What was called, where and how it ended. error: '' or the errorCode. Key: digest."""

    digest = models.CharField(max_length=32, unique=True)
    event_source = models.CharField(max_length=256)
    event_name = models.CharField(max_length=256)
    region = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=256, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["event_source", "event_name"], name="usage_operation_name")
        ]

    def __str__(self) -> str:
        return f"{self.event_source} {self.event_name} {self.error}".strip()


class ResourceName(models.Model):
    """An ARN as CloudTrail wrote it. Key: digest."""

    digest = models.CharField(max_length=32, unique=True)
    arn = models.TextField()

    def __str__(self) -> str:
        return self.arn


class UsageSession(models.Model):
    """A temporary credential: when it began, and who is behind it. Key: key.

    actor None: not known (yet). issued: an AssumeRole or the like that made it was seen.
    """

    key = models.CharField(max_length=128, unique=True)
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in SessionKind])
    started_at = models.DateTimeField()
    account_id = models.CharField(max_length=12, blank=True)
    actor = models.ForeignKey(UsageActor, models.PROTECT, null=True, related_name="+")
    issuer_key = models.CharField(max_length=128, blank=True)
    issued = models.BooleanField(default=False)
    permission_set = models.CharField(max_length=64, blank=True)
    role_arn = models.TextField(blank=True)
    network = models.CharField(max_length=64, blank=True)
    access_key_id = models.CharField(max_length=128, blank=True)

    objects: ClassVar[Any] = UsageQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "started_at"], name="usage_session_kind"),
            models.Index(
                fields=["issuer_key"], name="usage_session_issuer", condition=~Q(issuer_key="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """Sessions of the viewer's own identities."""
        return actor_is_theirs(viewer, "actor__")
