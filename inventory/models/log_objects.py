"""CloudTrail log objects: the work list and the ledger of what was counted, and its coverage."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory.models.runs import CollectionRun


class LogState(models.TextChoices):
    """Where a log object stands. OTHER: a digest or Insight object, recognised and not counted."""

    PENDING = "pending"
    DONE = "done"
    QUARANTINED = "quarantined"
    OTHER = "other"


class TrailObject(models.Model):
    """One log object (or one LookupEvents window). Key: key, a digest of uri and version.

    A row that is pending is work; a claim holds until lease_until. failed_reads: how often it could
    not be fetched, through no fault of its own. run: the import that waits for it. name: the last
    part of the key, which is the same whatever bucket or folder it was copied to. day: of its path.
    events = counted + duplicates + ignored, and quarantined of the ignored have a QuarantinedEvent.
    """

    key = models.CharField(max_length=32, unique=True)
    uri = models.TextField()
    name = models.CharField(max_length=255)
    source = models.CharField(max_length=8)
    version = models.CharField(max_length=128, blank=True)
    size = models.BigIntegerField(default=0)
    account_id = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=32, blank=True)
    day = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=LogState.choices, default=LogState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    failed_reads = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    reason = models.CharField(max_length=32, blank=True)
    detail = models.TextField(blank=True)
    events = models.PositiveIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    ignored = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    run = models.ForeignKey(CollectionRun, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["account_id", "region", "day", "id"],
                name="trail_object_pending",
                condition=Q(state="pending"),
            ),
            models.Index(
                fields=["lease_until"],
                name="trail_object_lease",
                condition=Q(lease_until__isnull=False),
            ),
            models.Index(
                fields=["attempts"],
                name="trail_object_suspect",
                condition=Q(state="pending", attempts__gt=0),
            ),
            models.Index(fields=["name"], name="trail_object_name"),
            models.Index(fields=["state", "-id"], name="trail_object_state"),
            models.Index(fields=["account_id", "region", "day"], name="trail_object_day"),
        ]

    def __str__(self) -> str:
        return f"{self.uri} {self.state}"


class QuarantinedEvent(models.Model):
    """One event of an otherwise counted object that could not be counted. index: its place in the
    object, from 0; the first 20 of an object are kept, the object's row has their number."""

    object = models.ForeignKey(TrailObject, models.CASCADE, related_name="bad_events")
    index = models.PositiveIntegerField()
    reason = models.CharField(max_length=32)
    detail = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.object_id}:{self.index} {self.reason}"


class DigestedLog(models.Model):
    """A log object that a digest lists. Key: name. Unread while no TrailObject of that name is
    done."""

    name = models.CharField(max_length=255, unique=True)
    uri = models.TextField()
    account_id = models.CharField(max_length=12)
    region = models.CharField(max_length=32)
    day = models.DateField()
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account_id", "region", "day"], name="digested_log_day")
        ]

    def __str__(self) -> str:
        return self.name


class UsageCoverage(models.Model):
    """What was read of one account, region and day. Key: account_id, region, day.

    events: counted, by the event's own day. objects, quarantined: by the day of the object's path.
    listed_at: the instant up to which the source was wholly listed; read_through: the same, once
    everything that was listed is counted; None when nothing vouches for completeness (loose files).
    closed_at: when the day was counted
    and over for 24 hours; what changes later leaves a UsageCorrection.
    """

    account_id = models.CharField(max_length=12)
    region = models.CharField(max_length=64)
    day = models.DateField()
    objects_read = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    read_through = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account_id", "region", "day"], name="usage_coverage_key"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="usage_coverage_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.region} {self.day}"


class SeenShard(models.Model):
    """The lock over the event ids of one account and block of hours of one day. account_id '':
    shared event ids, which several accounts record. Key: day, account_id, block."""

    day = models.DateField()
    account_id = models.CharField(max_length=12, blank=True)
    block = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "account_id", "block"], name="seen_shard_key")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account_id} {self.block}"


class SeenIds(models.Model):
    """Event ids that were counted, 16 bytes each, one after the other. provisional: entries that
    also say what was counted for them (inventory.usage.seen has the layout)."""

    shard = models.ForeignKey(SeenShard, models.CASCADE, related_name="segments")
    provisional = models.BooleanField(default=False)
    number = models.PositiveIntegerField()
    ids = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.shard_id} {self.number}"


class SealedDay(models.Model):
    """A day whose event ids are no longer kept: nothing of it can be imported any more, because
    nobody could tell what was counted already."""

    day = models.DateField(primary_key=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"
