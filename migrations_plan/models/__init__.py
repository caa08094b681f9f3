"""Decisions as tables."""

from migrations_plan.models.journal import JournalEntry
from migrations_plan.models.people import IamUserLink, Person, PortalUser, Role, SetupLink
from migrations_plan.models.sign_in import SignInAttempt

__all__ = [
    "IamUserLink",
    "JournalEntry",
    "Person",
    "PortalUser",
    "Role",
    "SetupLink",
    "SignInAttempt",
]
