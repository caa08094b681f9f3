"""Facts: what AWS said, and when."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Needs nothing of the decisions that are built on it."""

    name = "inventory"
    verbose_name = "Inventory"
