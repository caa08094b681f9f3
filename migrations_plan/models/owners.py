"""Whose an IAM user might be: what the portal suggests, and what leads have said no to."""

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from migrations_plan.models.forecasts import OfPersonQuerySet
from migrations_plan.models.people import Person


class OwnerSuggestion(models.Model):
    """A person who may be the owner of an IAM user that nobody is confirmed for. Derived, made
    again whenever facts or decisions change. Key: iam_user_arn, person.

    reasons: [points, words], the weightiest first; score: their sum. place: 1 for the best of the
    user's suggestions; equal scores share a place. tied: how many share it, itself included.
    """

    iam_user_arn = models.CharField(max_length=700)
    person = models.ForeignKey(Person, models.CASCADE, related_name="suggested_users")
    score = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    tied = models.PositiveSmallIntegerField(default=1)
    reasons = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    made_at = models.DateTimeField()

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["iam_user_arn", "place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["iam_user_arn", "person"], name="owner_suggestion_key")
        ]

    def __str__(self) -> str:
        return f"{self.iam_user_arn} perhaps of {self.person} ({self.score})"


class RejectedOwner(models.Model):
    """A lead said that an IAM user is not this person's; it is not suggested again. Key:
    iam_user_arn, person."""

    iam_user_arn = models.CharField(max_length=700)
    person = models.ForeignKey(Person, models.CASCADE, related_name="rejected_users")
    rejected_by = models.CharField(max_length=254)
    rejected_at = models.DateTimeField()
    reason = models.TextField()

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["iam_user_arn", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["iam_user_arn", "person"], name="rejected_owner_key")
        ]

    def __str__(self) -> str:
        return f"{self.iam_user_arn} is not of {self.person}"
