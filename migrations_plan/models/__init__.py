"""Decisions as tables."""

from migrations_plan.models.alerts import Finding, FindingPass, FindingVerdict
from migrations_plan.models.answers import AccountNeed, KeyPlace, KeyStory, TestConfirmation
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
from migrations_plan.models.cutovers import (
    BreakGlassReview,
    DisabledDecision,
    DisabledFate,
    ExceptionTerms,
    Handout,
    ScimDrill,
    WorkloadMove,
)
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
from migrations_plan.models.messages import Message, MessageChannel, MessageState
from migrations_plan.models.owners import OwnerSuggestion, RejectedOwner
from migrations_plan.models.passes import DerivedPass
from migrations_plan.models.people import IamUserLink, Person, PortalUser, Role, SetupLink
from migrations_plan.models.plans import (
    LIVE,
    MemberKind,
    Plan,
    PlanState,
    PlanVersion,
    Standing,
    StandingChange,
    Tick,
    Wave,
    WaveMember,
)
from migrations_plan.models.requests import AccessRequest, RequestState
from migrations_plan.models.scenarios import Scenario
from migrations_plan.models.settings import ThresholdSettings, thresholds
from migrations_plan.models.sign_in import SignInAttempt
from migrations_plan.models.targets import SuggestedTarget, TargetAccess

__all__ = [
    "DECLARABLE",
    "LIVE",
    "AccessRequest",
    "AccountNeed",
    "Against",
    "AssessPass",
    "Assessment",
    "BreakGlassReview",
    "ControlDay",
    "ControlPass",
    "Declaration",
    "DerivedPass",
    "DisabledDecision",
    "DisabledFate",
    "ExceptionTerms",
    "Finding",
    "FindingPass",
    "FindingVerdict",
    "ForecastDecision",
    "ForecastHindsight",
    "ForecastLine",
    "ForecastSummary",
    "ForecastVerdict",
    "Handout",
    "IamUserLink",
    "IdentityClass",
    "IdentityKind",
    "JournalEntry",
    "KeyPlace",
    "KeyStory",
    "MappingFigures",
    "MemberKind",
    "Message",
    "MessageChannel",
    "MessageState",
    "OwnerSuggestion",
    "Person",
    "PersonState",
    "Plan",
    "PlanState",
    "PlanVersion",
    "PortalUser",
    "ProgressDay",
    "RankedCredential",
    "RejectedOwner",
    "RequestState",
    "Role",
    "Scenario",
    "ScimDrill",
    "SetupLink",
    "SignInAttempt",
    "Standing",
    "StandingChange",
    "StateChange",
    "SuggestedTarget",
    "TargetAccess",
    "TestConfirmation",
    "ThresholdSettings",
    "Tick",
    "Waiver",
    "Wave",
    "WaveMember",
    "WorkloadMove",
    "thresholds",
]
