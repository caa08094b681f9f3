"""What the gates of a plan may know. Made by migrations_plan.gather.plan_facts; None always means
not known. All but the people, their users and the plan's own numbers is the same for every plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from migrations_plan.rules import control_facts
from migrations_plan.rules.facts import RootFacts, Told
from migrations_plan.rules.gate import GateVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account that is expected to be read. missing: of `days` whole days, those not wholly
    read; why: which. snapshot_at: its first whole read of IAM, which the history keeps. contacts:
    kinds of alternate contacts, in AWS's words. root None: no read ever told of it."""

    id: str
    name: str
    environment: str
    is_management: bool
    users: Told
    credentials: Told
    days: int = 0
    missing: int = 0
    why: str = ""
    snapshot_at: datetime | None = None
    contacts: frozenset[str] = frozenset()
    contacts_told: Told
    root: RootFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What binds an exception. until None: the declaration has no end. addresses: of the terms;
    verified: a policy of the user denies everything from elsewhere; None: its policies were not
    read."""

    owner: str
    until: datetime | None
    rotation_days: int | None
    addresses: tuple[str, ...]
    verified: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What was decided about a disabled user: the newest decision."""

    word: str
    by: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An IAM user: every present one of an account that is read, and those of the plan's people
    that are gone. kind: its class in a word, human None: nobody knows. keys: access keys, active or
    not. denied: everything is denied to it. owner: the e-mail address of whoever a lead confirmed.
    made_at: of the user, of its password and of its keys. old_calls: over the old path lately.
    cut_at: when the last cutover that names it began; off_since: since when reads show that it
    opens nothing; None: it does, or nobody knows."""

    arn: str
    name: str
    account: str
    gone: bool = False
    kind: str
    human: bool | None
    admin: bool | None = None
    password: bool | None = None
    active_keys: int | None = None
    keys: int | None = None
    denied: bool | None = None
    owner: str = ""
    made_at: datetime | None = None
    password_at: datetime | None = None
    keys_at: tuple[datetime, ...] = ()
    oldest_key_at: datetime | None = None
    old_calls: int = 0
    told: Told
    credentials: Told
    class_until: datetime | None = None
    terms: Terms | None = None
    fate: Fate | None = None
    cut_at: datetime | None = None
    off_since: datetime | None = None

    @property
    def label(self) -> str:
        """'ana in dev'."""
        return f"{self.name} in {self.account}"


@dataclass(frozen=True, slots=True)
class Review:
    """One line of the journal. current: of the set as it stands now. code: it names its code."""

    actor: str
    at: datetime
    current: bool
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """placed: (account, environment) of where it is assigned. holders: people who hold it; None:
    not known. groups: names of those that it is given to; direct: users that it is given to one by
    one. described: its contents were read. breaks_glass: for emergencies, by name or tag; marked:
    by tag. scope: what is not as the catalogue of the stories says, in sentences. reads_only: it
    is meant to write nothing in production. writes: (account, action, outcome) that an evaluation
    of it in production accounts did not deny; tried: how many it tried."""

    arn: str
    name: str
    seconds: int | None
    described: bool
    as_code: bool | None
    reviews: tuple[Review, ...] = ()
    placed: tuple[tuple[str, str], ...] = ()
    holders: int | None = None
    groups: tuple[str, ...] = ()
    direct: int = 0
    admin: bool = False
    breaks_glass: bool = False
    marked: bool = False
    scope: tuple[str, ...] = ()
    reads_only: bool = False
    writes: tuple[tuple[str, str, str], ...] = ()
    tried: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the plan. gates: the readiness gates by name, as they read now. opened_at: since
    when the new way is open to them in every account they need, as far as history knows; lacking:
    accounts that are not open. closed_at: when their old way ended; None: it has not. message: the
    newest state of a message that says when it ends; ''. refused: what was refused on the new path,
    and should work."""

    pk: int
    name: str
    email: str
    users: tuple[str, ...] = ()
    gates: Mapping[str, GateVerdict] = field(default_factory=dict)
    opened_at: datetime | None = None
    lacking: tuple[str, ...] = ()
    closed_at: datetime | None = None
    message: str = ""
    message_at: datetime | None = None
    tested_at: datetime | None = None
    refused: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What standings call them."""
        return f"person:{self.pk}"


@dataclass(frozen=True, slots=True)
class Guarded:
    """One member account under the guardrails as they stand. open: attacks that are not denied.
    unknown: those of which nobody knows; tried: how many were evaluated."""

    account_id: str
    account: str
    open: tuple[str, ...]
    unknown: tuple[str, ...]
    tried: int


@dataclass(frozen=True, slots=True)
class BreakGlassUse:
    """One session of break-glass. outcome: of its review; ''."""

    key: str
    who: str
    at: datetime
    reviewed_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Drill:
    """A test of the directory. kind: arrive or leave; the instants as in models.ScimDrill."""

    kind: str
    user: str
    started_at: datetime
    seen_at: datetime | None
    gone_at: datetime | None
    residual_until: datetime | None


@dataclass(frozen=True, slots=True)
class Move:
    """A program's new role. wide: policies that allow everything; unused: services that it is
    allowed and never called; unread: policies nobody has read; present None: its account was not
    read."""

    user_arn: str
    name: str
    role: str
    present: bool | None
    wide: tuple[str, ...]
    unused: tuple[str, ...]
    unread: tuple[str, ...]
    told: Told


@dataclass(frozen=True, slots=True)
class Tail:
    """A session that began before its user was cut over. until: its last possible minute."""

    user_arn: str
    words: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TrailEvents:
    """data None: not known. services: whose data events it records."""

    name: str
    data: bool | None
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementDay:
    """One of the auditor's statements on one day, as it may be believed."""

    short: str
    day: date
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """Everything that the gates of one plan are judged by, as known at `now`.

    control: what the seven statements are judged by. users: of every account; mine: ARNs of those
    of the plan's waves, workloads: of programs. quiet_days: whole days before today that
    `old_calls` looks at, from quiet_from; quiet_missing: account-days of them not wholly read.
    logs_through: up to when the logs of the accounts of the plan's users are read.
    """

    now: datetime
    settings: Mapping[str, int]
    control: control_facts.Facts
    people: tuple[Person, ...] = ()
    mine: tuple[str, ...] = ()
    workloads: frozenset[str] = frozenset()
    accounts: tuple[Account, ...] = ()
    users: tuple[User, ...] = ()
    sets: tuple[PermissionSet, ...] = ()
    domains: tuple[str, ...] = ()
    start_url: str = ""
    volunteers: tuple[str, ...] = ()
    arrivals: tuple[tuple[str, datetime], ...] = ()
    drills: tuple[Drill, ...] = ()
    guardrails: Told
    guarded: tuple[Guarded, ...] = ()
    exempt: tuple[str, ...] = ()
    root_limit_days: int = 30
    quiet_days: int = 7
    quiet_missing: int = 0
    quiet_why: str = ""
    quiet_until: datetime | None = None
    strangers: tuple[tuple[str, int], ...] = ()
    statements: tuple[StatementDay, ...] = ()
    statements_until: datetime | None = None
    uses: tuple[BreakGlassUse, ...] = ()
    moves: tuple[Move, ...] = ()
    tails: tuple[Tail, ...] = ()
    logs_through: datetime | None = None
    trails: tuple[TrailEvents, ...] = ()
    regressed: frozenset[str] = frozenset()

    def number(self, name: str, default: int) -> int:
        """A number of the plan."""
        return self.settings.get(name, default)

    @property
    def by_arn(self) -> Mapping[str, User]:
        """Users by ARN."""
        return {user.arn: user for user in self.users}

    @property
    def wave_users(self) -> tuple[User, ...]:
        """IAM users of the plan's waves, gone ones too."""
        known = self.by_arn
        return tuple(known[arn] for arn in self.mine if arn in known)

    @property
    def present(self) -> tuple[User, ...]:
        """Users that are there."""
        return tuple(user for user in self.users if not user.gone)
