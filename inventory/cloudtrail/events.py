"""Events as counting wants them: what many have in common is one object, made once for equal ones.

A thousand events know some ten callers, some fifty stays of these, and some fifty calls. Whatever
can be told of one of those is told once, and an event is hardly more than its time and its id.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self, overload

from msgspec import Struct

from inventory.cloudtrail.fields import Identity, Issued
from inventory.cloudtrail.records import Actor, Operation

# Identities whose static credential may be another one than a key pair.
_MAY_BEAR = frozenset({"IAMUser", "Root", "AWSAccount"})


class Caller:
    """Whoever is behind some events, as far as these events tell by themselves: the reader makes
    equal ones the same object, so that each is classified once.

    actor: session_key set while other events may tell more. direct: not called by an AWS service
    on somebody's behalf. may_bear: a user or root without a static key, whose call may have been
    made with an API key of one service. session_key: of a session that is shown when in use (a
    permission set's, a user's account access, root's); '' for all else. started_at: when that
    began, '' when not told.
    """

    __slots__ = ("actor", "direct", "identity", "may_bear", "session_key", "started_at")

    def __init__(
        self,
        identity: Identity,
        actor: Actor,
        *,
        session_key: str = "",
        started_at: str = "",
    ) -> None:
        self.identity = identity
        self.session_key = session_key
        self.started_at = started_at
        self.actor = actor
        self.direct = not identity.invokedBy
        self.may_bear = identity.type in _MAY_BEAR and not actor.access_key_id


class Stay(Struct, gc=False, eq=False):
    """A caller in one hour and at one place, as one account recorded it.

    hour: 'YYYY-MM-DDTHH'. account_id: '' when not known. ip, agent: as CloudTrail gives them.
    shared: several accounts may record the one action. provisional: another account's copy would be
    better. Two stays may be equal, if the one was no longer kept when the other was met.
    """

    caller: Caller
    hour: str
    account_id: str
    ip: str | None
    agent: str | None
    shared: bool
    provisional: bool


class Call(Struct, gc=False, eq=False):
    """What was called, where, and how it ended. name: as CloudTrail gives it. Two may be equal."""

    operation: Operation
    name: str


class Event(Struct, gc=False, eq=False):
    """One event. time: normalised. event_id: 16 bytes (identifiers). resources: ARNs, each once.
    issued: credentials that it handed out."""

    stay: Stay
    call: Call
    time: str
    event_id: bytes
    resources: tuple[str, ...] = ()
    issued: Issued | None = None

    @property
    def caller(self) -> Caller:
        """Who called, as far as the event itself tells."""
        return self.stay.caller

    @property
    def account_id(self) -> str:
        """The account that recorded it."""
        return self.stay.account_id

    @property
    def name(self) -> str:
        """eventName."""
        return self.call.name

    @property
    def ip(self) -> str | None:
        """sourceIPAddress."""
        return self.stay.ip


class Events(Sequence[Event]):
    """Many events, column by column: an object for each would cost as much as counting them.

    issued: by position, of the few events that handed out credentials.
    """

    __slots__ = ("calls", "ids", "issued", "resources", "stays", "times")

    def __init__(self) -> None:
        self.stays: list[Stay] = []
        self.calls: list[Call] = []
        self.times: list[str] = []
        self.ids: list[bytes] = []
        self.resources: list[tuple[str, ...]] = []
        self.issued: dict[int, Issued] = {}

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """These events."""
        made = cls()
        for event in events:
            if event.issued is not None:
                made.issued[len(made.ids)] = event.issued
            made.stays.append(event.stay)
            made.calls.append(event.call)
            made.times.append(event.time)
            made.ids.append(event.event_id)
            made.resources.append(event.resources)
        return made

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: int) -> Event: ...

    @overload
    def __getitem__(self, at: slice) -> list[Event]: ...

    def __getitem__(self, at: int | slice) -> Event | list[Event]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        return Event(
            self.stays[at],
            self.calls[at],
            self.times[at],
            self.ids[at],
            self.resources[at],
            self.issued.get(at + len(self) if at < 0 else at),
        )

    def __iter__(self) -> Iterator[Event]:
        return map(self.__getitem__, range(len(self)))

    def __iadd__(self, more: "Events") -> Self:
        start = len(self)
        self.stays += more.stays
        self.calls += more.calls
        self.times += more.times
        self.ids += more.ids
        self.resources += more.resources
        for at, issued in more.issued.items():
            self.issued[start + at] = issued
        return self
