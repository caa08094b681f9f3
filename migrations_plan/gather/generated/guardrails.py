"""The guardrail beside what is there: policies that deny some of it, where they hang, and who
lately did what it would deny."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from inventory.models import (
    AwsAccount,
    DailyUsage,
    OrganizationalUnit,
    PolicyTarget,
    ServiceControlPolicy,
)
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage
from migrations_plan.artefacts.scp import (
    FEDERATION_ACTIONS,
    MAKING_ACTIONS,
    MFA_ACTIONS,
    WAKING_ACTIONS,
    Guardrail,
    OneRole,
)
from migrations_plan.models import Plan, PortalUser, thresholds
from migrations_plan.policy.documents import Policy, PolicyError, parse_policy
from migrations_plan.rules.usage_days import last_days

GUARDED = (*MAKING_ACTIONS, *WAKING_ACTIONS, "iam:DetachUserPolicy")
SOURCES = ("organization", "service_control_policies")
SUFFIX = ".amazonaws.com"
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a policy may hang. kind: root, unit or account."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class There:
    """A live policy that denies some of the guardrail's actions. denies: how many of `of`;
    conditional: exceptions or conditions narrow it. text: it is the very policy that is made here.
    """

    policy_id: str
    name: str
    denies: int
    of: int
    conditional: bool
    targets: tuple[Spot, ...]
    same: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """Where policies may hang. spots: by id. parents: of units and accounts. chosen: what a live
    plan says, root or units; ''."""

    spots: Mapping[str, Spot]
    parents: Mapping[str, str | None]
    accounts: Mapping[str, AwsAccount]
    chosen: str


def tree() -> Tree:
    """Three queries."""
    units = list(OrganizationalUnit.objects.present().order_by("path"))
    accounts = list(AwsAccount.objects.present().order_by("name", "account_id"))
    spots = {
        one.unit_id: Spot(one.unit_id, one.path, "unit" if one.parent_id else "root")
        for one in units
    }
    spots |= {one.account_id: Spot(one.account_id, str(one), "account") for one in accounts}
    parents = {one.unit_id: one.parent_id for one in units}
    by_id = {one.account_id: one for one in accounts}
    return Tree(
        spots, parents | {one: row.parent_id for one, row in by_id.items()}, by_id, _chosen()
    )


def existing(known: Tree, document: Mapping[str, Any] | None) -> tuple[There, ...]:
    """Live policies that deny some of it. document: the policy that is made now. Two queries."""
    spots = known.spots
    hung: dict[str, list[Spot]] = defaultdict(list)
    rows = (
        PolicyTarget.objects.present().order_by("target_id").values_list("policy_id", "target_id")
    )
    for policy_id, target_id in rows:
        hung[policy_id].append(spots.get(target_id, Spot(target_id, target_id, "unread")))
    policies = ServiceControlPolicy.objects.present().order_by("name", "policy_id")
    found = [_there(one, hung.get(one.policy_id, []), document) for one in policies]
    return tuple(one for one in found if one)


def _chosen() -> str:
    plan = Plan.objects.live().order_by("-made_at").first()
    return str((plan.content.get("choices") or {}).get("guardrail_at", "")) if plan else ""


def _there(
    one: ServiceControlPolicy, targets: Sequence[Spot], document: Mapping[str, Any] | None
) -> There | None:
    try:
        policy = parse_policy(one.document, name=one.name)
    except PolicyError:
        return None
    denied = [action for action in GUARDED if policy.about(action.lower()).denies]
    if not denied:
        return None
    return There(
        one.policy_id,
        one.name,
        len(denied),
        len(GUARDED),
        _narrowed(policy, denied),
        tuple(targets),
        one.document == document,
    )


def _narrowed(policy: Policy, actions: Iterable[str]) -> bool:
    return any(one.conditions for name in actions for one in policy.about(name.lower()).denies)


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody who did lately what the guardrail denies. bound: whether it would bind them; why:
    in words."""

    who: str
    account: str
    action: str
    calls: int
    last_at: datetime
    bound: bool
    why: str


@dataclass(frozen=True, slots=True)
class Lately:
    """doers: most calls first. whole: the logs of all accounts and days were wholly read; days: how
    many were looked at."""

    doers: tuple[Doer, ...]
    whole: bool
    days: int


def lately(
    wanted: Guardrail, targets: Sequence[str], known: Tree, viewer: PortalUser, now: datetime
) -> Lately:
    """Who used those actions in the window. Seven queries: a part of its own."""
    window = last_days(thresholds().window_days, now.date())
    rows: QuerySet[Any] = DailyUsage.objects.visible_to(viewer).filter(
        _operations(wanted), day__range=(window.first, window.last), operation__error=""
    )
    columns = ("actor__arn", "actor__role_arn", "account_id", *EVENT)
    sums = rows.order_by().values_list(*columns).annotate(Sum("events"), Max("last_at"))
    doers = [_doer(row, wanted, set(targets), known) for row in sums]
    days = window.over
    expected = sorted(one for one, row in known.accounts.items() if not row.why_not_read())
    told = coverage(expected, days[0], days[-1]) if days else []
    whole = bool(told) and all(day.state == Coverage.COVERED for one in told for day in one.days)
    ordered = sorted(doers, key=lambda one: (not one.bound, -one.calls, one.who, one.action))
    return Lately(tuple(ordered[:MOST_SHOWN]), whole, len(days))


EVENT = ("operation__event_source", "operation__event_name")


def _operations(wanted: Guardrail) -> Q:
    actions = [*MAKING_ACTIONS, *WAKING_ACTIONS, *(MFA_ACTIONS if wanted.mfa_devices else ())]
    actions += FEDERATION_ACTIONS if wanted.federation else ()
    by_source: dict[str, list[str]] = defaultdict(list)
    for action in actions:
        service, _, name = action.partition(":")
        by_source[f"{service}{SUFFIX}"].append(name)
    found = Q(pk__in=[])
    for source, names in by_source.items():
        found |= Q(operation__event_source=source, operation__event_name__in=names)
    return found


def _doer(row: tuple[Any, ...], wanted: Guardrail, targets: set[str], known: Tree) -> Doer:
    arn, role_arn, account_id, source, name, calls, last_at = row
    account = known.accounts.get(account_id)
    why = _why_free(role_arn or arn, name, account, wanted)
    if not why and account is not None and not targets & set(_above(account_id, known)):
        why = "the account is under none of the chosen targets"
    action = f"{source.removesuffix(SUFFIX)}:{name}"
    who = role_arn or arn or "not known"
    return Doer(who, str(account or account_id), action, int(calls), last_at, not why, why)


def _why_free(arn: str, event: str, account: AwsAccount | None, wanted: Guardrail) -> str:
    if account is not None and account.is_management:
        return "no service control policy binds the management account"
    if isinstance(wanted.exemption, OneRole) and arn == wanted.exemption.arn:
        return "this is the exempt role"
    if f"iam:{event}" in WAKING_ACTIONS and arn in wanted.cutover_roles:
        return "a role of the cutover may put credentials to sleep"
    if ":role/aws-service-role/" in arn:
        return "no service control policy binds a service-linked role"
    return ""


def _above(account_id: str, known: Tree) -> list[str]:
    """The account and everything above it."""
    found, at = [account_id], known.parents.get(account_id)
    while at is not None and at not in found:
        found.append(at)
        at = known.parents.get(at)
    return found
