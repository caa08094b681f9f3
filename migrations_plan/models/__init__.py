"""Decisions as tables."""

from migrations_plan.models.alerts import Finding, FindingPass, FindingVerdict
from migrations_plan.models.credentials import RankedCredential
from migrations_plan.models.journal import JournalEntry
from migrations_plan.models.people import IamUserLink, Person, PortalUser, Role, SetupLink
from migrations_plan.models.sign_in import SignInAttempt

__all__ = [
    "Finding",
    "FindingPass",
    "FindingVerdict",
    "IamUserLink",
    "JournalEntry",
    "Person",
    "PortalUser",
    "RankedCredential",
    "Role",
    "SetupLink",
    "SignInAttempt",
]
