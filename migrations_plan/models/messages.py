"""Messages to people: an outbox that sends each once, and says so when it cannot know."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from migrations_plan.models.forecasts import OfPersonQuerySet
from migrations_plan.models.people import Person
from migrations_plan.models.plans import Plan, Wave


class MessageState(models.TextChoices):
    """doubtful: it may have arrived: the connection was lost after it was handed over, or the
    sender was killed while at it. A lead decides; it is never sent again by itself. copied: a lead
    sent it by hand. withdrawn: it will not be sent."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DOUBTFUL = "doubtful"
    FAILED = "failed"
    COPIED = "copied"
    WITHDRAWN = "withdrawn"


class MessageChannel(models.TextChoices):
    """How it goes out."""

    EMAIL = "email"
    SLACK = "slack"
    HAND = "hand"


class Message(models.Model):
    """One message to one person. Key: plan, person, stage and round: queued once.

    stage: artefacts.messages: announcement, test, today, done, stuck. round: 1, and one more each
    time that a lead sends the same stage again. body: as it was queued, headers aside. not_before:
    when a failed attempt is tried again. owner, lease_until: the worker that has it.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="messages")
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, related_name="messages")
    person = models.ForeignKey(Person, models.CASCADE, related_name="messages")
    stage = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField(default=1)
    channel = models.CharField(max_length=8, choices=MessageChannel.choices)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.QUEUED
    )
    queued_by = models.CharField(max_length=254)
    queued_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    decided_by = models.CharField(max_length=254, blank=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-queued_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "person", "stage", "round"], name="message_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["not_before"],
                condition=Q(state__in=("queued", "sending")),
                name="message_waiting",
            ),
            models.Index(fields=["plan", "stage"], name="message_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} to {self.to}: {self.state}"
