"""From groups of events to the rows of a tally: who, what, where, when.

Rows are first kept under numbers, since an Actor has thirteen fields to hash; the tally's own keys
are made once per row, at the end.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

from inventory.cloudtrail.agents import agent
from inventory.cloudtrail.behind import resolved
from inventory.cloudtrail.events import PLAIN, Caller, Event, Resource
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

# source, name, region, error, account_id, ip and agent as CloudTrail gives them
What = tuple[str, str, str | None, str | None, str, str | None, str | None]
# who (Adding.numbers), hour, what: two groups may end in one row
Group = tuple[int, str, What]
# events, first, last, resources of those events that named some
Times = list[Any]
Resources = list[Resource | None]

# In the order of What. An attrgetter makes the tuple without running Python code.
what_of: Callable[[Event], What] = attrgetter(
    "source", "name", "region", "error", "account_id", "ip", "agent"
)

# Row keys, with numbers for actor and operation: actor, operation, day, account, provisional
RowKey = tuple[int, int, str, str, bool]
DayKey = tuple[int, str, str, bool]
# actor, day, ip or AWS when AWS called on somebody's behalf, agent
PlaceKey = tuple[int, str, str | None, str | None]


class Adding:
    """A tally in the making. All sessions first: a maker may stand in a later event than a use."""

    def __init__(self, known: Mapping[str, Actor]) -> None:
        self._known = known
        self._sessions: dict[str, Session] = {}
        self._actors: dict[Actor, int] = {}
        self._operations: dict[tuple[str, str, str | None, str | None], int] = {}
        self._usage: dict[RowKey, list[Any]] = {}
        self._resources: dict[RowKey, dict[str, int]] = {}
        self._days: dict[DayKey, ActorDay] = {}
        self._origins: dict[PlaceKey, list[Any]] = {}

    def add_issued_sessions(self, events: Iterable[Event]) -> None:
        """The sessions that events handed out."""
        for event in events:
            if event.details is not PLAIN:
                session = issued_session(event)
                if session is not None:
                    self._add_session(session)

    def add_used_sessions(self, events: Iterable[Event]) -> None:
        """The sessions that show in use."""
        used: dict[tuple[str, int], Session] = {}
        places = {
            (event.caller, event.ip, event.caller.started_at or event.time)
            for event in events
            if event.caller.session_key
        }
        for caller, ip, time in places:
            # Actors are made once for equal identities; when not, the sessions merge below.
            key = (caller.session_key, id(caller.actor))
            session = used.get(key)
            if session is None:
                session = used[key] = used_session(caller)
            session.network = nearer(session.network, network(ip))
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

    def numbers(self, events: Iterable[Event]) -> dict[Caller, int]:
        """Who did it, of each caller, as a number: two numbers an actor, the odd one for direct
        calls."""
        return {caller: self._number(caller) for caller in {event.caller for event in events}}

    def _number(self, caller: Caller) -> int:
        actor = caller.actor
        if actor.session_key:
            behind = who_is_behind(actor.session_key, self._sessions, self._known)
            actor = resolved(actor, behind) if behind else actor
        return 2 * self._actors.setdefault(actor, len(self._actors)) + caller.direct

    def add_groups(self, groups: Mapping[Group, Times], *, provisional: bool) -> None:
        """Adds each group to the rows it belongs to."""
        usage = self._usage
        for (number, hour, what), times in groups.items():
            who, is_direct = divmod(number, 2)
            direct = times[0] if is_direct else 0
            day = hour[:10]
            key = (who, self._operation(what), day, what[4], provisional)
            count = usage.get(key)
            if count is None:
                usage[key] = [times[0], direct, times[1], times[2]]
            else:
                _add_count(count, times, direct)
            self._add_to_day((who, day, what[4], provisional), hour, what, times, direct)
            if not provisional:
                self._add_origin((who, day, what[5] if is_direct else AWS, what[6]), times, direct)
                if times[3]:
                    self._add_resources(key, times[3])

    def _operation(self, what: What) -> int:
        return self._operations.setdefault(what[:4], len(self._operations))

    def _add_to_day(self, key: DayKey, hour: str, what: What, times: Times, direct: int) -> None:
        day = self._days.get(key)
        if day is None:
            day = self._days[key] = ActorDay(first_at=times[1])
        day.events += times[0]
        day.direct += direct
        day.hours[int(hour[11:])] += times[0]
        if times[1] < day.first_at:
            day.first_at = times[1]
        if times[2] > day.last_at:
            day.last_at = times[2]
        if what[3]:
            day.errors += times[0]
            if what[1] == "ConsoleLogin":
                day.failed_signins += times[0]
        elif times[2] > day.succeeded_at:
            day.succeeded_at = times[2]

    def _add_origin(self, key: PlaceKey, times: Times, direct: int) -> None:
        count = self._origins.get(key)
        if count is None:
            self._origins[key] = [times[0], direct, times[1], times[2]]
        else:
            _add_count(count, times, direct)

    def _add_resources(self, key: RowKey, lists: Iterable[Resources]) -> None:
        names = self._resources.setdefault(key, {})
        for resources in lists:
            for arn in {clean(one.ARN, LONGEST_ARN) for one in resources if one and one.ARN}:
                names[arn] = names.get(arn, 0) + 1

    def finished(self, provisional: Iterable[tuple[bytes, Event]]) -> Tally:
        """All that was added, under the tally's own keys. provisional: the events that better
        copies may replace, with their ids."""
        actors = list(self._actors)
        operations = [
            Operation(clean(source), clean(name), clean(region, 64), clean(error))
            for source, name, region, error in self._operations
        ]
        keys = {
            key: UsageKey(key[2], key[3], actors[key[0]], operations[key[1]], key[4])
            for key in self._usage
        }
        tally = Tally(sessions=self._sessions)
        for key, count in self._usage.items():
            _into(tally.usage, keys[key], count)
        for key, names in self._resources.items():
            tally.resources[keys[key]] = names
        for (who, day, account, is_provisional), row in self._days.items():
            tally.actor_days[ActorDayKey(day, account, actors[who], is_provisional)] = row
        for (who, day, ip, text), count in self._origins.items():
            _into(tally.origins, OriginKey(day, actors[who], network(ip), *agent(text)), count)
        for event_id, event in provisional:
            what = what_of(event)
            who, is_direct = divmod(self._number(event.caller), 2)
            usage_key = keys[who, self._operation(what), event.time[:10], what[4], True]
            tally.provisional.append(
                ProvisionalEvent(event_id, usage_key, event.time, bool(is_direct))
            )
        return tally


def _into(counts: dict[Any, Count], key: UsageKey | OriginKey, row: list[Any]) -> None:
    """Adds a row under its final key, which another may have as well."""
    count = counts.get(key)
    if count is None:
        counts[key] = Count(*row)
        return
    count.events += row[0]
    count.direct += row[1]
    count.first_at = min(count.first_at, row[2])
    count.last_at = max(count.last_at, row[3])


def _add_count(count: list[Any], times: Times, direct: int) -> None:
    count[0] += times[0]
    count[1] += direct
    if times[1] < count[2]:
        count[2] = times[1]
    if times[2] > count[3]:
        count[3] = times[2]
