"""Calls and access with dull defaults, for tests of the forecast."""

import json
from datetime import UTC, datetime

from migrations_plan.policy.access import AccountAccess, Judge, Paper, SetPolicies
from migrations_plan.policy.calls import Call
from migrations_plan.policy.forecast import forecast
from migrations_plan.policy.serving import NOBODY

ACCOUNT = "111111111111"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BUCKET = "arn:aws:s3:::reports"
OBJECT = f"{BUCKET}/2026.csv"
KEY = "arn:aws:kms:eu-central-1:111111111111:key/k-1"


def call(service="s3", name="GetObject", *, resources=(OBJECT,), error="", events=1, **more):
    values = {
        "account_id": ACCOUNT,
        "event_source": f"{service}.amazonaws.com",
        "event_name": name,
        "region": "eu-central-1",
        "error": error,
        "events": events,
        "last_at": AT,
        "resources": tuple((arn, events) for arn in resources),
        **more,
    }
    return Call(**values)


def statement(effect, *actions, resource="*", **more):
    return {"Effect": effect, "Action": list(actions), "Resource": resource, **more}


def allow(*actions, **more):
    return statement("Allow", *actions, **more)


def deny(*actions, **more):
    return statement("Deny", *actions, **more)


def paper(*statements, name="policy"):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return Paper(name, json.dumps(document))


FULL = paper(allow("*"), name="FullAWSAccess")
UNREAD = Paper("team-policy", None, "the account does not show it")


def a_set(*papers, name="Developer", boundary=None):
    return SetPolicies(name, tuple(papers), boundary)


def access(*sets, scps=None, **more):
    return AccountAccess(ACCOUNT, tuple(sets), scps, **more)


def forecast_of(calls, given, caller=NOBODY):
    return forecast(calls, {given.account_id: given}, Judge(), caller)
