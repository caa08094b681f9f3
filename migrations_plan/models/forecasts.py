"""What people's calls over the old path would meet over the new one. Derived, made by
migrations_plan.passes.forecasting alone; what people ask because of it stands in requests.py."""

from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from inventory.visibility import Viewer, sees_everything
from migrations_plan.models.people import Person


class OfPersonQuerySet(models.QuerySet[Any]):
    """Selections of what is derived, or decided, about people."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Leads and auditors see everybody's; others their own."""
        if sees_everything(viewer):
            return self.all()
        return self.filter(person_id=getattr(viewer, "person_id", None) or 0)


class ForecastSummary(models.Model):
    """One person's forecast. Derived, made again whenever what it stands on changes. Key: person.

    calls: distinct (account, action, resource, region) over the old path since `since`; each is
    one of allowed, denied, unknown. events: how often in all; denied_events, unknown_events: of
    these. why: one clause that says what was not read of what it stands on; '' when all was read.
    worst: {account_id, action, decision, events, last_at, sentence}, the heaviest first.
    stale_after: past it nothing of this row is certain. basis: a digest of what it was made from.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="forecast")
    since = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    allowed = models.PositiveIntegerField(default=0)
    denied = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    denied_events = models.BigIntegerField(default=0)
    unknown_events = models.BigIntegerField(default=0)
    worst = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    why = models.TextField(blank=True)
    made_at = models.DateTimeField()
    stale_after = models.DateTimeField(null=True)
    basis = models.CharField(max_length=64, blank=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.denied} denied, {self.unknown} unknown of {self.calls}"


class Against(models.TextChoices):
    """Which access a forecast is held against."""

    LIVE = "live", "what is assigned now"
    TARGET = "target", "the confirmed target"


class ForecastDecision(models.TextChoices):
    """not needed: it belongs to the old path and ends with it."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not-needed", "not needed"


class ForecastQuerySet(OfPersonQuerySet):
    """Selections of lines."""

    def live(self) -> Self:
        """Held against what is assigned now."""
        return self.filter(against=Against.LIVE)

    def weighing(self) -> Self:
        """What counts: allowed over the old path, and needed after it."""
        return self.filter(refused_before=False).exclude(decision=ForecastDecision.NOT_NEEDED)


class ForecastLine(models.Model):
    """One action of one person in one account and region, on all resources that meet the same
    decision. Key: person, against, digest (of everything else).

    service: the action's prefix. resources: some ARNs; resource_count: how many ('*' is one; 0: not
    recorded). changes: {place, permission_set, sentence, statement}, all of them together the least
    that would allow a denied one; statement null where a Deny must go instead.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="forecast_lines")
    against = models.CharField(max_length=6, choices=Against.choices, default=Against.LIVE)
    digest = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12)
    service = models.CharField(max_length=64)
    action = models.CharField(max_length=320)
    event_source = models.CharField(max_length=256)
    event_name = models.CharField(max_length=256)
    region = models.CharField(max_length=64, blank=True)
    decision = models.CharField(max_length=10, choices=ForecastDecision.choices)
    refused_before = models.BooleanField(default=False)
    sentence = models.TextField()
    permission_set = models.CharField(max_length=64, blank=True)
    policy = models.CharField(max_length=256, blank=True)
    statement = models.TextField(blank=True)
    explicit = models.BooleanField(default=False)
    resources = models.JSONField(default=list)
    resource_count = models.PositiveIntegerField(default=0)
    events = models.BigIntegerField()
    last_at = models.DateTimeField()
    changes = models.JSONField(default=list)

    objects: ClassVar[Any] = ForecastQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "against", "digest"], name="forecast_line_key"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["against", "decision", "refused_before", "-events"],
                name="forecast_line_listed",
            ),
            models.Index(fields=["permission_set"], name="forecast_line_set"),
        ]

    def __str__(self) -> str:
        return f"{self.action} in {self.account_id}: {self.decision}"


class ForecastVerdict(models.Model):
    """What was forecast of one action of a person in an account, and since when: the history that
    the new path's refusals are held against. One open row (until None) for each that is forecast
    now. decision: the worst of its lines, whether or not AWS refused it before; permission_sets:
    those of which one allows it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="forecast_verdicts")
    account_id = models.CharField(max_length=12)
    action = models.CharField(max_length=320)
    decision = models.CharField(max_length=10, choices=ForecastDecision.choices)
    permission_sets = models.JSONField(default=list)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "account_id", "action"],
                condition=models.Q(until=None),
                name="forecast_verdict_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} in {self.account_id}: {self.decision}"


class MappingFigures(models.Model):
    """How much of the window's calls maps to IAM actions. One row. unmapped: [event source, event
    name, events], the most called first."""

    since = models.DateField()
    made_at = models.DateTimeField()
    events = models.BigIntegerField(default=0)
    mapped_events = models.BigIntegerField(default=0)
    operations = models.PositiveIntegerField(default=0)
    mapped_operations = models.PositiveIntegerField(default=0)
    unmapped = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.mapped_operations} of {self.operations} operations"


class ForecastHindsight(models.Model):
    """What people really met over the new path, against what was forecast before. One row.

    Counted are distinct (person, account, action) tried over the new path by people with a
    forecast. hits: forecast denied, and refused; false_alarms: forecast denied, and passed; passed:
    forecast allowed, and passed; misses: forecast allowed, and refused; other_set: refused under a
    set other than the one that allows it; undecided: forecast unknown; unforeseen: refused, and
    never called over the old path. afterwards: of all these, how many were tried before the first
    forecast was made. rows: of misses, false alarms and the like, the most refused first.
    """

    since = models.DateField()
    made_at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0)
    hits = models.PositiveIntegerField(default=0)
    false_alarms = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)
    misses = models.PositiveIntegerField(default=0)
    other_set = models.PositiveIntegerField(default=0)
    undecided = models.PositiveIntegerField(default=0)
    unforeseen = models.PositiveIntegerField(default=0)
    afterwards = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return f"{self.misses} misses"

    @property
    def precision(self) -> int | None:
        """Of what was forecast denied and tried, how much was refused, in percent."""
        tried = self.hits + self.false_alarms
        return round(100 * self.hits / tried) if tried else None

    @property
    def kept(self) -> int | None:
        """Of what was forecast allowed and tried, how much passed, in percent, rounded down."""
        tried = self.passed + self.misses
        return 100 * self.passed // tried if tried else None
