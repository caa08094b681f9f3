"""Usage: who called what, per day, counted from CloudTrail. No raw events are kept.

Rows are additive and written only by inventory.usage, in the transaction that marks the log objects
they came from as counted. An actor's rows are found by the unique key, which begins with the actor:
an index of its own would only cost. What a row refers to has no constraint in the database, which
would look each one up for every row: inventory.usage keeps it there, once a batch
(docs/decisions/0011-counts-without-constraints.md).
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from inventory.models.usage_actors import (
    ResourceName,
    UsageActor,
    UsageOperation,
    UsageQuerySet,
    actor_is_theirs,
)
from inventory.visibility import Viewer


class OfActor(models.Model):
    """What is counted of one actor: whoever the actor is sees it."""

    actor = models.ForeignKey(
        UsageActor, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    objects: ClassVar[Any] = UsageQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """What the viewer's own identities did."""
        return actor_is_theirs(viewer, "actor__")


class UsageRow(OfActor):
    """What all counts by day and actor share. Instants are of events, UTC."""

    day = models.DateField()
    account_id = models.CharField(max_length=12)
    provisional = models.BooleanField(default=False)
    events = models.BigIntegerField()
    direct_events = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        abstract = True


class DailyUsage(UsageRow):
    """Counts of one operation. provisional: from copies that the caller's own account's record
    would replace. resources_overflow: more than 200 distinct resources, so the list is not whole.
    """

    operation = models.ForeignKey(
        UsageOperation, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    resources_overflow = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["actor", "day", "account_id", "operation", "provisional"],
                name="daily_usage_key",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["day", "account_id"], name="daily_usage_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.events}"


class UsageResource(OfActor):
    """A resource that calls of one DailyUsage row named, and how often.

    Nobody asks for the rows of one resource but retention, once a day, for all of them.
    """

    day = models.DateField()
    account_id = models.CharField(max_length=12)
    operation = models.ForeignKey(
        UsageOperation, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    resource = models.ForeignKey(
        ResourceName, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    events = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["actor", "day", "account_id", "operation", "resource"],
                name="usage_resource_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.resource_id} {self.events}"


class ActorDay(UsageRow):
    """A credential's day in one account: totals, errors and the hours (UTC) of its events.

    succeeded_at: the last event without an error; None for a day of failures only. "Last seen"
    means this one.
    """

    errors = models.BigIntegerField(default=0)
    failed_signins = models.BigIntegerField(default=0)
    succeeded_at = models.DateTimeField(null=True)
    h00 = models.IntegerField(default=0)
    h01 = models.IntegerField(default=0)
    h02 = models.IntegerField(default=0)
    h03 = models.IntegerField(default=0)
    h04 = models.IntegerField(default=0)
    h05 = models.IntegerField(default=0)
    h06 = models.IntegerField(default=0)
    h07 = models.IntegerField(default=0)
    h08 = models.IntegerField(default=0)
    h09 = models.IntegerField(default=0)
    h10 = models.IntegerField(default=0)
    h11 = models.IntegerField(default=0)
    h12 = models.IntegerField(default=0)
    h13 = models.IntegerField(default=0)
    h14 = models.IntegerField(default=0)
    h15 = models.IntegerField(default=0)
    h16 = models.IntegerField(default=0)
    h17 = models.IntegerField(default=0)
    h18 = models.IntegerField(default=0)
    h19 = models.IntegerField(default=0)
    h20 = models.IntegerField(default=0)
    h21 = models.IntegerField(default=0)
    h22 = models.IntegerField(default=0)
    h23 = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["actor", "day", "account_id", "provisional"], name="actor_day_key"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["day", "account_id"], name="actor_day_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.events}"


class PathDay(models.Model):
    """Totals by path, for charts. Additive."""

    day = models.DateField()
    account_id = models.CharField(max_length=12)
    path = models.CharField(max_length=8)
    events = models.BigIntegerField()
    direct_events = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "account_id", "path"], name="path_day_key")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.path} {self.events}"


class UsageOrigin(OfActor):
    """From where and with what a credential was used on a day. network: /24 or /48, 'aws', ''."""

    day = models.DateField()
    network = models.CharField(max_length=64, blank=True)
    agent_family = models.CharField(max_length=64, blank=True)
    agent_version = models.CharField(max_length=32, blank=True)
    events = models.BigIntegerField()
    direct_events = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["actor", "day", "network", "agent_family", "agent_version"],
                name="usage_origin_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.network} {self.agent_family}"


class UsageCorrection(models.Model):
    """A closed day's counts changed, and why; written in the transaction that changed them."""

    at = models.DateTimeField()
    day = models.DateField()
    account_id = models.CharField(max_length=12)
    reason = models.CharField(
        max_length=16,
        choices=[
            ("late", "events delivered late"),
            ("joined", "the session's maker became known"),
            ("copy", "the caller's own account's record replaced a copy"),
        ],
    )
    path = models.CharField(max_length=8, blank=True)
    events = models.BigIntegerField()
    sentence = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["day", "account_id"], name="usage_correction_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.reason} {self.events:+d}"
