"""One permission set: what its members would miss, and what it grants that none of them called.

Cost: a fixed number of queries for any number of members.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import AwsAccount, DailyUsage, PermissionSet, UsageActor
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage
from migrations_plan.gather.access import shelf
from migrations_plan.gather.forecast import Window, reads_of
from migrations_plan.gather.permission_set import Assigned, users_reached
from migrations_plan.models import ForecastDecision, ForecastLine, PortalUser
from migrations_plan.policy.access import Paper, SetPolicies
from migrations_plan.policy.actions import needed_actions
from migrations_plan.policy.unused import Grants, granted

MOST_MISSED = 50


@dataclass(frozen=True, slots=True)
class Missed:
    """An action that members called over the old path and that this set, their best in the account,
    does not allow."""

    account_id: str
    account: str
    action: str
    people: int
    calls: int


@dataclass(frozen=True, slots=True)
class Unused:
    """grants: what the set allows by name, and how much of it was called. days: over, of the
    window; covered: of these, on how many the logs of all accounts were wholly read."""

    grants: Grants
    members: int
    days: int
    covered: int


def missed(one: PermissionSet, viewer: PortalUser) -> list[Missed]:
    """Most people first. Two queries."""
    lines = ForecastLine.objects.visible_to(viewer).live().weighing()
    denied = lines.filter(decision=ForecastDecision.DENIED, permission_set=one.name).order_by()
    rows = (
        denied.values("account_id", "action")
        .annotate(people=Count("person", distinct=True), calls=Sum("events"))
        .order_by("-people", "-calls", "account_id", "action")[:MOST_MISSED]
    )
    listed = list(rows)
    ids = {row["account_id"] for row in listed}
    names = dict(AwsAccount.objects.filter(pk__in=ids).values_list("account_id", "name"))
    return [
        Missed(account=names.get(row["account_id"]) or row["account_id"], **row) for row in listed
    ]


def unused(
    one: PermissionSet, assigned: Assigned, days: Window, viewer: PortalUser, now: datetime
) -> Unused:
    """Some twenty queries: the part of the page that asks for it is loaded on its own."""
    account_ids = sorted(place.account.account_id for place in assigned.places)
    users = list(users_reached(assigned, viewer).values_list("user_id", flat=True))
    papers = _papers(one, account_ids, now)
    whole = _covered(account_ids, days)
    total = (days.due - days.first).days + 1
    called = _called(one, users, account_ids, days)
    return Unused(granted(papers, called), len(users), total, whole)


def _papers(one: PermissionSet, account_ids: Sequence[str], now: datetime) -> set[Paper]:
    """The policies of the set, with the customer-managed ones of every account."""
    ready = shelf(reads_of(now, account_ids))
    found: set[Paper] = set()
    for account_id in account_ids:
        held: SetPolicies = ready.set_in(one.arn, account_id)
        found.update(held.papers)
    return found


def _covered(account_ids: Collection[str], days: Window) -> int:
    """Days on which the logs of all of them were wholly read. Five queries."""
    lacking = {
        day.day
        for told in coverage(account_ids, days.first, days.due)
        for day in told.days
        if day.state != Coverage.COVERED
    }
    return (days.due - days.first).days + 1 - len(lacking) if account_ids else 0


def _called(
    one: PermissionSet, users: Collection[str], account_ids: Collection[str], days: Window
) -> set[str]:
    """Actions of members in these accounts: over the old path, and with this very set. Whatever a
    call may need besides counts as called."""
    lines = ForecastLine.objects.live().filter(
        person__identity_center_user_id__in=users, account_id__in=account_ids
    )
    pairs = set(lines.order_by().values_list("event_source", "event_name").distinct())
    actors = UsageActor.objects.filter(path=Path.NEW, permission_set=one.name).order_by()
    rows: QuerySet[Any] = DailyUsage.objects.filter(
        actor_id__in=list(actors.values_list("pk", flat=True)),
        day__range=(days.first, days.last),
    ).order_by()
    pairs |= set(rows.values_list("operation__event_source", "operation__event_name").distinct())
    needed = (needed_actions(source, name) for source, name in pairs)
    return {action for one in needed if one for action in (*one.actions, *one.perhaps)}
