"""From groups of events to the rows of a tally: who, what, where, when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from inventory.cloudtrail.actor import classify
from inventory.cloudtrail.agents import agent
from inventory.cloudtrail.behind import resolved
from inventory.cloudtrail.events import Context, Identity, Resource, is_true
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
from inventory.cloudtrail.sessions import merged, nearer, used_session, who_is_behind
from inventory.cloudtrail.text import LONGEST_ARN, clean

Key = TypeVar("Key")


class Group(NamedTuple):
    """What events of one hour have in common. Strings are as CloudTrail gives them, so that two
    groups may end in one row. provisional: another account's copy may replace these."""

    identity: Identity
    from_console: str | bool | None
    context: Context
    source: str
    name: str
    hour: str
    account_id: str | None
    region: str | None
    error: str | None
    ip: str | None
    agent: str | None
    provisional: bool

    @property
    def is_console(self) -> bool:
        """Whether it was a session of the console."""
        return is_true(self.from_console) or self.name == "ConsoleLogin"


class Who(NamedTuple):
    """All that decides who did it."""

    identity: Identity
    console: bool
    context: Context
    source: str


@dataclass(slots=True)
class Times:
    """How many events of a group there are, the first and the last."""

    events: int
    first: str
    last: str


class Adding:
    """A tally in the making. Sessions first (add_session, add_used_sessions), then settle(), then
    the groups: a session's maker may stand in a later event than its use."""

    def __init__(self, known: Mapping[str, Actor]) -> None:
        self.tally = Tally()
        self._known = known
        self._unresolved: dict[Who, Actor] = {}
        self._actors: dict[Who, Actor] = {}
        self._operations: dict[tuple[str, str, str | None, str | None], Operation] = {}

    def add_session(self, session: Session | None) -> None:
        """Adds what one event told about a session."""
        if session is not None:
            before = self.tally.sessions.get(session.key)
            self.tally.sessions[session.key] = merged(before, session) if before else session

    def add_used_sessions(self, groups: Mapping[Group, Times]) -> None:
        """Adds the sessions that show in use."""
        used: dict[Who, Session | None] = {}
        for group, times in groups.items():
            who = who_of(group)
            if who not in used:
                actor = self._unresolved_actor(who)
                used[who] = used_session(who.identity, who.console, actor, times.first)
            session = used[who]
            if session is not None:
                session.started_at = min(session.started_at, times.first)
                session.network = nearer(session.network, network(group.ip))
        for session in used.values():
            self.add_session(session)

    def settle(self) -> None:
        """Says of each session who is behind it, as far as is known now."""
        sessions = self.tally.sessions
        behind = {key: who_is_behind(key, sessions, self._known) for key in sessions}
        for key, session in sessions.items():
            session.actor = behind[key]

    def add(self, group: Group, times: Times) -> None:
        """Adds a group to all the rows it belongs to."""
        actor = self._actor(who_of(group))
        key = self.usage_key(group, actor)
        direct = 0 if group.identity.invokedBy else times.events
        _add_count(self.tally.usage, key, times, direct)
        day_key = ActorDayKey(key.day, key.account_id, actor, key.provisional)
        _add_to_day(self.tally.actor_days.setdefault(day_key, ActorDay()), group, times, direct)
        if not group.provisional:
            origin = OriginKey(key.day, actor, *origin_of(group))
            _add_count(self.tally.origins, origin, times, direct)

    def add_resources(self, group: Group, resources: Iterable[Resource | None]) -> None:
        """Adds the resources that one event of a group named."""
        names = self.tally.resources.setdefault(self.usage_key(group), {})
        for arn in {clean(one.ARN, LONGEST_ARN) for one in resources if one and one.ARN}:
            names[arn] = names.get(arn, 0) + 1

    def add_provisional(self, event_id: bytes, group: Group, at: str) -> None:
        """Remembers one event that a better copy may replace."""
        direct = not group.identity.invokedBy
        self.tally.provisional.append(ProvisionalEvent(event_id, self.usage_key(group), at, direct))

    def usage_key(self, group: Group, actor: Actor | None = None) -> UsageKey:
        """The row of counts that a group belongs to."""
        what = (group.source, group.name, group.region, group.error)
        operation = self._operations.get(what)
        if operation is None:
            operation = self._operations[what] = Operation(
                clean(group.source), clean(group.name), clean(group.region, 64), clean(group.error)
            )
        return UsageKey(
            group.hour[:10],
            group.account_id or "",
            actor or self._actor(who_of(group)),
            operation,
            group.provisional,
        )

    def _unresolved_actor(self, who: Who) -> Actor:
        actor = self._unresolved.get(who)
        if actor is None:
            actor = self._unresolved[who] = classify(
                who.identity, source=who.source, from_console=who.console, context=who.context
            )
        return actor

    def _actor(self, who: Who) -> Actor:
        actor = self._actors.get(who)
        if actor is None:
            actor = self._unresolved_actor(who)
            behind = who_is_behind(actor.session_key, self.tally.sessions, self._known)
            self._actors[who] = actor = resolved(actor, behind) if behind else actor
        return actor


def who_of(group: Group) -> Who:
    """The part of a group that decides who did it."""
    return Who(group.identity, group.is_console, group.context, group.source)


def origin_of(group: Group) -> tuple[str, str, str]:
    """From which network, with which family and version of tool."""
    tool = agent(group.agent)
    place = AWS if group.identity.invokedBy else network(group.ip)
    return place, tool.family, tool.version


def _add_count(counts: dict[Key, Count], key: Key, times: Times, direct: int) -> None:
    count = counts.get(key)
    if count is None:
        counts[key] = Count(times.events, direct, times.first, times.last)
        return
    count.events += times.events
    count.direct += direct
    count.first_at = min(count.first_at, times.first)
    count.last_at = max(count.last_at, times.last)


def _add_to_day(day: ActorDay, group: Group, times: Times, direct: int) -> None:
    day.events += times.events
    day.direct += direct
    day.first_at = min(day.first_at, times.first) if day.first_at else times.first
    day.last_at = max(day.last_at, times.last)
    day.hours[int(group.hour[11:13])] += times.events
    if not group.error:
        day.succeeded_at = max(day.succeeded_at, times.last)
        return
    day.errors += times.events
    if group.name == "ConsoleLogin":
        day.failed_signins += times.events
