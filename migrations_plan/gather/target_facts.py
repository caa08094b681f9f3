"""Rows -> which calls people made over the old path, and what permission sets would allow of them.
A fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from inventory.cloudtrail.records import Path
from inventory.models import DailyUsage, IamPolicy, PermissionSet, UsageActor, UsageResource
from migrations_plan.gather.permission_sets import administrator_like, customer_documents
from migrations_plan.models import IamUserLink, thresholds
from migrations_plan.policy.documents import Policy, PolicyError, parse_policy
from migrations_plan.policy.evaluate import Policies
from migrations_plan.policy.managed import managed_document
from migrations_plan.policy.offers import power
from migrations_plan.rules.usage_days import Window, last_days

BREAK_GLASS = ("breakglass", "break-glass", "emergency")
CHUNK = 5000
Op = tuple[str, str]
Used = dict[Op, set[str]]


@dataclass(frozen=True, slots=True)
class Offered:
    """A permission set that may be suggested. policies None: not all of it was read, for `why`."""

    name: str
    policies: Policies | None
    power: int
    administrator: bool | None
    why: str = ""


def used_by_people(now: datetime) -> dict[tuple[int, str], Used]:
    """By person and account: operations that did not fail, with the resources they named. Four
    queries."""
    window = last_days(thresholds().window_days, now.date())
    people = dict(IamUserLink.objects.values_list("iam_user_arn", "person_id"))
    actors = {
        pk: people[arn]
        for pk, arn in UsageActor.objects.filter(path=Path.OLD).values_list("pk", "arn")
        if arn in people
    }
    found: dict[tuple[int, str], Used] = defaultdict(dict)
    for actor_id, account_id, source, name in _operations(window):
        if actor_id in actors:
            found[actors[actor_id], account_id].setdefault((source, name), set())
    for actor_id, account_id, source, name, arn in _resources(window):
        mine = found.get((actors[actor_id], account_id)) if actor_id in actors else None
        if mine is not None and (source, name) in mine:
            mine[source, name].add(arn)
    return found


def _linked(rows: QuerySet[Any], window: Window) -> QuerySet[Any]:
    arns = IamUserLink.objects.values("iam_user_arn")
    return rows.filter(
        day__range=(window.first, window.last),
        actor__path=Path.OLD,
        actor__arn__in=arns,
        operation__error="",
    ).order_by()


def _operations(window: Window) -> Iterable[Any]:
    columns = ("actor_id", "account_id", "operation__event_source", "operation__event_name")
    rows = _linked(DailyUsage.objects.all(), window)
    return rows.values_list(*columns).distinct().iterator(chunk_size=CHUNK)


def _resources(window: Window) -> Iterable[Any]:
    columns = ("actor_id", "account_id", "operation__event_source", "operation__event_name")
    rows = _linked(UsageResource.objects.all(), window)
    return rows.values_list(*columns, "resource__arn").distinct().iterator(chunk_size=CHUNK)


def offered(*, emergencies: bool = False) -> list[Offered]:
    """Every permission set; those for emergencies only when asked for. Three queries."""
    sets = list(PermissionSet.objects.present().order_by("name", "arn"))
    customers = customer_documents(sets)
    live = _live_managed(sets)
    return [
        _offered(one, customers, live) for one in sets if emergencies or not is_break_glass(one)
    ]


def is_break_glass(one: PermissionSet) -> bool:
    """By its name or a tag's value; nobody should have one every day."""
    words = [one.name, *(one.tags or {}).values()]
    return any(mark in word.lower() for word in words for mark in BREAK_GLASS)


def _live_managed(sets: Iterable[PermissionSet]) -> dict[str, Any]:
    arns = {arn for one in sets for arn in one.managed_policies or ()}
    rows = IamPolicy.objects.present().filter(arn__in=arns, document__isnull=False)
    return dict(rows.order_by("-observed_at").values_list("arn", "document"))


def _offered(
    one: PermissionSet, customers: Mapping[str, list[Any]], live: Mapping[str, Any]
) -> Offered:
    admin = administrator_like(one, customers)
    if one.managed_policies is None or one.customer_managed_policies is None:
        return Offered(one.name, None, 0, admin.yes, "its policies were not read")
    named = {arn: managed_document(arn, live) for arn in one.managed_policies}
    # A customer's policy of one name may differ between accounts; the first that was shown stands.
    shown = {name: customers.get(name, ()) for name in one.customer_managed_policies}
    named |= {name: next((d for d in found if d), None) for name, found in shown.items()}
    unread = next((name for name, document in named.items() if document is None), "")
    if unread:
        return Offered(one.name, None, 0, admin.yes, f"the policy {unread} was not read")
    documents = dict(named)
    if one.inline_policy:
        documents["inline policy"] = one.inline_policy
    try:
        policies = Policies(_parsed(documents), _boundary(one, customers, live))
    except PolicyError as problem:
        return Offered(one.name, None, 0, admin.yes, str(problem))
    return Offered(one.name, policies, power(policies), admin.yes)


def _parsed(documents: Mapping[str, Any]) -> tuple[Policy, ...]:
    return tuple(parse_policy(document, name=name) for name, document in documents.items())


def _boundary(
    one: PermissionSet, customers: Mapping[str, list[Any]], live: Mapping[str, Any]
) -> tuple[Policy, ...] | None:
    """The set's own boundary. One that was not read raises, so that nothing is promised."""
    boundary = one.permissions_boundary
    if not boundary:
        return None
    arn = boundary.get("ManagedPolicyArn")
    reference = boundary.get("CustomerManagedPolicyReference") or {}
    name = f"{reference.get('Path', '/')}{reference.get('Name', '')}"
    document = managed_document(arn, live) if arn else next(iter(customers.get(name, ())), None)
    if document is None:
        raise PolicyError(f"the boundary {arn or name} was not read")
    return (parse_policy(document, name="permissions boundary"),)
