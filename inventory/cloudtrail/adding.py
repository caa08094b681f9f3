"""From the calls of stays to the rows of a tally: who, what, where, when.

Rows are first kept by day, account and a number for the actor, since an Actor has thirteen fields
to hash; the tally's own keys are made once per row, at the end.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from inventory.cloudtrail.agents import agent
from inventory.cloudtrail.behind import resolved
from inventory.cloudtrail.events import Call, Caller, Event, Stay
from inventory.cloudtrail.networks import AWS, network
from inventory.cloudtrail.records import (
    Actor,
    ActorDay,
    ActorDayKey,
    Count,
    Operation,
    OriginKey,
    ProvisionalEvent,
    Session,
    Tally,
    UsageKey,
)
from inventory.cloudtrail.sessions import (
    issued_session,
    merged,
    nearer,
    used_session,
    who_is_behind,
)
from inventory.cloudtrail.text import LONGEST_ARN, clean

# events, first, last, and the resources of all events (or None)
Times = list[Any]
Calls = dict[Call, Times]
Stays = dict[Stay, Calls]
# events, direct, first, last; of usage also the resources, as in Times
Row = list[Any]

SIGN_IN = "ConsoleLogin"


class Part:
    """The rows of one actor, day and account. origins: by ip, or AWS when AWS called on somebody's
    behalf, and agent."""

    __slots__ = ("hours", "origins", "usage")

    def __init__(self) -> None:
        self.hours = [0] * 24
        self.usage: dict[Operation, Row] = {}
        self.origins: dict[tuple[str | None, str | None], Row] = {}


# number of the actor, day, account, provisional
PartKey = tuple[int, str, str, bool]


class Adding:
    """A tally in the making. All sessions first: a maker may stand in a later event than a use."""

    def __init__(self, known: Mapping[str, Actor]) -> None:
        self._known = known
        self._sessions: dict[str, Session] = {}
        self._actors: dict[Actor, int] = {}
        self._numbers: dict[Caller, int] = {}
        self._parts: dict[PartKey, Part] = {}

    def add_issued_sessions(self, events: Iterable[Event]) -> None:
        """The sessions that events handed out."""
        for event in events:
            session = issued_session(event)
            if session is not None:
                self._add_session(session)

    def add_used_sessions(self, stays: Stays) -> None:
        """The sessions that show in use."""
        used: dict[tuple[str, int], Session] = {}
        for stay, calls in stays.items():
            caller = stay.caller
            if not caller.session_key:
                continue
            # Actors are made once for equal identities; when not, the sessions merge below.
            key = (caller.session_key, id(caller.actor))
            session = used.get(key)
            if session is None:
                session = used[key] = used_session(caller)
            session.network = nearer(session.network, network(stay.ip))
            time = caller.started_at or min(times[1] for times in calls.values())
            session.started_at = min(session.started_at or time, time)
        for session in used.values():
            self._add_session(session)

    def settle(self) -> None:
        """Says of each session who is behind it, as far as is known now."""
        behind = {key: who_is_behind(key, self._sessions, self._known) for key in self._sessions}
        for key, session in self._sessions.items():
            session.actor = behind[key]

    def _add_session(self, session: Session) -> None:
        before = self._sessions.get(session.key)
        self._sessions[session.key] = merged(before, session) if before else session

    def _number(self, caller: Caller) -> int:
        """Who did it, as a number."""
        actor = caller.actor
        if actor.session_key:
            behind = who_is_behind(actor.session_key, self._sessions, self._known)
            actor = resolved(actor, behind) if behind else actor
        return self._actors.setdefault(actor, len(self._actors))

    def add_stays(self, stays: Stays) -> None:
        """Adds the calls of each stay to the rows they belong to."""
        self._numbers = {caller: self._number(caller) for caller in {stay.caller for stay in stays}}
        for stay, calls in stays.items():
            is_direct = stay.caller.direct
            key = (self._numbers[stay.caller], stay.hour[:10], stay.account_id, stay.provisional)
            part = self._parts.get(key)
            if part is None:
                part = self._parts[key] = Part()
            _add_calls(part.usage, calls, is_direct)
            counts, firsts, lasts, _resources = zip(*calls.values(), strict=True)
            events, first, last = sum(counts), min(firsts), max(lasts)
            part.hours[int(stay.hour[11:])] += events
            if stay.provisional:
                continue
            origin = (stay.ip if is_direct else AWS, stay.agent)
            row = part.origins.get(origin)
            if row is None:
                part.origins[origin] = [events, events if is_direct else 0, first, last]
            else:
                _add(row, events, is_direct, first, last)

    def finished(self, provisional: Iterable[Event]) -> Tally:
        """All that was added, under the tally's own keys. provisional: the events that better
        copies may replace."""
        actors = list(self._actors)
        tally = Tally(sessions=self._sessions)
        for (who, day, account_id, is_provisional), part in self._parts.items():
            _finish(tally, actors[who], part, day, account_id, is_provisional)
        for event in provisional:
            stay, caller = event.stay, event.stay.caller
            actor = actors[self._numbers[caller]]
            key = UsageKey(stay.hour[:10], stay.account_id, actor, event.call.operation, True)
            tally.provisional.append(
                ProvisionalEvent(event.event_id, key, event.time, caller.direct)
            )
        return tally


def _add_calls(usage: dict[Operation, Row], calls: Calls, is_direct: bool) -> None:
    for call, (events, first, last, resources) in calls.items():
        operation = call.operation
        row = usage.get(operation)
        if row is None:
            usage[operation] = [events, events if is_direct else 0, first, last, resources]
            continue
        _add(row, events, is_direct, first, last)
        if row[4] is None:
            row[4] = resources
        elif resources:
            row[4] += resources


def _add(row: Row, events: int, is_direct: bool, first: str, last: str) -> None:
    row[0] += events
    if is_direct:
        row[1] += events
    if first < row[2]:
        row[2] = first
    if last > row[3]:
        row[3] = last


def _finish(
    tally: Tally, actor: Actor, part: Part, day: str, account_id: str, provisional: bool
) -> None:
    """Adds the rows of one part. No other part has rows of the same keys but for origins, which
    know no account."""
    errors = failed_signins = 0
    succeeded_at = ""
    for operation, row in part.usage.items():
        events, direct, first, last, resources = row
        key = UsageKey(day, account_id, actor, operation, provisional)
        tally.usage[key] = Count(events, direct, first, last)
        if resources and not provisional:
            tally.resources[key] = _counts_of(resources)
        if not operation.error:
            if last > succeeded_at:
                succeeded_at = last
            continue
        errors += events
        if operation.event_name == SIGN_IN:
            failed_signins += events
    counts, directs, firsts, lasts, _resources = zip(*part.usage.values(), strict=True)
    tally.actor_days[ActorDayKey(day, account_id, actor, provisional)] = ActorDay(
        events=sum(counts),
        direct=sum(directs),
        errors=errors,
        failed_signins=failed_signins,
        first_at=min(firsts),
        last_at=max(lasts),
        succeeded_at=succeeded_at,
        hours=part.hours,
    )
    for (ip, text), row in part.origins.items():
        _into(tally.origins, OriginKey(day, actor, network(ip), *agent(text)), row)


def _counts_of(arns: Iterable[str]) -> dict[str, int]:
    """How often each resource was named."""
    counts: dict[str, int] = {}
    for arn in arns:
        name = clean(arn, LONGEST_ARN)
        counts[name] = counts.get(name, 0) + 1
    return counts


def _into(counts: dict[OriginKey, Count], key: OriginKey, row: Row) -> None:
    """Adds a row under its final key, which another may have as well."""
    count = counts.get(key)
    if count is None:
        counts[key] = Count(*row)
        return
    count.events += row[0]
    count.direct += row[1]
    count.first_at = min(count.first_at, row[2])
    count.last_at = max(count.last_at, row[3])
