"""Rows -> what people called over the old path, as the pure forecast takes it.

Cost: six queries for any number of people, each summed by the database.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import (
    ActorDay,
    DailyUsage,
    IamRole,
    ResourceName,
    UsageActor,
    UsageOperation,
    UsageResource,
)
from migrations_plan.models import IamUserLink
from migrations_plan.policy.calls import Call
from migrations_plan.policy.documents import PolicyError, parse_policy
from migrations_plan.policy.serving import ASSUME_ROLE

# The operation through which a role is entered, as CloudTrail writes it.
ASSUMING = "AssumeRole"
AT_ONCE = 5_000


class Used(NamedTuple):
    """How much somebody used, to tell whether anything is new."""

    events: int
    last_at: datetime


def arns_of_people() -> dict[int, frozenset[str]]:
    """By person, the ARNs of their confirmed IAM users. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, arn in IamUserLink.objects.values_list("person_id", "iam_user_arn"):
        found[person_id].add(arn)
    return {person_id: frozenset(arns) for person_id, arns in found.items()}


def actors(owner: Mapping[str, int]) -> dict[int, int]:
    """By actor, the person. owner: by ARN of the IAM user. One query."""
    linked = IamUserLink.objects.order_by().values("iam_user_arn")
    rows = UsageActor.objects.filter(path=Path.OLD, arn__in=linked).order_by()
    return {pk: owner[arn] for pk, arn in rows.values_list("pk", "arn") if arn in owner}


def used(of: Mapping[int, int], first: date, last: date) -> dict[int, Used]:
    """By person. One query."""
    rows: QuerySet[Any] = ActorDay.objects.filter(day__range=(first, last))
    rows = rows.filter(actor__path=Path.OLD).order_by()
    found: dict[int, Used] = {}
    for actor_id, events, last_at in rows.values_list("actor_id").annotate(
        Sum("events"), Max("last_at")
    ):
        if actor_id in of:
            known = found.get(of[actor_id], Used(0, last_at))
            found[of[actor_id]] = Used(known.events + int(events), max(known.last_at, last_at))
    return found


Row = tuple[int, str, int]


def calls(
    of: Mapping[int, int], wanted: Collection[int] | None, first: date, last: date
) -> dict[int, list[Call]]:
    """By person, of those wanted (None: all). Four queries for each five thousand actors."""
    chosen = {pk for pk, person_id in of.items() if wanted is None or person_id in wanted}
    operations = _operations()
    found: dict[int, list[Call]] = defaultdict(list)
    listed = sorted(chosen)
    for start in range(0, len(listed), AT_ONCE):
        part = listed[start : start + AT_ONCE]
        resources = _resources(part, first, last)
        for (actor_id, account_id, operation_id), counted in _counted(part, first, last).items():
            source, name, region, error = operations[operation_id]
            events, last_at, overflow = counted
            found[of[actor_id]].append(
                Call(
                    account_id, source, name, region, error, events, last_at,
                    tuple(resources.get((actor_id, account_id, operation_id), ())), overflow,
                )
            )  # fmt: skip
    return found


def _operations() -> dict[int, tuple[str, str, str, str]]:
    rows = UsageOperation.objects.values_list("pk", "event_source", "event_name", "region", "error")
    return {pk: (source, name, region, error) for pk, source, name, region, error in rows}


def _counted(
    actor_ids: Collection[int], first: date, last: date
) -> dict[Row, tuple[int, datetime, bool]]:
    rows: QuerySet[Any] = DailyUsage.objects.filter(
        actor_id__in=actor_ids, day__range=(first, last)
    ).order_by()
    keys = ("actor_id", "account_id", "operation_id", "resources_overflow")
    found: dict[Row, tuple[int, datetime, bool]] = {}
    for actor_id, account_id, operation_id, overflow, events, last_at in rows.values_list(
        *keys
    ).annotate(Sum("events"), Max("last_at")):
        row = (actor_id, account_id, operation_id)
        known = found.get(row, (0, last_at, False))
        found[row] = (known[0] + int(events), max(known[1], last_at), known[2] or bool(overflow))
    return found


def _resources(
    actor_ids: Collection[int], first: date, last: date
) -> dict[Row, list[tuple[str, int]]]:
    rows: QuerySet[Any] = UsageResource.objects.filter(
        actor_id__in=actor_ids, day__range=(first, last)
    ).order_by()
    keys = ("actor_id", "account_id", "operation_id", "resource_id")
    sums = list(rows.values_list(*keys).annotate(Sum("events")))
    names = _names({row[3] for row in sums})
    found: dict[Row, list[tuple[str, int]]] = defaultdict(list)
    for actor_id, account_id, operation_id, resource_id, events in sums:
        found[actor_id, account_id, operation_id].append((names[resource_id], int(events)))
    return found


def _names(pks: Collection[int]) -> dict[int, str]:
    """Looked up in portions: the table holds the names of everybody's resources."""
    listed, found = sorted(pks), dict[int, str]()
    for start in range(0, len(listed), AT_ONCE):
        part = listed[start : start + AT_ONCE]
        found |= dict(ResourceName.objects.filter(pk__in=part).values_list("pk", "arn"))
    return found


def trusted_roles(found: Mapping[int, Collection[Call]]) -> frozenset[tuple[str, str]]:
    """(role, account) of roles that people assumed, where the role's trust policy names the account
    of the role itself or another one as a whole, without any condition. One query."""
    arns = {
        arn
        for calls_of in found.values()
        for call in calls_of
        if call.event_name == ASSUMING
        for arn, _ in call.resources
    }
    rows = IamRole.objects.present().filter(arn__in=arns).values_list("arn", "trust_policy")
    return frozenset(
        (arn, account_id) for arn, policy in rows for account_id in _trusts(arn, policy)
    )


def _trusts(arn: str, policy: object) -> set[str]:
    """Accounts to whose own policies a trust policy leaves it who may assume the role."""
    try:
        parsed = parse_policy({**_with_resource(policy)}, name=arn)
    except (PolicyError, TypeError):
        return set()
    accounts: set[str] = set()
    for statement in parsed.statements:
        if not statement.actions.cover(ASSUME_ROLE.lower()):
            continue
        if not statement.allows:
            return set()
        if statement.conditions or statement.principals is None or statement.principals_excepted:
            continue
        accounts |= {one for name in statement.principals if (one := _account(name))}
    return accounts


def _account(principal: str) -> str:
    """The account that a principal names as a whole; '' for anything less."""
    parts = principal.split(":")
    if len(parts) == 6 and parts[5] == "root":
        return parts[4]
    return principal if len(principal) == 12 and principal.isdecimal() else ""


def _with_resource(policy: object) -> dict[str, Any]:
    """A trust policy names no resource: it is the role's own."""
    if not isinstance(policy, dict):
        raise TypeError("a trust policy is an object")
    listed = policy.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    return policy | {
        "Statement": [
            {"Resource": "*", **one} if isinstance(one, dict) else one for one in statements
        ]
    }
