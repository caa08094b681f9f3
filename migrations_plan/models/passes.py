"""When something derived was last brought up to date, and upon what."""

from django.db import models


class DerivedPass(models.Model):
    """The last pass of one kind. Key: name. stood_on: a digest of the state of what it was made
    from; another digest, or none, means that a pass is due. seconds: what it took."""

    name = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField()
    stood_on = models.CharField(max_length=64, blank=True)
    seconds = models.FloatField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%dT%H:%M:%SZ}"
