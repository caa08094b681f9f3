"""Facts: what AWS said, and when."""

from django.apps import AppConfig
from django.core.checks import register

from inventory.checks import calls_fit_their_lease


class InventoryConfig(AppConfig):
    """Needs nothing of the decisions that are built on it."""

    name = "inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        """Once, at start: registers what must not start."""
        register(calls_fit_their_lease)
