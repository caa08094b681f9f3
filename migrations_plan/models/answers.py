"""What engineers say of themselves: tested, needed, and where their old keys live."""

from typing import Any, ClassVar

from django.db import models

from migrations_plan.models.forecasts import OfPersonQuerySet
from migrations_plan.models.people import Person


class TestConfirmation(models.Model):
    """A person says that their new access works for a day's work. The newest that was not taken
    back counts. note: what they tried, in their words."""

    __test__ = False  # not a test

    person = models.ForeignKey(Person, models.CASCADE, related_name="confirmations")
    by = models.CharField(max_length=254)
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d}"


class AccountNeed(models.Model):
    """A person says whether they need an account. Key: person, account_id."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="account_needs")
    account_id = models.CharField(max_length=12)
    needed = models.BooleanField()
    note = models.TextField(blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "account_id"], name="account_need_key")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {'needed' if self.needed else 'not needed'}"


class KeyPlace(models.TextChoices):
    """Where an access key lives."""

    CREDENTIALS_FILE = "credentials-file"
    DOTFILE = "dotfile"
    VAULT = "vault"
    CI = "ci"
    ELSEWHERE = "elsewhere"
    NOT_KNOWN = "not-known"


class KeyStory(models.Model):
    """What its owner says of an old access key. Key: access_key_id.

    place: where it lives. got_how: how they got it ("over Slack"). removed_on: the day on which
    they removed it there; None: they have not said so.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="key_stories")
    user_arn = models.CharField(max_length=700)
    access_key_id = models.CharField(max_length=128, unique=True)
    place = models.CharField(max_length=16, choices=KeyPlace.choices)
    got_how = models.TextField(blank=True)
    removed_on = models.DateField(null=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    objects: ClassVar[Any] = OfPersonQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.access_key_id} in {self.place}"
