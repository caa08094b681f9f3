"""What classes stand on: what is known of an IAM user, and how each credential of it was used.

Made by migrations_plan.gather.class_facts. None always means not known. Minutes are minutes of the
UTC day, 0 to 1439.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from migrations_plan.rules.usage_words import DayHours

HUMAN, WORKLOAD, MIXED = "human", "workload", "mixed"
DORMANT, UNKNOWN = "dormant", "unknown"


@dataclass(frozen=True, slots=True)
class OriginDay:
    """A day of calls from one network with one family of tools; first, last: minutes."""

    day: date
    network: str
    family: str
    events: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ActionUse:
    """One action over the window: calls, how many of them at weekends, and on how many days."""

    source: str
    name: str
    events: int
    days: int
    weekend: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialUse:
    """How one credential was used in the window. credential: an access key, a console session, a
    session token, a role. access_key_id: '' for what has no key of its own."""

    credential: str
    access_key_id: str = ""
    days: tuple[DayHours, ...] = ()
    origins: tuple[OriginDay, ...] = ()
    actions: tuple[ActionUse, ...] = ()

    @property
    def events(self) -> int:
        """All calls."""
        return sum(sum(one.hours) for one in self.days)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """An access key. use_known: AWS's own last use was read, whole and fresh."""

    access_key_id: str
    active: bool | None
    used_at: datetime | None
    use_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """An IAM user. first_day: of the window. whole_days: days of it that were read whole, of
    `window_days`; read_days: of which anything was read, so that what is seen is there, and what is
    not seen may be. password_use_known: AWS's last use of the password was read, whole and fresh.
    others_use: a kind of credential whose last use AWS does not keep is active."""

    arn: str
    user_name: str
    path: str = "/"
    tags: Mapping[str, str] | None = None
    console_password: bool | None = None
    mfa: bool | None = None
    keys: tuple[KeyFacts, ...] | None = ()
    password_used_at: datetime | None = None
    password_use_known: bool = False
    others_use: bool = False
    first_day: date = date.min
    whole_days: int = 0
    read_days: int = 0
    window_days: int = 0
    uses: tuple[CredentialUse, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Words, with the numbers in them, and those numbers by name."""

    words: str
    evidence: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a credential's use that has one origin and one nature: human, workload or unknown.

    networks: where from, most calls first. share: of the credential's calls, 0 to 1.
    """

    credential: str
    access_key_id: str
    family: str
    networks: tuple[str, ...]
    nature: str
    events: int
    share: float
    habit: str
    why: str


@dataclass(frozen=True, slots=True)
class Class:
    """The answer for a user or for one key. reasons: the weightiest first."""

    kind: str
    sentence: str
    reasons: tuple[Reason, ...] = ()
    parts: tuple[Part, ...] = ()
