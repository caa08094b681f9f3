"""Decisions: who is whose, what is ready, what is next."""

from importlib import import_module

from django.apps import AppConfig

from inventory.after import follow, settle_by


class MigrationsPlanConfig(AppConfig):
    """Stands on the facts of inventory."""

    name = "migrations_plan"
    verbose_name = "Migration plan"

    def ready(self) -> None:
        """People follow the identity store and the roster; findings and forecasts follow
        everything."""
        # By name, because models may not be imported before the apps are ready.
        follow(import_module("migrations_plan.people").follow_facts)
        settle_by(import_module("migrations_plan.findings").settle)
        settle_by(import_module("migrations_plan.forecasting").settle)
        # Last: controls are judged by what the others have brought up to date.
        settle_by(import_module("migrations_plan.controlling").settle)
