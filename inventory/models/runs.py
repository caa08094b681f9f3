"""Collection runs (what was read, when, how it ended) and the work list they come from."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class Outcome(models.TextChoices):
    """How a run ended. Only COMPLETE says anything about what is not there."""

    RUNNING = "running"
    COMPLETE = "complete"
    DENIED = "denied"
    THROTTLED = "throttled"
    FAILED = "failed"
    PARTIAL = "partial"
    UNSUPPORTED = "unsupported"
    LOST = "lost"


class RunQuerySet(models.QuerySet["CollectionRun"]):
    """Selections of runs."""

    def complete(self) -> Self:
        """Whole, successful reads."""
        return self.filter(outcome=Outcome.COMPLETE)


class CollectionRun(models.Model):
    """One attempt to read one source in one scope. account_id '' is the organization.

    observed_at is the source's own time: the start of the read, or the time AWS gives (credential
    report), or what the person importing a file says.
    """

    source = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12, blank=True)
    region = models.CharField(max_length=32, blank=True)
    origin = models.CharField(max_length=16, default="aws")
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    observed_at = models.DateTimeField()
    calls = models.PositiveIntegerField(default=0)
    items = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    requested_by = models.CharField(max_length=254, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["source", "account_id", "-id"], name="run_scope"),
            models.Index(fields=["outcome", "-id"], name="run_outcome"),
            models.Index(
                fields=["source", "account_id", "observed_at"],
                condition=Q(outcome="complete"),
                name="run_whole",
            ),
            models.Index(fields=["-id"], condition=~Q(file_sha256=""), name="run_file"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.account_id or 'organization'} {self.outcome}"

    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


class ScopeState(models.Model):
    """Where one source stands in one scope: its last ended run, its first and newest whole read.

    Kept by inventory.runs, so that freshness costs one row a scope however many runs there are.
    """

    source = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12, blank=True)
    last_run = models.ForeignKey(CollectionRun, models.PROTECT, related_name="+")
    whole_observed_at = models.DateTimeField(null=True)
    first_observed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "account_id"], name="scope_state_key")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.account_id or 'organization'}"


class ReadGap(models.Model):
    """Two whole reads of one scope that follow each other, further apart than the source's facts
    stay true. Kept by inventory.gaps; key: scope and last_read_at."""

    source = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12, blank=True)
    last_read_at = models.DateTimeField()
    next_read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "account_id", "last_read_at"], name="read_gap_key"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["next_read_at"], name="read_gap_end")]

    def __str__(self) -> str:
        return f"{self.source} {self.account_id or 'organization'} {self.last_read_at:%Y-%m-%d}"


class Heartbeat(models.Model):
    """When something that should happen all the time last happened. Key: name."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%dT%H:%M:%SZ}"


class JobState(models.TextChoices):
    """Where a piece of work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    GIVEN_UP = "given up"


class Job(models.Model):
    """One piece of work: read this source in this scope. The database is the work list; a Celery
    message is only a hint that there may be something to do.

    lane: jobs of one lane never run at the same time, which keeps one account's API rate in one
    process. slot: the scheduled time, unique, so that two schedulers make one job; None when a
    person asked. rank: order inside a lane.
    """

    source = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12, blank=True)
    lane = models.CharField(max_length=32)
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.QUEUED)
    slot = models.DateTimeField(null=True, blank=True)
    requested_by = models.CharField(max_length=254, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    run = models.ForeignKey(CollectionRun, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["rank", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "account_id"],
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_one_open_per_scope",
            ),
            models.UniqueConstraint(
                fields=["lane"],
                condition=Q(state=JobState.RUNNING),
                name="job_one_running_per_lane",
            ),
            models.UniqueConstraint(
                fields=["source", "account_id", "slot"], name="job_one_per_slot"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "rank", "id"], name="job_state_rank")]

    def __str__(self) -> str:
        return f"{self.source} {self.account_id or 'organization'} {self.state}"

    def lease_left(self, now: datetime) -> timedelta:
        """How long the owner may still work without renewing; zero when nobody holds it."""
        return max(self.lease_until - now, timedelta()) if self.lease_until else timedelta()


class UserRead(models.Model):
    """When one user's credentials were last read by a source that has no bulk call.

    report_digest is the user's credential report row at that time: when the row changes, the user
    is read again at once instead of a day later.
    """

    source = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12)
    user_name = models.CharField(max_length=128)
    observed_at = models.DateTimeField()
    report_digest = models.CharField(max_length=64, blank=True)
    run = models.ForeignKey(CollectionRun, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "account_id", "user_name"], name="user_read_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.account_id} {self.user_name}"
