"""What readiness gates may know of one person. Made by migrations_plan.gather; None: not known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from migrations_plan.rules.facts import Told

# A day's last logs are delivered, listed and counted within this time after its end (UTC).
COUNTED_AFTER = timedelta(hours=4)
# And a pass over everybody follows within this.
A_PASS = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFact:
    """What an IAM user or one of its keys is used as. kind None: nobody has judged it. told.why:
    why the kind may not be believed. in_identity_center: how a program was found where only people
    belong; '' when none was."""

    subject: str
    kind: str | None
    told: Told
    declared: bool = False
    in_identity_center: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldUser:
    """An IAM user that a lead confirmed as the person's.

    present None: no read ever told of it. open: its long-lived credentials that open something;
    None: not known. open_told: the reads behind that number. classes: of the user and of its keys.
    used_at, used_by: the last use that is known at all, per AWS or CloudTrail.
    """

    arn: str
    name: str
    account_id: str
    account: str
    present: bool | None
    confirmed_by: str
    confirmed_at: datetime
    told: Told
    open: int | None
    open_told: Told
    classes: tuple[ClassFact, ...] = ()
    used_at: datetime | None = None
    used_by: str = ""

    @property
    def kind(self) -> str:
        """Of the user itself; '' while nobody has judged it."""
        return next((one.kind or "" for one in self.classes if one.subject == self.arn), "")

    @property
    def excepted(self) -> bool:
        """A lead declared that it stays as it is."""
        return self.kind == "exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityFact:
    """The person's entry in the identity store. exists, enabled None: not known. program: what its
    calls are, where they are a program's; None: nobody found that."""

    exists: bool | None
    enabled: bool | None
    email: str
    told: Told
    program: ClassFact | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """Access the person has to have: any permission set in an account they used (permission_set
    ''), or the set of a confirmed target. said: nothing but their own word asks for it."""

    account_id: str
    account: str
    permission_set: str = ""
    said: bool = False

    @property
    def words(self) -> str:
        """'Developer in dev', 'dev', '111111111111 (as they say)'."""
        if self.said:
            return f"{self.account} (as they say)"
        return f"{self.permission_set} in {self.account}" if self.permission_set else self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFact:
    """What the person needs, and what is granted: (account, permission set), by name. told: the
    reads of assignments, permission sets and groups, the worst of them."""

    needs: tuple[Need, ...] = ()
    granted: frozenset[tuple[str, str]] = frozenset()
    has_target: bool = False
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFact:
    """How whole the logs are that would show what the person does.

    last_day: the last day that can be counted by now. read_days: how many days up to it, without a
    break, are wholly read in every account where the person's IAM users live or were used; None:
    there is no such account. gap, gap_account: the first day before those that is not.
    """

    last_day: date
    read_days: int | None
    gap: date | None = None
    gap_account: str = ""

    @property
    def until(self) -> datetime:
        """When the next day must have been read, or the answer is too old."""
        midnight = datetime.combine(self.last_day + timedelta(days=2), time.min, UTC)
        return midnight + COUNTED_AFTER + A_PASS


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool the person used, by user agent: family, version, its newest use."""

    family: str
    version: str
    last_at: datetime

    def __str__(self) -> str:
        return f"{self.family} {self.version}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageFact:
    """What the logs show. used_at, used_by: the last use of the old path, per CloudTrail or AWS;
    None: none is known. old_cli: the command line was seen on the old path in the window."""

    used_at: datetime | None = None
    used_by: str = ""
    old_events: int = 0
    old_cli: bool = False
    signed_in_at: datetime | None = None
    signed_in_how: str = ""
    console_at: datetime | None = None
    cli_at: datetime | None = None
    tools: tuple[ToolUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastFact:
    """The stored forecast. worst: the heaviest denied or undecided call in words, ''."""

    calls: int
    denied: int
    unknown: int
    denied_events: int
    worst: str
    why: str
    made_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Everything about one person. left: they are gone, as `left_how` says. domains: of the
    company's addresses; none: any. forecast None: none was made. window: days looked back."""

    name: str
    identity: IdentityFact
    access: AccessFact
    logs: LogFact
    usage: UsageFact = UsageFact()
    forecast: ForecastFact | None = None
    users: tuple[OldUser, ...] = ()
    left: bool = False
    left_how: str = ""
    domains: tuple[str, ...] = ()
    runs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def old_users(self) -> tuple[OldUser, ...]:
        """Those that are to go: not excepted, and not known to be gone."""
        return tuple(one for one in self.users if one.present is not False and not one.excepted)

    @property
    def open(self) -> int | None:
        """Credentials of the old path that still open something; None when one is not known."""
        numbers = [one.open for one in self.old_users]
        return None if None in numbers else sum(number or 0 for number in numbers)
