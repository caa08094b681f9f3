"""What a person's calls over the old path would meet over the new one.

Each call is judged in the account where it was made, under each permission set assigned there: a
session has one set, so a call that needs several rights needs one set that has them all. Totals are
judged: what AWS calls with somebody's rights needs those rights too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from migrations_plan.policy.access import AccountAccess, Judge, Judged
from migrations_plan.policy.actions import needed_actions
from migrations_plan.policy.additions import Addition
from migrations_plan.policy.calls import Call, Group, Want, action_of, event_of, grouped, wants_of
from migrations_plan.policy.housekeeping import not_needed, own_user
from migrations_plan.policy.needs import Needed
from migrations_plan.policy.serving import NOBODY, Caller, best, limited
from migrations_plan.policy.statements import NO_RESOURCE

# Of a group of resources with one verdict, how many a line names.
MOST_NAMED = 20


class Verdict(StrEnum):
    """The forecast of one line. not needed: it belongs to the old path and ends with it."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class Line:
    """One action in one account and region, on all resources that meet the same decision.

    action: IAM's, or service:event where the call maps to none. refused_before: AWS refused it over
    the old path as well, so its refusal is no loss. resources: some of their ARNs, count: how many
    there are ('*' is one; 0: not recorded). policy, statement: '' where none decides. changes: the
    least that would have to change; none for a denied line without any set: an assignment lacks.
    """

    account_id: str
    action: str
    event_source: str
    event_name: str
    region: str
    verdict: Verdict
    refused_before: bool
    sentence: str
    events: int
    last_at: datetime
    permission_set: str = ""
    policy: str = ""
    statement: str = ""
    explicit: bool = False
    resources: tuple[str, ...] = ()
    count: int = 0
    changes: tuple[Addition, ...] = ()

    @property
    def weighs(self) -> bool:
        """Whether the line counts for the person: it is needed, and was allowed before."""
        return not self.refused_before and self.verdict is not Verdict.NOT_NEEDED


def forecast(
    calls: Iterable[Call],
    access: Mapping[str, AccountAccess],
    judge: Judge,
    caller: Caller = NOBODY,
) -> tuple[Line, ...]:
    """One line for each account, action, region and decision; by account, action, region, verdict.
    access: by account; an account that is not in it has nothing assigned."""
    lines = [
        line
        for group in grouped(calls)
        for line in _lines(
            group, access.get(group.account_id) or AccountAccess(group.account_id), judge, caller
        )
    ]
    return tuple(sorted(lines, key=_order))


def _order(line: Line) -> tuple[object, ...]:
    return (
        line.account_id, line.action, line.region, line.refused_before, line.verdict,
        line.event_source, line.event_name, line.resources,
    )  # fmt: skip


def _lines(group: Group, access: AccountAccess, judge: Judge, caller: Caller) -> Iterator[Line]:
    needed = needed_actions(group.event_source, group.event_name)
    own = not_needed(group.event_source, needed)
    if own:
        yield _plain(group, needed, Verdict.NOT_NEEDED, own)
    elif access.unread:
        yield _plain(group, needed, Verdict.UNKNOWN, f"Unknown: {access.unread}.")
    elif not access.sets:
        sentence = "Nothing is assigned in this account, so no call can be made there."
        yield _plain(group, needed, Verdict.DENIED, sentence)
    elif needed is None:
        sentence = (
            f"Unknown: which IAM action {event_of(group)} needs is not known, so no policy decides."
        )
        yield _plain(group, needed, Verdict.UNKNOWN, sentence)
    elif not needed.actions and not needed.perhaps:
        sentence = f"{event_of(group)} needs no permission" + (
            f": {needed.why}." if needed.why else "."
        )
        yield _plain(group, needed, Verdict.ALLOWED, sentence)
    else:
        yield from _judged_lines(group, needed, access, judge, caller)


def _plain(group: Group, needed: Needed | None, verdict: Verdict, sentence: str) -> Line:
    """A line that no statement decides."""
    action = action_of(group.event_source, group.event_name, needed)
    return _line(group, action, verdict, sentence, group.events, sorted(group.resources))


def _line(
    group: Group,
    action: str,
    verdict: Verdict,
    sentence: str,
    events: int,
    resources: Sequence[str],
) -> Line:
    assert group.last_at is not None
    return Line(
        account_id=group.account_id,
        action=action,
        event_source=group.event_source,
        event_name=group.event_name,
        region=group.region,
        verdict=verdict,
        refused_before=group.refused,
        sentence=sentence,
        events=events,
        last_at=group.last_at,
        resources=tuple(resources[:MOST_NAMED]),
        count=len(resources),
    )


def _judged_lines(
    group: Group, needed: Needed, access: AccountAccess, judge: Judge, caller: Caller
) -> Iterator[Line]:
    """A line for each action and decision; resources that meet the same one share it."""
    first, *others = needed.actions or (event_of(group),)
    rest = [want for action in others for want in wants_of(group, action)]
    perhaps = [want for action in needed.perhaps for want in wants_of(group, action)]
    met: dict[tuple[object, ...], list[tuple[Want, Judged]]] = defaultdict(list)
    wants = wants_of(group, first) if needed.actions else [Want(first, None, group.events)]
    for want in wants:
        own = own_user(want.action, want.resource, caller.own_arns)
        if own:
            yield _line(group, first, Verdict.NOT_NEEDED, own, want.events, [want.resource or ""])
            continue
        asked = [want, *rest] if needed.actions else []
        for one, judged in best(asked, perhaps, want, access, judge, group.region):
            final = limited(one, judged, group, caller)
            met[one.action, _same(one, final)].append((one, final))
    for (action, _), pairs in met.items():
        yield _shared(group, str(action), pairs)


def _same(want: Want, judged: Judged) -> tuple[object, ...]:
    """What makes two resources one line. One that is not recorded stands alone."""
    return (
        judged.outcome, judged.permission_set, judged.policy, judged.statement,
        want.resource is None, want.resource == NO_RESOURCE,
        tuple((change.layer.name, change.layer.level, change.found) for change in judged.changes),
    )  # fmt: skip


def _shared(group: Group, action: str, pairs: Sequence[tuple[Want, Judged]]) -> Line:
    judged = pairs[0][1]
    # Several primary resources ask for the same second action each time: it is told once.
    events = {want.resource: want.events for want, _ in pairs}
    arns = sorted(resource for resource in events if resource is not None)
    sentence = judged.sentence
    if len(arns) > 1:
        sentence = sentence.replace(f" on {pairs[0][0].resource}", f" on {len(arns)} resources", 1)
    line = _line(group, action, Verdict(judged.outcome.value), sentence, sum(events.values()), arns)
    return replace(
        line,
        permission_set=judged.permission_set,
        policy=judged.policy,
        statement=judged.statement,
        explicit=judged.explicit,
        changes=judged.changes,
    )
