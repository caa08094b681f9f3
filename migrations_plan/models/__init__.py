"""Decisions as tables."""

from migrations_plan.models.alerts import Finding, FindingPass, FindingVerdict
from migrations_plan.models.classes import IdentityClass, IdentityKind
from migrations_plan.models.controls import ControlDay, ControlPass
from migrations_plan.models.credentials import RankedCredential
from migrations_plan.models.forecasts import (
    Against,
    ForecastDecision,
    ForecastHindsight,
    ForecastLine,
    ForecastSummary,
    ForecastVerdict,
    MappingFigures,
)
from migrations_plan.models.journal import JournalEntry
from migrations_plan.models.people import IamUserLink, Person, PortalUser, Role, SetupLink
from migrations_plan.models.requests import AccessRequest, RequestState
from migrations_plan.models.scenarios import Scenario
from migrations_plan.models.settings import ThresholdSettings, thresholds
from migrations_plan.models.sign_in import SignInAttempt
from migrations_plan.models.targets import TargetAccess

__all__ = [
    "AccessRequest",
    "Against",
    "ControlDay",
    "ControlPass",
    "Finding",
    "FindingPass",
    "FindingVerdict",
    "ForecastDecision",
    "ForecastHindsight",
    "ForecastLine",
    "ForecastSummary",
    "ForecastVerdict",
    "IamUserLink",
    "IdentityClass",
    "IdentityKind",
    "JournalEntry",
    "MappingFigures",
    "Person",
    "PortalUser",
    "RankedCredential",
    "RequestState",
    "Role",
    "Scenario",
    "SetupLink",
    "SignInAttempt",
    "TargetAccess",
    "ThresholdSettings",
    "thresholds",
]
