"""Decisions: who is whose, what is ready, what is next."""

from importlib import import_module

from django.apps import AppConfig

from inventory.after import follow, settle_by

# In the order in which one stands on another.
DERIVED = (
    "classifying",
    "findings",
    "forecasting",
    "suggesting",
    "assessing",
    "controlling",
    "planning",
)


class MigrationsPlanConfig(AppConfig):
    """Stands on the facts of inventory."""

    name = "migrations_plan"
    verbose_name = "Migration plan"

    def ready(self) -> None:
        """People follow the identity store and the roster; what is derived follows everything."""
        # By name, because models may not be imported before the apps are ready.
        follow(import_module("migrations_plan.people").follow_facts)
        for name in DERIVED:
            settle_by(import_module(f"migrations_plan.passes.{name}").settle)
