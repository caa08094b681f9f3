"""Asks a portal's own code, over the portal's database, what it forecast of everybody from the days
before they moved; and writes decisions that only people can make. Run as a process of its own:
python -m tests.journeys.forecast_probe link FILE | before | without SET ACTION.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
django.setup()

from django.db.models import Min  # noqa: E402 - after the apps are ready
from django.utils import timezone  # noqa: E402

from inventory.models import ActorDay, IamUser, PermissionSet  # noqa: E402
from migrations_plan.gather import forecast as gather  # noqa: E402
from migrations_plan.gather import old_calls  # noqa: E402
from migrations_plan.models import ForecastLine, IamUserLink, Person  # noqa: E402
from migrations_plan.passes import forecasting  # noqa: E402
from migrations_plan.policy.access import Judge  # noqa: E402
from migrations_plan.policy.forecast import forecast  # noqa: E402
from migrations_plan.policy.serving import Caller  # noqa: E402

BEFORE_ALL = 400


def link(path: str) -> None:
    """Confirms owners as the world knows them: [{email, iam_users}]."""
    known = set(IamUser.objects.values_list("arn", flat=True))
    people = {person.email: person for person in Person.objects.exclude(email="")}
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    IamUserLink.objects.bulk_create(
        IamUserLink(
            iam_user_arn=arn,
            person=people[row["email"]],
            confirmed_by="world",
            confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for row in rows
        for arn in row["iam_users"]
        if row["email"] in people and arn in known
    )


def moves() -> dict[str, Any]:
    """By identity store user, the first day of the new path."""
    rows = ActorDay.objects.filter(actor__path="new").exclude(actor__user_id="").order_by()
    return dict(rows.values_list("actor__user_id").annotate(Min("day")))


def before() -> None:
    """A line for each person, account, set and operation: what was forecast before the move."""
    now = timezone.now()
    days = gather.window(now, BEFORE_ALL)
    subjects, of = gather.subjects(days.first, days.last)
    gathered = gather.gather(now, days, subjects, of, everybody=True)
    judge, moved = Judge(), moves()
    for one in subjects.values():
        if one.user_id not in moved:
            continue
        last = moved[one.user_id] - timedelta(days=1)
        calls = old_calls.calls(of, {one.person_id}, days.first, last).get(one.person_id, [])
        granted = gathered.grants.get(one.user_id, {})
        for account_id in sorted({call.account_id for call in calls}):
            for arn in granted.get(account_id, ()):
                access = gathered.shelf.access(account_id, [arn], unread="")
                lines = forecast(
                    [call for call in calls if call.account_id == account_id],
                    {account_id: access},
                    judge,
                    Caller(one.arns, gathered.trusted),
                )
                for line in lines:
                    put(one.user_id, access.sets[0].name, line)


def put(user_id: str, set_name: str, line: Any) -> None:
    say(
        {
            "user_id": user_id,
            "account_id": line.account_id,
            "permission_set": set_name,
            "event_source": line.event_source,
            "event_name": line.event_name,
            "action": line.action,
            "verdict": line.verdict.value,
            "sentence": line.sentence,
        }
    )


def say(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")


def without(set_name: str, action: str) -> None:
    """Denies one action in a set's inline policy, forecasts again, and says whose forecast of what
    changed; then puts everything back."""
    was = told()
    one = PermissionSet.objects.get(name=set_name)
    kept = one.inline_policy
    deny = {"Effect": "Deny", "Action": action, "Resource": "*"}
    listed = (kept or {}).get("Statement", [])
    policy = {"Version": "2012-10-17", "Statement": [*listed, deny]}
    PermissionSet.objects.filter(pk=one.pk).update(inline_policy=policy)
    forecasting.forecast_due(timezone.now(), everybody=True)
    now = told()
    PermissionSet.objects.filter(pk=one.pk).update(inline_policy=kept)
    forecasting.forecast_due(timezone.now(), everybody=True)
    changed = {key for key in was | now if was.get(key) != now.get(key)}
    say(
        {
            "people": sorted({email for email, _, _ in changed}),
            "actions": sorted({name for _, _, name in changed}),
            "same": told() == was,
        }
    )


def told() -> dict[tuple[str, str, str], list[str]]:
    """By person, account and action, the decisions of its lines."""
    found: dict[tuple[str, str, str], list[str]] = {}
    rows = ForecastLine.objects.live().order_by("decision", "permission_set", "pk")
    for line in rows.select_related("person"):
        key = (line.person.email, line.account_id, line.action)
        found.setdefault(key, []).append(f"{line.decision} {line.permission_set}")
    return found


COMMANDS: dict[str, Callable[..., None]] = {"link": link, "before": before, "without": without}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
