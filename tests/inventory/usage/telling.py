"""CloudTrail records in AWS's shape, objects of them, and what was counted of them."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta

from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.reasons import Unreadable
from inventory.models import (
    ActorDay,
    DailyUsage,
    DaySums,
    PathDay,
    SeenShard,
    TrailObject,
    UsageActor,
    UsageCorrection,
    UsageCoverage,
    UsageOrigin,
    UsageResource,
    UsageSession,
)
from inventory.usage import dimensions, sessions
from inventory.usage.account_days import accounts_read
from inventory.usage.counting import count_objects
from inventory.usage.day_sums import path_sums
from inventory.usage.tables import HOURS
from tests.builders import number

HERE, THERE, ELSEWHERE = "111111111111", "222222222222", "333333333333"
DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
STORE = f"arn:aws:identitystore::{HERE}:identitystore/d-1234567890"
ADMIN_ROLE = (
    "arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_"
    "0123456789abcdef"
)


def at(hour=9, minute=0, second=0, *, day=DAY):
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}:{second:02d}Z"


def event_id():
    return f"00000000-0000-4000-8000-{number():012x}"


def event(identity, time=None, **more):
    """One record. Parts of it are replaced by keyword, with CloudTrail's names."""
    record = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": time or at(),
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.15.0 Python/3.11.6",
        "eventID": event_id(),
        "eventType": "AwsApiCall",
        "recipientAccountId": HERE,
    }
    return record | more


def iam_user(name="ana", *, account=HERE, key=None):
    return {
        "type": "IAMUser",
        "principalId": f"AIDA{name.upper():X<17}",
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": key or f"AKIA{name.upper():X<16}",
        "userName": name,
    }


def role_session(key, *, role="deploy", account=HERE, session="s", started=None, **more):
    arn = f"arn:aws:iam::{account}:role/{role}"
    return {
        "type": "AssumedRole",
        "principalId": f"AROA{role.upper():X<17}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": f"AROA{role.upper():X<17}",
                "arn": arn,
                "accountId": account,
                "userName": role,
            },
            "attributes": {"creationDate": started or at(8), "mfaAuthenticated": "false"},
        },
        **more,
    }


def permission_set_session(key, who="ana@example.com", *, account=HERE, user_id=None):
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    identity = role_session(key, role=name, account=account, session=who)
    identity["sessionContext"]["sessionIssuer"]["arn"] = ADMIN_ROLE.format(account=account)
    if user_id:
        identity["onBehalfOf"] = {"userId": user_id, "identityStoreArn": STORE}
    return identity


def assume_role(caller, issued, time=None, *, role="deploy", account=HERE, **more):
    """The event that hands out the session `issued` of a role."""
    arn = f"arn:aws:iam::{account}:role/{role}"
    return event(
        caller,
        time or at(8),
        eventSource="sts.amazonaws.com",
        eventName="AssumeRole",
        requestParameters={"roleArn": arn, "roleSessionName": "s"},
        responseElements={
            "credentials": {"accessKeyId": issued, "expiration": "Mar 10, 2026, 10:00:00 AM"},
            "assumedRoleUser": {
                "assumedRoleId": f"AROA{role.upper():X<17}:s",
                "arn": f"arn:aws:sts::{account}:assumed-role/{role}/s",
            },
        },
        **more,
    )


def from_another_account(user):
    """How the account that is called records the same caller."""
    return {
        "type": "AWSAccount",
        "principalId": user["principalId"],
        "accountId": user["accountId"],
    }


def waiting(*, owner="w", day=DAY, account=HERE, region="eu-west-1"):
    """A claimed object of the work list."""
    n = number()
    name = f"{account}_CloudTrail_{region}_{day:%Y%m%d}T0905Z_{n:016d}.json.gz"
    return TrailObject.objects.create(
        key=f"{n:032x}",
        uri=f"file:///logs/{name}",
        name=name,
        source="file",
        account_id=account,
        region=region,
        day=day,
        owner=owner,
        found_at=NOW,
    )


def packed(document):
    return gzip.compress(json.dumps(document).encode(), mtime=0)


def read(records):
    """What reading an object of these records gives."""
    try:
        return decode(
            packed({"Records": records}) if isinstance(records, list) else records,
            name="x.json.gz",
        )
    except Unreadable as problem:
        return problem


def count(*contents, now=NOW, **more):
    """Counts objects, one batch; each is a list of records or bytes."""
    return count_objects([(waiting(**more), read(one)) for one in contents], now=now)


COUNTED = (
    DailyUsage,
    UsageResource,
    ActorDay,
    PathDay,
    UsageOrigin,
    UsageCoverage,
    UsageCorrection,
    UsageSession,
    DaySums,
    SeenShard,
    TrailObject,
)
ACTOR = ("path", "kind", "arn", "user_name", "credential", "permission_set", "role_arn")
OPERATION = ("event_source", "event_name", "region", "error")
SPAN = ("events", "direct_events", "first_at", "last_at")


def columns(prefix, names):
    return [f"{prefix}__{name}" for name in names]


def summed():
    """What the sums of days say, and what they would say if they were made now."""
    found, fresh = {}, {}
    for one in DaySums.objects.all():
        read = [row for _, row in accounts_read([one.day], today=days_later(500))]
        found[one.day] = sorted(map(list, one.paths)), _read(one.coverage)
        fresh[one.day] = sorted(row for _, *row in path_sums([one.day])), _read(read)
    return found, fresh


def _read(rows):
    """Databases differ in the order of accounts."""
    return sorted((*flags, sorted(account_ids.split())) for *flags, account_ids in rows)


def everything():
    """All that was counted, without ids, in one order."""
    actor = [*columns("actor", ACTOR), "actor__session_key", "actor__principal_id"]
    operation = columns("operation", OPERATION)
    tables = {
        "usage": (DailyUsage, [*actor, *operation, "day", "account_id", "provisional", *SPAN,
                               "resources_overflow"]),
        "resources": (UsageResource, [*actor, *operation, "day", "account_id", "resource__arn",
                                      "events"]),
        "days": (ActorDay, [*actor, "day", "account_id", "provisional", *SPAN, "errors",
                            "failed_signins", "succeeded_at", *HOURS]),
        "paths": (PathDay, ["day", "account_id", "path", "events", "direct_events"]),
        "origins": (UsageOrigin, [*actor, "day", "network", "agent_family", "agent_version",
                                  *SPAN]),
        "coverage": (UsageCoverage, ["account_id", "region", "day", "objects_read", "quarantined",
                                     "events", "first_at", "last_at"]),
        "sessions": (UsageSession, ["key", "kind", "started_at", "account_id", "issued",
                                    "permission_set", "role_arn", "network", *actor]),
    }  # fmt: skip
    return {
        name: sorted(map(repr, model._default_manager.values_list(*wanted)))
        for name, (model, wanted) in tables.items()
    }


def totals():
    """Events of each (day, account, path)."""
    return {
        (f"{day}", account, path): events
        for day, account, path, events in PathDay.objects.values_list(
            "day", "account_id", "path", "events"
        )
    }


def days_later(days):
    return DAY + timedelta(days=days)


def nothing_counted():
    """An empty database again, and nothing remembered of the rows that were."""
    for model in COUNTED:
        model._default_manager.all().delete()
    UsageActor.objects.update(resolved_to=None)
    UsageActor.objects.all().delete()
    dimensions.forget()
    sessions.forget()
