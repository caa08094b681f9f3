"""What reading and counting hand over: who did what, how often, when.

Strings that CloudTrail does not give are ''. Days are 'YYYY-MM-DD' and instants
'YYYY-MM-DDTHH:MM:SSZ', always UTC: they sort as text, which is what counting needs.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import msgspec
from msgspec import Struct


class Path(StrEnum):
    """The side of the migration a call is on."""

    OLD = "old"
    NEW = "new"
    SIGNIN = "signin"
    WORKLOAD = "workload"
    ROOT = "root"
    AWS = "aws"
    UNKNOWN = "unknown"


class Credential(StrEnum):
    """By what kind of credential a call was made. ROLE: a session of an ordinary role."""

    ACCESS_KEY = "access_key"
    CONSOLE = "console"
    SESSION_TOKEN = "session_token"  # noqa: S105
    FEDERATION_TOKEN = "federation_token"  # noqa: S105
    SERVICE_SPECIFIC = "service_specific"
    PERMISSION_SET = "permission_set"
    ROLE = "role"
    NONE = "none"


class Actor(NamedTuple):
    """Who did it, by which credential.

    kind: CloudTrail's userIdentity.type. arn: the IAM user's ARN; else identitystore:<userId>;
    else the role's ARN (never the session's); else what identifies the caller. principal_id: the
    part before the colon (AIDA..., AROA...). account_id: the identity's own account. user_name:
    the IAM user's name, or the session name of a permission set's session. role_arn: the role in
    use, whoever is behind it. session_key: not '' while it is not known who is behind the session;
    the counts move when it is.
    """

    path: Path
    kind: str
    arn: str
    principal_id: str = ""
    account_id: str = ""
    user_name: str = ""
    credential: Credential = Credential.NONE
    access_key_id: str = ""
    permission_set: str = ""
    user_id: str = ""
    identity_store_arn: str = ""
    role_arn: str = ""
    session_key: str = ""


class Operation(NamedTuple):
    """What was called, where, and how it ended: error is '' or the errorCode ('Failure' for a
    failed ConsoleLogin)."""

    event_source: str
    event_name: str
    region: str
    error: str = ""


class UsageKey(NamedTuple):
    """One row of daily counts. account_id: where it was recorded (recipientAccountId).

    provisional: a copy of an action that another account's own record would replace.
    """

    day: str
    account_id: str
    actor: Actor
    operation: Operation
    provisional: bool = False


class ActorDayKey(NamedTuple):
    """One row of the totals by credential and day."""

    day: str
    account_id: str
    actor: Actor
    provisional: bool = False


class OriginKey(NamedTuple):
    """From where and with what, per credential and day. network: a /24 or /48, 'aws' for calls
    that AWS made on somebody's behalf, '' when not given."""

    day: str
    actor: Actor
    network: str
    agent_family: str
    agent_version: str


class Count(Struct, gc=False):
    """How often and when. direct: without invokedBy."""

    events: int
    direct: int
    first_at: str
    last_at: str


class ActorDay(Struct):
    """A credential's day. succeeded_at: last event without error ('' for none), which is what
    "last seen" means. failed_signins: ConsoleLogin failures, which are no use."""

    events: int = 0
    direct: int = 0
    errors: int = 0
    failed_signins: int = 0
    first_at: str = ""
    last_at: str = ""
    succeeded_at: str = ""
    hours: list[int] = msgspec.field(default_factory=lambda: [0] * 24)


class SessionKind(StrEnum):
    """What kind of session began."""

    PERMISSION_SET = "permission_set"
    ROLE = "role"
    ROOT = "root"
    SESSION_TOKEN = "session_token"  # noqa: S105
    FEDERATION_TOKEN = "federation_token"  # noqa: S105


@dataclass(slots=True)
class Session:
    """A temporary credential: its start, and who is behind it when an event says so.

    key: the temporary access key id; for console sessions, whose keys are minted per request, a
    digest of principal id and creation date. actor None: not known yet. issuer_key: the session
    that issued this one, when the caller was itself a session not yet resolved. issued: made by an
    AssumeRole or the like that was seen, rather than only used.
    """

    key: str
    kind: SessionKind
    started_at: str
    account_id: str
    actor: Actor | None = None
    issuer_key: str = ""
    issued: bool = False
    permission_set: str = ""
    role_arn: str = ""
    network: str = ""
    access_key_id: str = ""


class ProvisionalEvent(NamedTuple):
    """One counted copy that a better copy may replace: enough to take it out again."""

    event_id: bytes
    key: UsageKey
    at: str
    direct: bool


@dataclass(slots=True)
class Tally:
    """What a batch of events adds up to. Nothing in it depends on the order of the events."""

    usage: dict[UsageKey, Count] = field(default_factory=dict)
    resources: dict[UsageKey, dict[str, int]] = field(default_factory=dict)
    actor_days: dict[ActorDayKey, ActorDay] = field(default_factory=dict)
    origins: dict[OriginKey, Count] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    provisional: list[ProvisionalEvent] = field(default_factory=list)
    counted: int = 0
    duplicates: int = 0
    ignored: int = 0
