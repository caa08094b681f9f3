"""Calls as they were counted, and what each asks of IAM."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from migrations_plan.policy.actions import SOURCE_SUFFIX
from migrations_plan.policy.housekeeping import is_refusal
from migrations_plan.policy.needs import Needed
from migrations_plan.policy.resources import judged_resources
from migrations_plan.policy.statements import NO_RESOURCE


@dataclass(frozen=True, slots=True)
class Call:
    """An operation as it was counted over some days. error: '' or the errorCode. resources: ARNs
    with how often each was named; overflow: there were more than these."""

    account_id: str
    event_source: str
    event_name: str
    region: str
    error: str
    events: int
    last_at: datetime
    resources: tuple[tuple[str, int], ...] = ()
    overflow: bool = False


@dataclass(slots=True)
class Group:
    """Calls of one operation in one place: those that were refused apart from the others."""

    account_id: str
    event_source: str
    event_name: str
    region: str
    refused: bool
    events: int = 0
    last_at: datetime | None = None
    overflow: bool = False
    resources: dict[str, int] = field(default_factory=dict)


def grouped(calls: Iterable[Call]) -> Iterable[Group]:
    """The calls, added up by place; what AWS refused stays apart."""
    groups: dict[tuple[object, ...], Group] = {}
    for call in calls:
        place = (call.account_id, call.event_source, call.event_name, call.region)
        refused = is_refusal(call.error)
        group = groups.get((*place, refused))
        if group is None:
            group = groups[*place, refused] = Group(*place, refused)
        group.events += call.events
        group.last_at = max(call.last_at, group.last_at or call.last_at)
        group.overflow |= call.overflow
        for arn, count in call.resources:
            group.resources[arn] = group.resources.get(arn, 0) + count
    return groups.values()


def event_of(group: Group) -> str:
    """The call as service:event, where IAM has no name for it."""
    return _event(group.event_source, group.event_name)


def action_of(event_source: str, event_name: str, needed: Needed | None) -> str:
    """What a call is named after: the first action that it needs, else the event."""
    return needed.actions[0] if needed and needed.actions else _event(event_source, event_name)


def _event(event_source: str, event_name: str) -> str:
    return f"{event_source.removesuffix(SOURCE_SUFFIX)}:{event_name}"


@dataclass(frozen=True, slots=True)
class Want:
    """One action on one resource (None: not known), and how many calls asked for it."""

    action: str
    resource: str | None
    events: int


def wants_of(group: Group, action: str) -> list[Want]:
    """What the calls asked of an action. Calls whose resource is missing are asked for as well."""
    found = judged_resources(action, group.resources)
    if found is None:
        return [Want(action, None, group.events)]
    if found == (NO_RESOURCE,):
        return [Want(action, NO_RESOURCE, group.events)]
    wants = [Want(action, arn, group.resources[arn]) for arn in found]
    missing = group.events - sum(want.events for want in wants)
    if missing > 0 or group.overflow:
        wants.append(Want(action, None, max(missing, 1)))
    return wants
