"""What people ask for because the forecast says that it would fail."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from migrations_plan.models.forecasts import OfPersonQuerySet
from migrations_plan.models.people import Person


class RequestState(models.TextChoices):
    """granted: a lead decided to give it; whether it is given, the next forecast says."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class AccessRequest(models.Model):
    """A person asks for an action in an account. resource: an ARN, '*', or '' for not known."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="access_requests")
    account_id = models.CharField(max_length=12)
    action = models.CharField(max_length=320)
    resource = models.CharField(max_length=2048, blank=True)
    reason = models.TextField()
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.OPEN)
    asked_by = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=254, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "account_id", "action"],
                condition=models.Q(state="open"),
                name="access_request_one_open",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-asked_at"], name="access_request_listed")
        ]

    def __str__(self) -> str:
        return f"{self.action} in {self.account_id}"

    def since(self) -> datetime:
        """When it last changed."""
        return self.decided_at or self.asked_at
