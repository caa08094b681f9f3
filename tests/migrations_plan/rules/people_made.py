"""Facts of a person who is ready, for rules; each test makes one of them worse."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from migrations_plan.rules.facts import Told
from migrations_plan.rules.person_facts import (
    AccessFact,
    ClassFact,
    ForecastFact,
    IdentityFact,
    LogFact,
    Need,
    OldUser,
    PersonFacts,
    ToolUse,
    UsageFact,
)
from migrations_plan.rules.thresholds import Thresholds

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMITS = Thresholds()
YESTERDAY = date(2026, 11, 21)
FRESH = Told("Identity store", NOW - timedelta(hours=1), NOW + timedelta(hours=5))
DENIED = Told("Identity store", NOW - timedelta(days=2), None, "AWS refused it")
NEVER = Told("Identity store", None, None, "never read")
ARN = "arn:aws:iam::111111111111:user/ana"
DEV, PROD = "111111111111", "222222222222"


def ago(days, **more):
    return NOW - timedelta(days=days, **more)


def kind(word="human", *, subject=ARN, told=FRESH, declared=False):
    return ClassFact(subject=subject, kind=word, told=told, declared=declared)


def old_user(**more):
    values = {
        "arn": ARN,
        "name": "ana",
        "account_id": DEV,
        "account": "dev",
        "present": True,
        "confirmed_by": "lead@example.com",
        "confirmed_at": ago(20),
        "told": FRESH,
        "open": 1,
        "open_told": FRESH,
        "classes": (kind(),),
        "used_at": ago(5),
        "used_by": "CloudTrail",
    }
    return OldUser(**{**values, **more})


def identity(**more):
    values = {"exists": True, "enabled": True, "email": "ana@example.com", "told": FRESH}
    return IdentityFact(**{**values, **more})


def access(**more):
    values = {
        "needs": (Need(DEV, "dev"), Need(PROD, "prod", "ReadOnly")),
        "granted": frozenset({(DEV, "Developer"), (PROD, "ReadOnly")}),
        "has_target": True,
        "told": FRESH,
    }
    return AccessFact(**{**values, **more})


def logs(read_days=30, **more):
    values = {"last_day": YESTERDAY, "read_days": read_days}
    if read_days is not None and read_days < LIMITS.window_days:
        values |= {"gap": YESTERDAY - timedelta(days=read_days), "gap_account": "dev"}
    return LogFact(**{**values, **more})


def tool(family="aws-cli-v2", version="2.15.30", at=None):
    return ToolUse(family, version, at or ago(1))


def usage(**more):
    values = {
        "used_at": ago(5),
        "used_by": "CloudTrail",
        "old_events": 40,
        "old_cli": True,
        "signed_in_at": ago(9),
        "signed_in_how": "sign-in to the access portal",
        "console_at": ago(9),
        "cli_at": ago(8),
        "tools": (tool(),),
    }
    return UsageFact(**{**values, **more})


def forecast(**more):
    values = {
        "calls": 12,
        "denied": 0,
        "unknown": 0,
        "denied_events": 0,
        "worst": "s3:PutObject",
        "why": "",
        "made_at": ago(0, hours=2),
        "until": NOW + timedelta(hours=20),
    }
    return ForecastFact(**{**values, **more})


def person(**more):
    values = {
        "name": "Ana",
        "identity": identity(),
        "access": access(),
        "logs": logs(),
        "usage": usage(),
        "forecast": forecast(),
        "users": (old_user(),),
    }
    return PersonFacts(**{**values, **more})


def but(facts, **more):
    return replace(facts, **more)
