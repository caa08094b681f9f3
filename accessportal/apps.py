"""The frame: settings, routing, web kit."""

from django.apps import AppConfig
from django.core.checks import register

from accessportal.checks import demo_stays_local


class AccessPortalConfig(AppConfig):
    """Registers what must not start."""

    name = "accessportal"

    def ready(self) -> None:
        """Once, at start."""
        register(demo_stays_local)
