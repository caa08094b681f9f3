"""Facts with dull defaults, for rules: a fresh, active, young, used key of nobody's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from migrations_plan.rules.facts import (
    ACCESS_KEY,
    AccountFacts,
    CredentialFacts,
    Limits,
    Owner,
    RootFacts,
    Told,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMITS = Limits()
FRESH = Told("Access keys", NOW - timedelta(hours=1), NOW + timedelta(hours=5))
DENIED = replace(FRESH, until=None, why="AWS refused it")
NEVER = Told("Access keys", None, None, "never read")


def ago(days, **more):
    return NOW - timedelta(days=days, **more)


def credential(**more):
    values = {
        "kind": ACCESS_KEY,
        "subject": "AKIA1",
        "name": "AKIA1",
        "account_id": "123456789012",
        "user_name": "ana",
        "user_arn": "arn:aws:iam::123456789012:user/ana",
        "told": FRESH,
        "active": True,
        "created_at": ago(10),
        "used_at": ago(1),
        "used_told": FRESH,
        "mfa": True,
        "mfa_told": FRESH,
        "admin": False,
        "environment": "dev",
    }
    return CredentialFacts(**{**values, **more})


def owner(left=True, how="left on 2025-01-31, 660 days ago", told=FRESH):
    return Owner("ana@example.com", left, how, told)


def root(**more):
    values = {
        "subject": "arn:aws:iam::123456789012:root",
        "account_id": "123456789012",
        "told": FRESH,
        "has_key": False,
        "has_mfa": True,
        "has_password": True,
        "used_at": None,
        "used_by": "AWS",
        "used_told": FRESH,
    }
    return RootFacts(**{**values, **more})


def account(*reads, users=3, users_unread=0):
    return AccountFacts(
        subject="123456789012",
        account_id="123456789012",
        reads=reads or (FRESH,) * 9,
        users=users,
        users_unread=users_unread,
    )
