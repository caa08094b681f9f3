"""Facts: what AWS said, and when."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register

from inventory.after import settle_by
from inventory.checks import calls_fit_their_lease


class InventoryConfig(AppConfig):
    """Needs nothing of the decisions that are built on it."""

    name = "inventory"
    verbose_name = "Inventory"

    def ready(self) -> None:
        """Once, at start: registers what must not start, and what is done when work is over."""
        register(calls_fit_their_lease)
        # By name, because models may not be imported before the apps are ready.
        settle_by(import_module("inventory.usage.actor_sums").settle)
