"""Attempts to sign in, so that guessing can be slowed down across processes."""

from typing import ClassVar

from django.db import models


class SignInAttempt(models.Model):
    """One attempt that has not succeeded. subject: keyed hash of an account name or a network;
    what was typed is not kept, because it may be a password."""

    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "at"], name="sign_in_attempt_recent")]

    def __str__(self) -> str:
        return f"{self.subject[:8]} {self.at:%Y-%m-%d %H:%M}"
