"""Decisions as tables."""

from migrations_plan.models.alerts import Finding, FindingPass, FindingVerdict
from migrations_plan.models.assessments import (
    Assessment,
    AssessPass,
    PersonState,
    ProgressDay,
    StateChange,
    Waiver,
)
from migrations_plan.models.classes import DECLARABLE, Declaration, IdentityClass, IdentityKind
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
from migrations_plan.models.owners import OwnerSuggestion, RejectedOwner
from migrations_plan.models.passes import DerivedPass
from migrations_plan.models.people import IamUserLink, Person, PortalUser, Role, SetupLink
from migrations_plan.models.requests import AccessRequest, RequestState
from migrations_plan.models.scenarios import Scenario
from migrations_plan.models.settings import ThresholdSettings, thresholds
from migrations_plan.models.sign_in import SignInAttempt
from migrations_plan.models.targets import SuggestedTarget, TargetAccess

__all__ = [
    "DECLARABLE",
    "AccessRequest",
    "Against",
    "AssessPass",
    "Assessment",
    "ControlDay",
    "ControlPass",
    "Declaration",
    "DerivedPass",
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
    "OwnerSuggestion",
    "Person",
    "PersonState",
    "PortalUser",
    "ProgressDay",
    "RankedCredential",
    "RejectedOwner",
    "RequestState",
    "Role",
    "Scenario",
    "SetupLink",
    "SignInAttempt",
    "StateChange",
    "SuggestedTarget",
    "TargetAccess",
    "ThresholdSettings",
    "Waiver",
    "thresholds",
]
