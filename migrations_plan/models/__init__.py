"""Decisions as tables."""

from migrations_plan.models.journal import JournalEntry
from migrations_plan.models.people import IamUserLink, Person, PortalUser, Role, SetupLink

__all__ = ["IamUserLink", "JournalEntry", "Person", "PortalUser", "Role", "SetupLink"]
