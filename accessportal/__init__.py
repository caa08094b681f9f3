"""Settings, addresses, schedule and the web kit; no business rule."""

from accessportal.celery import app as celery_app

__all__ = ["celery_app"]
