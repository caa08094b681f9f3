"""What each person is meant to open through Identity Center."""

from typing import Any, ClassVar

from django.db import models

from migrations_plan.models.forecasts import OfPersonQuerySet
from migrations_plan.models.people import Person


class TargetAccess(models.Model):
    """A lead confirmed that a person shall have a permission set in an account. By name, because
    it may not exist yet. Key: person, account_id, permission_set."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="targets")
    account_id = models.CharField(max_length=12)
    permission_set = models.CharField(max_length=64)
    confirmed_by = models.CharField(max_length=254)
    confirmed_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["account_id", "permission_set"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "account_id", "permission_set"], name="target_access_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.permission_set} in {self.account_id}"


class SuggestedTarget(models.Model):
    """A permission set that would allow the calls which a person made in an account over the old
    path. Derived, made again whenever facts change. Key: person, account_id, permission_set.

    calls: distinct (action, resource) that were used there; covered: of these, what this set
    allows; together: what all sets suggested for this account allow; unknown: what could not be
    judged. sentence: why this set, and what it lacks. administrator: it allows everything.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="suggested_targets")
    account_id = models.CharField(max_length=12)
    permission_set = models.CharField(max_length=64)
    calls = models.PositiveIntegerField(default=0)
    covered = models.PositiveIntegerField(default=0)
    together = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    administrator = models.BooleanField(default=False)
    sentence = models.TextField(blank=True)
    made_at = models.DateTimeField()

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["account_id", "permission_set"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "account_id", "permission_set"], name="suggested_target_key"
            )
        ]

    def __str__(self) -> str:
        return f"perhaps {self.permission_set} in {self.account_id}"
