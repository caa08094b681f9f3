"""What was handed out to end old access, and what was decided about what is off by now."""

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from migrations_plan.models.plans import ForLeadersQuerySet, Plan, Wave


class Handout(models.Model):
    """Scripts made for a wave at one moment: what they were made from, and who may use them.

    users: [{arn, person, person_id, keys: [{id, active}], denied, password, others}], roles:
    [{arn, also_used_by}] as they were then: what the rollback gives back, and what the verification
    looks for. refused: who of the wave is not in it: [{name, subject, sentence}]. scripts: [{name,
    account_id, kind, sha256, wave}]; the texts are made again from users and roles, and give the
    same bytes. production: it touches a production account, so that somebody else than `by` has to
    approve it. started_at: from when on the portal watches what the scripts should have done: when
    somebody said that they ran.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="handouts")
    wave = models.ForeignKey(Wave, models.PROTECT, related_name="handouts")
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    as_of = models.DateTimeField()
    users = models.JSONField(encoder=DjangoJSONEncoder)
    roles = models.JSONField(encoder=DjangoJSONEncoder)
    refused = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    scripts = models.JSONField(encoder=DjangoJSONEncoder)
    production = models.BooleanField()
    approved_by = models.CharField(max_length=254, blank=True)
    approved_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=254, blank=True)
    started_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=254, blank=True)

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=models.F("by")),
                name="handout_second_person",
            )
        ]

    def __str__(self) -> str:
        return f"scripts of {self.at:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def usable(self) -> bool:
        """The scripts may be downloaded."""
        return self.withdrawn_at is None and (not self.production or bool(self.approved_by))


class DisabledFate(models.TextChoices):
    """keep: with an end, after which it is to be decided again."""

    DELETE = "delete"
    KEEP = "keep"
    MOVE = "move"


class DisabledDecision(models.Model):
    """What shall become of a disabled IAM user. The newest of a user counts.

    reason: what its owner says it is still used for, where somebody claimed it. until: the end of
    a keep.
    """

    user_arn = models.CharField(max_length=700, db_index=True)
    fate = models.CharField(max_length=8, choices=DisabledFate.choices)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    reason = models.TextField()
    until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(fate="keep") | Q(until__isnull=False), name="kept_user_ends"
            )
        ]

    def __str__(self) -> str:
        return f"{self.fate} {self.user_arn}"


class BreakGlassReview(models.Model):
    """A lead looked at one use of break-glass. session: UsageSession.key. outcome: what came of it;
    permission_set, action: what was missing and has been added; ''."""

    session = models.CharField(max_length=128, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    outcome = models.TextField()
    permission_set = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=320, blank=True)

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.session} by {self.by}"


class ScimDrill(models.Model):
    """A proof that the directory follows: a test user is added, or removed.

    kind: arrive, leave. user: the e-mail address or user name of the test user. started_at: when it
    was done in the identity provider. seen_at: the read that first showed it here. assignment_gone:
    when a read first showed that the user opens nothing any more. residual_until: the last minute
    that a session from before can live.
    """

    KINDS: ClassVar = (("arrive", "arrive"), ("leave", "leave"))

    plan = models.ForeignKey(Plan, models.CASCADE, null=True, related_name="drills")
    kind = models.CharField(max_length=8, choices=KINDS)
    user = models.CharField(max_length=320)
    by = models.CharField(max_length=254)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    assignment_gone_at = models.DateTimeField(null=True)
    residual_until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.user}"


class WorkloadMove(models.Model):
    """What shall take the place of a program's key. Key: user_arn.

    pattern: rules.patterns. category: CI/CD, monitoring, integration. role_arn: the role that it is
    to use; ''. subject: what the role trusts, as the form's fields (a query string).
    """

    CATEGORIES: ClassVar = (
        ("ci-cd", "CI/CD"),
        ("monitoring", "monitoring"),
        ("integration", "integration"),
    )

    user_arn = models.CharField(max_length=700, unique=True)
    pattern = models.CharField(max_length=24)
    category = models.CharField(max_length=12, choices=CATEGORIES, blank=True)
    role_arn = models.CharField(max_length=700, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    reason = models.TextField()

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_arn} to {self.pattern}"


class ExceptionTerms(models.Model):
    """What binds an IAM user that a lead declared an exception: the declaration says until when.
    Key: user_arn. addresses: CIDR blocks. rotation_days: how old a key may become."""

    user_arn = models.CharField(max_length=700, unique=True)
    owner = models.CharField(max_length=320)
    rotation_days = models.PositiveSmallIntegerField()
    addresses = models.JSONField(default=list)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    reason = models.TextField()

    objects: ClassVar[Any] = ForLeadersQuerySet.as_manager()

    def __str__(self) -> str:
        return f"terms of {self.user_arn}"
