"""Plans: days, items, waves of people, what was ticked by hand, and how each item stands."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from inventory.visibility import Viewer, sees_everything
from migrations_plan.models.people import Person


class ForLeadersQuerySet(models.QuerySet[Any]):
    """Selections of what leads decide and auditors read."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see all, others nothing."""
        return self.all() if sees_everything(viewer) else self.none()


class PlanState(models.TextChoices):
    """A paused plan hands out no scripts and is never late."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


LIVE = (PlanState.RUNNING, PlanState.PAUSED)


class PlanQuerySet(ForLeadersQuerySet):
    """Selections of plans."""

    def live(self) -> Self:
        """Neither finished nor cancelled."""
        return self.filter(state__in=LIVE)


class Plan(models.Model):
    """A template made into dates, people and numbers. Everything that may be edited stands in
    `content`, of which every version is kept (PlanVersion).

    content: rules.plan_content.Content.as_json: days with dates, items, settings, owners.
    time_zone: an IANA name; dates are of it. working_days: 0 is Monday. holidays: ISO dates.
    cutover_at: hour and minute of the plan's zone at which a wave's old access ends.
    paused_on: since when; None: it is not. done_at: when the last required item was done.
    """

    name = models.CharField(max_length=120)
    template = models.CharField(max_length=40)
    state = models.CharField(
        max_length=10, choices=PlanState.choices, default=PlanState.RUNNING, db_index=True
    )
    starts_on = models.DateField()
    time_zone = models.CharField(max_length=64)
    working_days = models.JSONField(default=list)
    holidays = models.JSONField(default=list)
    cutover_at = models.TimeField()
    contact = models.CharField(max_length=200)
    content = models.JSONField(encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)
    paused_on = models.DateField(null=True)
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def live(self) -> bool:
        """Neither finished nor cancelled."""
        return self.state in LIVE


class PlanVersion(models.Model):
    """A plan as it was from one change to the next. Key: plan, number. Append-only.

    whole: everything that a lead can change, waves too, as plan_files.whole gives it.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    whole = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField()
    by = models.CharField(max_length=254)
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_key")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Wave(models.Model):
    """Those who are cut over together. cutover_on: the date, in the plan's zone. position: from 1,
    in the order in which waves go."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="waves")
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField()
    cutover_on = models.DateField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering: ClassVar = ["plan", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "name"], name="wave_name_key")
        ]

    def __str__(self) -> str:
        return self.name


class MemberKind(models.TextChoices):
    """account: every IAM user of it, as it stands. workload: one IAM user of a program."""

    PERSON = "person"
    ACCOUNT = "account"
    WORKLOAD = "workload"


class WaveMember(models.Model):
    """Somebody or something in a wave. Key: plan and what is named: nobody is in two waves of one
    plan. user_arn: of a workload's IAM user."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="members")
    kind = models.CharField(max_length=8, choices=MemberKind.choices)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="waves")
    account_id = models.CharField(max_length=12, blank=True)
    user_arn = models.CharField(max_length=700, blank=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "person"], condition=Q(kind="person"), name="wave_person_key"
            ),
            models.UniqueConstraint(
                fields=["plan", "account_id"], condition=Q(kind="account"), name="wave_account_key"
            ),
            models.UniqueConstraint(
                fields=["plan", "user_arn"], condition=Q(kind="workload"), name="wave_workload_key"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.user_arn or self.account_id)


class Tick(models.Model):
    """Somebody said of an item that it is so. subject: '' for the item as a whole. The newest of
    plan, item and subject counts; taken back, it no longer does (ended_at)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="ticks")
    item = models.CharField(max_length=64)
    subject = models.CharField(max_length=760, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    on = models.DateField()
    note = models.TextField()
    link = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=254, blank=True)

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["plan", "item"], name="tick_item")]

    def __str__(self) -> str:
        return f"{self.item} by {self.by}"


class Standing(models.Model):
    """How an item of a plan stands, for one subject of it. Derived, made again by
    passes.planning. Key: plan, item, subject ('' for what stands once).

    subject: 'person:PK', an IAM user's ARN, an account id, a permission set's ARN. name: what
    people call it. verdict: rules.checklist.VERDICTS. gates: [{name, verdict, sentence}]. facts:
    {name, value, source, at}. due: the date. since: of this verdict. stale_after: past it unknown.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="standings")
    item = models.CharField(max_length=64)
    subject = models.CharField(max_length=760, blank=True)
    name = models.CharField(max_length=1024, blank=True)
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=8)
    sentence = models.TextField()
    gates = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    facts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    due = models.DateField()
    since = models.DateTimeField()
    stale_after = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "item", "subject"], name="standing_key")
        ]
        indexes: ClassVar = [models.Index(fields=["plan", "due"], name="standing_due")]

    def __str__(self) -> str:
        return f"{self.item} {self.subject} {self.verdict}".replace("  ", " ")

    def reads(self, now: datetime) -> str:
        """The verdict as of `now`: past its time, nobody knows."""
        stale = self.stale_after is not None and self.stale_after <= now
        return "unknown" if stale else self.verdict

    def late(self, today: date, now: datetime) -> bool:
        """Due before today, and neither done nor waived."""
        return self.due < today and self.reads(now) not in ("done", "waived")


class StandingChange(models.Model):
    """An item began to stand otherwise. before: ''; for the first. Append-only."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="changes")
    item = models.CharField(max_length=64)
    subject = models.CharField(max_length=760, blank=True)
    name = models.CharField(max_length=1024, blank=True)
    before = models.CharField(max_length=8, blank=True)
    verdict = models.CharField(max_length=8)
    sentence = models.TextField()
    at = models.DateTimeField()

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["plan", "-at"], name="standing_change_at")]

    def __str__(self) -> str:
        return f"{self.item} {self.before} to {self.verdict}"
