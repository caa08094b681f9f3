"""Thresholds as leads set them."""

from django.db import models

from migrations_plan.rules.thresholds import Thresholds

ONLY = 1


class ThresholdSettings(models.Model):
    """One row at most; none: the defaults of rules.thresholds. The journal holds who changed it."""

    quiet_days = models.PositiveSmallIntegerField(default=Thresholds.quiet_days)
    window_days = models.PositiveSmallIntegerField(default=Thresholds.window_days)
    session_hours = models.PositiveSmallIntegerField(default=Thresholds.session_hours)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=254, blank=True)

    def __str__(self) -> str:
        return f"{self.quiet_days} quiet days"


def thresholds() -> Thresholds:
    """Those in force. One query."""
    row = ThresholdSettings.objects.filter(pk=ONLY).first()
    if row is None:
        return Thresholds()
    return Thresholds(
        quiet_days=row.quiet_days, window_days=row.window_days, session_hours=row.session_hours
    )
