"""Facts with dull defaults, under which every control is met."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from migrations_plan.rules.control_facts import (
    AccountFacts,
    Facts,
    GroupFacts,
    LeaverFacts,
    SetFacts,
    StoreUserFacts,
    Subject,
    TrailFacts,
    UseFacts,
    UserFacts,
)
from migrations_plan.rules.facts import Told

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHOLE = Told("A read", NOW - HOUR, NOW + 5 * HOUR)
REFUSED = Told("A read", NOW - HOUR, None, "AWS refused it.")
NEVER = Told("A read", None, None, "never read")


def account(number=1, **more):
    key = f"{number:012}"
    values = {
        "subject": Subject(key, f"account {number}", "account", key),
        "is_management": number == 1,
        "users": WHOLE,
        "credentials": WHOLE,
        "days": 30,
        **more,
    }
    return AccountFacts(**values)


def user(name="svc", human=False, **more):
    values = {
        "subject": Subject(f"arn:aws:iam::1:user/{name}", name, "iam-user", "7"),
        "account": "account 1",
        "human": human,
        "kind": {True: "human", False: "workload", None: "unknown"}[human],
        "password": False,
        "active_keys": 0,
        "owner": "ana@example.com",
        **more,
    }
    return UserFacts(**values)


def use(name="root", human=True, **more):
    values = {"subject": Subject(name, name), "calls": 3, "last_at": NOW - DAY, **more}
    return UseFacts(human=human, **values)


def store_user(name="ana", **more):
    values = {"subject": Subject(name, name), "enabled": True, "scim": True, **more}
    return StoreUserFacts(**values)


def group(name="developers", **more):
    return GroupFacts(**{"subject": Subject(name, name), "scim": True, **more})


def leaver(name="gone", **more):
    values = {
        "subject": Subject(name, name, "person", "3"),
        "how": "left on 2026-10-01, 52 days ago",
        "enabled": False,
        **more,
    }
    return LeaverFacts(**values)


def permission_set(name="Developer", **more):
    values = {
        "subject": Subject(f"arn:{name}", name, "permission-set", "5"),
        "seconds": 8 * 3600,
        "tags": {"ManagedBy": "Terraform"},
        "created_at": NOW - 400 * DAY,
        "reviewed_at": NOW - 10 * DAY,
        "reviewed_by": "lea@example.com",
        **more,
    }
    return SetFacts(**values)


def trail(name="org", **more):
    values = {
        "subject": Subject(f"arn:{name}", name),
        "account_id": f"{1:012}",
        "organization": True,
        "logging": True,
        "multi_region": True,
        "validated": True,
        "management_events": True,
        **more,
    }
    return TrailFacts(**values)


GOOD = Facts(
    now=NOW,
    window_days=30,
    session_hours=8,
    accounts=(account(1), account(2)),
    organization=WHOLE,
    users=(user(),),
    instance=WHOLE,
    has_instance=True,
    store=WHOLE,
    assignments=WHOLE,
    store_users=(store_user(),),
    groups=(group(),),
    grants=2,
    synced_at=NOW - DAY,
    people=9,
    roster=True,
    leavers=(leaver(),),
    sets_told=WHOLE,
    sets=(permission_set(),),
    trails_told=WHOLE,
    trails=(trail(),),
)


def facts(**changes):
    return replace(GOOD, **changes)
