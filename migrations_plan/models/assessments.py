"""Whether people are ready, as it was judged: verdicts, states, waivers, and their history."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from inventory.models import IamUser
from inventory.visibility import Viewer, sees_everything
from migrations_plan.models.forecasts import OfPersonQuerySet
from migrations_plan.models.indexes import ListIndex
from migrations_plan.models.people import Person
from migrations_plan.rules import gate as gates


class AssessmentQuerySet(OfPersonQuerySet):
    """Selections of assessments."""

    def current(self) -> Self:
        """The last of each person and gate."""
        return self.filter(current=True)

    def reading(self, verdict: str, now: datetime) -> Self:
        """Those that read so now: past their time all are unknown."""
        stale = Q(stale_after__isnull=False, stale_after__lte=now)
        if verdict == gates.UNKNOWN:
            return self.filter(Q(verdict=verdict) | stale)
        return self.filter(verdict=verdict).exclude(stale)


class Assessment(models.Model):
    """The verdict of one gate about one person: a row when verdict or sentence changes, and one
    each UTC day. Key: person, gate, at; one of each person and gate is current.

    hidden: the verdict that a waiver hides; ''. facts: list of {name, value, source, at}. runs: ids
    of the collection runs behind it. seen_at: last judged so. stale_after: past it the row reads as
    unknown (rules.gate.at); None: it does not age.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="assessments", db_index=False)
    gate = models.CharField(max_length=16)
    verdict = models.CharField(max_length=8, choices=[(one, one) for one in gates.VERDICTS])
    hidden = models.CharField(max_length=8, blank=True)
    sentence = models.TextField()
    facts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    runs = models.JSONField(default=list)
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    day = models.DateField()
    stale_after = models.DateTimeField(null=True)
    current = models.BooleanField(default=True)

    objects: ClassVar[Any] = AssessmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "gate"], condition=Q(current=True), name="assessment_current"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "day"], name="assessment_day"),
            models.Index(
                fields=["gate", "verdict"], condition=Q(current=True), name="assessment_gate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate} {self.verdict}"

    def reads(self, now: datetime) -> str:
        """The verdict as of `now`."""
        return gates.at(self.verdict, self.stale_after, now)


class PersonStateQuerySet(models.QuerySet["PersonState"]):
    """Selections of states."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see everybody's; others their own."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(person_id=getattr(viewer, "person_id", None) or 0)

    def concerned(self) -> Self:
        """Whom the migration is about."""
        return self.filter(concerned=True)

    def reading(self, state: str, now: datetime) -> Self:
        """In this state; a ready that is too old to be believed is not."""
        rows = self.filter(state=state)
        return rows.exclude(stale_after__isnull=False, stale_after__lte=now)


class PersonState(models.Model):
    """Where a person stands, or an IAM user whom nobody is confirmed for. Derived; made again by
    migrations_plan.passes.assessing. Key: person, else user_arn.

    concerned: the migration is about them (an IAM user, a target, a grant). since: of this state.
    blocked, unknown, waived: numbers of gates. accounts, teams: for filters, each between newlines.
    reached, reached_at, reached_used_at, early: rules.states.Reached. stale_after: past it a state
    that stands on reads is not certain. used_at: the last use of the old path known.
    """

    person = models.OneToOneField(Person, models.CASCADE, null=True, related_name="standing")
    user_arn = models.CharField(max_length=700, blank=True)
    iam_user = models.ForeignKey(IamUser, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=1024)
    email = models.CharField(max_length=320, blank=True)
    concerned = models.BooleanField(default=True)
    state = models.CharField(max_length=12)
    sentence = models.TextField()
    step = models.TextField(blank=True)
    since = models.DateTimeField()
    stale_after = models.DateTimeField(null=True)
    blocked = models.PositiveSmallIntegerField(default=0)
    unknown = models.PositiveSmallIntegerField(default=0)
    waived = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    open = models.PositiveIntegerField(null=True)
    users = models.PositiveIntegerField(default=0)
    accounts = models.TextField(blank=True)
    teams = models.TextField(blank=True)
    reached = models.CharField(max_length=12, blank=True)
    reached_at = models.DateTimeField(null=True)
    reached_used_at = models.DateTimeField(null=True)
    early = models.BooleanField(default=False)

    objects: ClassVar[Any] = PersonStateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user_arn"], condition=~Q(user_arn=""), name="person_state_user"
            )
        ]
        indexes: ClassVar = [
            # As paging.sorted_by asks: PostgreSQL uses it only when it says where nulls go.
            ListIndex(F("name").asc(nulls_last=True), "id", name="person_state_name"),
            models.Index(fields=["state"], name="person_state_word"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @property
    def subject(self) -> str:
        """What history calls it."""
        return self.user_arn or f"person:{self.person_id}"

    def uncertain(self, now: datetime) -> bool:
        """The reads behind it are too old to be believed."""
        return self.stale_after is not None and self.stale_after <= now


class StateChange(models.Model):
    """A state began. before: the state until then; '' for the first. Append-only."""

    subject = models.CharField(max_length=760)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="state_changes")
    before = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=12)
    sentence = models.TextField()
    at = models.DateTimeField()

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["subject", "-at"], name="state_change_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"


class Waiver(models.Model):
    """A lead lets a gate pass for one person until an instant. Ends by itself, or when it is taken
    back (ended_at). The newest of a person and gate counts."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="waivers")
    gate = models.CharField(max_length=16)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    reason = models.TextField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.gate} until {self.until:%Y-%m-%d}"

    def holds(self, now: datetime) -> bool:
        """It is in force."""
        return self.ended_at is None and self.at <= now < self.until


class AssessPass(models.Model):
    """When people were last assessed, and upon what. One row. decisions: the journal's last number
    then. inputs: a digest of reads, logs and derived rows. seconds: how long it took. counts: what
    gather.board counted then, for pages that open with it."""

    at = models.DateTimeField()
    decisions = models.BigIntegerField(default=0)
    inputs = models.CharField(max_length=64)
    seconds = models.FloatField(default=0)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"


class ProgressDay(models.Model):
    """How far the migration was, as last judged on a UTC day. Key: day.

    states: number of people and unowned IAM users by state; 'uncertain' among them apart. keys:
    access keys known to be active; keys_unknown: keys, and users, of whom nobody knows.
    """

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    states = models.JSONField(default=dict)
    subjects = models.PositiveIntegerField(default=0)
    keys = models.PositiveIntegerField(default=0)
    keys_unknown = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["day"]

    def __str__(self) -> str:
        return f"{self.day}"
