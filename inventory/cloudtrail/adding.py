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
# actor, hour, account, provisional, whether it failed
HourKey = tuple[int, str, str, bool, int]
# actor, day, ip or AWS when AWS called on somebody's behalf, agent
PlaceKey = tuple[int, str, str | None, str | None]

CALL_FAILED, SIGN_IN_FAILED = 1, 2


class Adding:
    """A tally in the making. All sessions first: a maker may stand in a later event than a use."""

    def __init__(self, known: Mapping[str, Actor]) -> None:
        self._known = known
        self._sessions: dict[str, Session] = {}
        self._actors: dict[Actor, int] = {}
        self._operations: dict[tuple[str, str, str | None, str | None], int] = {}
        self._usage: dict[RowKey, list[Any]] = {}
        self._resources: dict[RowKey, dict[str, int]] = {}
        self._hours: dict[HourKey, list[Any]] = {}
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
        usage, hours, origins = self._usage, self._hours, self._origins
        for (number, hour, what), times in groups.items():
            _source, name, _region, error, account, ip, agent_text = what
            who, is_direct = number >> 1, number & 1
            direct = times[0] if is_direct else 0
            key = (who, self._operation(what[:4]), hour[:10], account, provisional)
            count = usage.get(key)
            if count is None:
                usage[key] = [times[0], direct, times[1], times[2]]
            else:
                _add_count(count, times, direct)
            failed = 0
            if error:
                failed = SIGN_IN_FAILED if name == "ConsoleLogin" else CALL_FAILED
            at = (who, hour, account, provisional, failed)
            count = hours.get(at)
            if count is None:
                hours[at] = [times[0], direct, times[1], times[2]]
            else:
                _add_count(count, times, direct)
            if provisional:
                continue
            place = (who, hour[:10], ip if is_direct else AWS, agent_text)
            count = origins.get(place)
            if count is None:
                origins[place] = [times[0], direct, times[1], times[2]]
            else:
                _add_count(count, times, direct)
            if times[3]:
                self._add_resources(key, times[3])

    def _operation(self, what: tuple[str, str, str | None, str | None]) -> int:
        return self._operations.setdefault(what, len(self._operations))

    def _add_resources(self, key: RowKey, lists: Iterable[Resources]) -> None:
        names = self._resources.setdefault(key, {})
        for resources in lists:
            # A resource that one event names twice counts once.
            arns = {one.ARN for one in resources if one and one.ARN}
            for arn in arns:
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
            known = tally.resources.setdefault(keys[key], {})
            for arn, events in names.items():
                name = clean(arn, LONGEST_ARN)
                known[name] = known.get(name, 0) + events
        self._add_days(tally, actors)
        for (who, day, ip, text), count in self._origins.items():
            _into(tally.origins, OriginKey(day, actors[who], network(ip), *agent(text)), count)
        for event_id, event in provisional:
            what = what_of(event)
            who, is_direct = divmod(self._number(event.caller), 2)
            usage_key = keys[who, self._operation(what[:4]), event.time[:10], what[4], True]
            tally.provisional.append(
                ProvisionalEvent(event_id, usage_key, event.time, bool(is_direct))
            )
        return tally

    def _add_days(self, tally: Tally, actors: list[Actor]) -> None:
        for (who, hour, account, provisional, failed), count in self._hours.items():
            key = ActorDayKey(hour[:10], account, actors[who], provisional)
            day = tally.actor_days.get(key)
            if day is None:
                day = tally.actor_days[key] = ActorDay(first_at=count[2])
            day.events += count[0]
            day.direct += count[1]
            day.hours[int(hour[11:])] += count[0]
            day.first_at = min(day.first_at, count[2])
            day.last_at = max(day.last_at, count[3])
            if not failed:
                day.succeeded_at = max(day.succeeded_at, count[3])
                continue
            day.errors += count[0]
            if failed == SIGN_IN_FAILED:
                day.failed_signins += count[0]


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
