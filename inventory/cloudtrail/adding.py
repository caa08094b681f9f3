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

# events, first, last, the resources of all events (or None), and room for one more number
Times = list[Any]
Calls = dict[Call, Times]
Stays = dict[Stay, Calls]
# events, first, last, resources, direct
Row = list[Any]

SIGN_IN = "ConsoleLogin"


class Part:
    """The rows of one actor, day and account. usage: by call, of equal ones the same. origins: by
    ip, or AWS when AWS called on somebody's behalf, and agent."""

    __slots__ = ("hours", "origins", "usage")

    def __init__(self) -> None:
        self.hours = [0] * 24
        self.usage: dict[Call, Row] = {}
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
            place = network(stay.ip)
            if place != session.network:
                session.network = nearer(session.network, place)
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
        """Adds the calls of each stay to the rows they belong to, and keeps what it was given."""
        numbers = {caller: self._number(caller) for caller in {stay.caller for stay in stays}}
        self._numbers, parts = numbers, self._parts
        for stay, calls in stays.items():
            caller, hour, ip = stay.caller, stay.hour, stay.ip
            key = (numbers[caller], hour[:10], stay.account_id, stay.provisional)
            part = parts.get(key)
            if part is None:
                part = parts[key] = Part()
            row = _add_calls(part.usage, calls, caller.direct)
            part.hours[int(hour[11:])] += row[0]
            if stay.provisional:
                continue
            origin = (ip if caller.direct else AWS, stay.agent)
            before = part.origins.get(origin)
            if before is None:
                part.origins[origin] = row
            else:
                _add(before, row)

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


def _add_calls(usage: dict[Call, Row], calls: Calls, is_direct: bool) -> Row:
    """Adds the calls of one stay; returns all of them together, but for resources."""
    find = usage.get
    events, first, last = 0, "~", ""
    for call, times in calls.items():
        count, begin, end, resources, _ = times
        if is_direct:
            times[4] = count
        events += count
        if begin < first:
            first = begin
        if end > last:
            last = end
        row = find(call)
        if row is None:
            usage[call] = times
            continue
        _add(row, times)
        if row[3] is None:
            row[3] = resources
        elif resources:
            row[3] += resources
    return [events, first, last, None, events if is_direct else 0]


def _add(row: Row, more: Row) -> None:
    """All but the resources."""
    row[0] += more[0]
    row[4] += more[4]
    if more[1] < row[1]:
        row[1] = more[1]
    if more[2] > row[2]:
        row[2] = more[2]


def _finish(
    tally: Tally, actor: Actor, part: Part, day: str, account_id: str, provisional: bool
) -> None:
    """Adds the rows of one part. No other part has rows of the same keys but for origins, which
    know no account."""
    usage, make = tally.usage, tuple.__new__
    all_events = all_direct = errors = failed_signins = 0
    first_at, last_at, succeeded_at = "~", "", ""
    for call, (events, first, last, resources, direct) in part.usage.items():
        operation = call.operation
        # What UsageKey() does, without a call of Python's.
        key = make(UsageKey, (day, account_id, actor, operation, provisional))
        usage[key] = Count(events, direct, first, last)
        if resources and not provisional:
            tally.resources[key] = _counts_of(resources)
        all_events += events
        all_direct += direct
        if first < first_at:
            first_at = first
        if last > last_at:
            last_at = last
        if not operation.error:
            if last > succeeded_at:
                succeeded_at = last
            continue
        errors += events
        if operation.event_name == SIGN_IN:
            failed_signins += events
    tally.actor_days[ActorDayKey(day, account_id, actor, provisional)] = ActorDay(
        events=all_events,
        direct=all_direct,
        errors=errors,
        failed_signins=failed_signins,
        first_at=first_at,
        last_at=last_at,
        succeeded_at=succeeded_at,
        hours=part.hours,
    )
    _finish_origins(tally.origins, actor, part, day)


def _finish_origins(origins: dict[OriginKey, Count], actor: Actor, part: Part, day: str) -> None:
    for (ip, text), row in part.origins.items():
        key = tuple.__new__(OriginKey, (day, actor, network(ip), *agent(text)))
        _into(origins, key, row)


def _counts_of(arns: list[str]) -> dict[str, int]:
    """How often each resource was named."""
    if len(arns) == 1:
        return {clean(arns[0], LONGEST_ARN): 1}
    counts: dict[str, int] = {}
    for arn in arns:
        name = clean(arn, LONGEST_ARN)
        counts[name] = counts.get(name, 0) + 1
    return counts


def _into(counts: dict[OriginKey, Count], key: OriginKey, row: Row) -> None:
    """Adds a row under its final key, which another may have as well."""
    events, first, last, _resources, direct = row
    count = counts.get(key)
    if count is None:
        counts[key] = Count(events, direct, first, last)
        return
    count.events += events
    count.direct += direct
    count.first_at = min(count.first_at, first)
    count.last_at = max(count.last_at, last)
