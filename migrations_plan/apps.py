"""Decisions: who is whose, what is ready, what is next."""

from django.apps import AppConfig


class MigrationsPlanConfig(AppConfig):
    """Stands on the facts of inventory."""

    name = "migrations_plan"
    verbose_name = "Migration plan"
