"""Who is in a wave, and what was last read of their IAM users. Made by gather.waves; None: not
known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import KINDS, Told

SHARED = ("mixed", "workload")
EXCEPTION, WORKLOAD = "exception", "workload"


@dataclass(frozen=True, slots=True)
class HeldKey:
    """An access key as the last read showed it. changed_at: when that read first showed it so."""

    id: str
    active: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class OtherCredential:
    """What else opens something: kind is one of rules.facts.KINDS."""

    kind: str
    id: str
    active: bool
    service: str = ""

    @property
    def words(self) -> str:
        """'SSH public key APKAEXAMPLE'."""
        of = f" of {self.service}" if self.service else ""
        return f"{KINDS[self.kind]} {self.id}{of}"


@dataclass(frozen=True, slots=True)
class UsedAs:
    """What a user, or one of its keys, is used as by now. subject: ARN or key id. used_at: the last
    use that is known."""

    subject: str
    kind: str
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveUser:
    """One IAM user. present None: no read ever told of it; False: a whole read shows it no more.

    keys: as AWS listed them, user by user; None: nobody asked. denied: AWSDenyAll is attached to
    the user itself. Each has the read behind it, whose `why` is '' when it is whole and fresh.
    production: the account counts as production, as one of unknown environment does.
    """

    arn: str
    name: str
    account_id: str
    account: str
    environment: str
    production: bool
    present: bool | None
    told: Told
    keys: tuple[HeldKey, ...] | None
    keys_told: Told
    denied: bool | None
    password: bool | None
    password_told: Told
    others: tuple[OtherCredential, ...]
    others_told: Told
    used_as: tuple[UsedAs, ...] = ()
    person_id: int | None = None
    person: str = ""

    @property
    def kind(self) -> str:
        """Of the user as a whole; '' while nobody has judged it."""
        return next((one.kind for one in self.used_as if one.subject == self.arn), "")

    @property
    def stays(self) -> bool:
        """A lead declared that it stays as it is."""
        return self.kind == EXCEPTION

    @property
    def used_at(self) -> datetime | None:
        """The last use that is known of the user or of a key."""
        return max((one.used_at for one in self.used_as if one.used_at), default=None)

    @property
    def active_keys(self) -> int | None:
        """None: nobody knows."""
        return None if self.keys is None else sum(key.active for key in self.keys)

    @property
    def off(self) -> bool:
        """Known to open nothing but, perhaps, a console in which everything is denied."""
        return self.present is not False and self.active_keys == 0 and self.denied is True


@dataclass(frozen=True, slots=True)
class GateReads:
    """A readiness gate as it reads now."""

    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePerson:
    """Somebody of a wave with the IAM users that are cut over with them. gates: by name."""

    pk: int
    name: str
    email: str
    user_id: str
    users: tuple[WaveUser, ...]
    gates: Mapping[str, GateReads]

    @property
    def subject(self) -> str:
        """What standings and journal call them."""
        return f"person:{self.pk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFacts:
    """people: by name. programs: IAM users that are in the wave as workloads. loose: IAM users of
    the wave's accounts that nobody is confirmed for. accounts: of the wave as a whole, by id."""

    people: tuple[WavePerson, ...] = ()
    programs: tuple[WaveUser, ...] = ()
    loose: tuple[WaveUser, ...] = ()
    accounts: Mapping[str, str]

    @property
    def users(self) -> Sequence[WaveUser]:
        """All of them, each once."""
        mine = [user for person in self.people for user in person.users]
        return [*mine, *self.programs, *self.loose]

    @property
    def empty(self) -> bool:
        """Nobody and nothing is in it."""
        return not (self.people or self.programs or self.loose)
