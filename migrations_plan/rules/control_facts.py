"""What the rules of controls may know. Made by migrations_plan.gather.controls; None always means
not known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from migrations_plan.rules.facts import Told


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom or what a case is about. page: the name of the page that shows it, key: what that page's
    address needs; '' where there is none."""

    id: str
    name: str
    page: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """An account that is expected to be read. users, credentials: the reads that tell of its IAM
    users and of what they hold. days: whole UTC days of the window since it joined; missing: those
    of them not wholly read; why: what is missing, as a sentence."""

    subject: Subject
    is_management: bool
    users: Told
    credentials: Told
    days: int = 0
    missing: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFacts:
    """One IAM user. human None: nobody knows. kind: its class in a word. old_calls: over the old
    path in the window, without failed sign-ins. owner: whose a lead confirmed it to be; ''."""

    subject: Subject
    account: str
    human: bool | None
    kind: str
    password: bool | None
    active_keys: int | None
    old_calls: int = 0
    old_at: datetime | None = None
    owner: str = ""

    @property
    def opens(self) -> bool | None:
        """It has a console password or an active key."""
        if self.password or self.active_keys:
            return True
        return None if None in (self.password, self.active_keys) else False

    @property
    def held(self) -> str:
        """'a console password and 2 active keys'; '' for nothing."""
        parts = ["a console password"] if self.password else []
        keys = self.active_keys or 0
        parts += [f"{keys} active key{'' if keys == 1 else 's'}"] if keys else []
        return " and ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFacts:
    """Calls in the window by somebody who is no present IAM user: the root user of an account, or
    an IAM user that is gone."""

    subject: Subject
    human: bool | None
    calls: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreUserFacts:
    """A user of the identity store. scim: it has an id of an external provider."""

    subject: Subject
    enabled: bool | None
    scim: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """A group with access to some account."""

    subject: Subject
    scim: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverFacts:
    """Somebody who is gone. how: 'left on 2026-10-01, 60 days ago'. enabled: in Identity Center;
    None: not known, False: disabled or not there. users: IAM users confirmed as theirs."""

    subject: Subject
    how: str
    enabled: bool | None
    users: tuple[UserFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts:
    """A permission set. seconds: of its sessions. tags None: not read. reviewed_at: the last review
    in the journal."""

    subject: Subject
    seconds: int | None
    tags: Mapping[str, str] | None
    created_at: datetime | None
    reviewed_at: datetime | None = None
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFacts:
    """A trail. account_id: its owner's."""

    subject: Subject
    account_id: str
    organization: bool
    logging: bool
    multi_region: bool
    validated: bool
    management_events: bool | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that controls are judged by, as known at `now`. window_days: whole UTC days before
    today; session_hours: the longest session a permission set should give. synced_at: the newest
    change of a user that came by SCIM. roster: a roster tells who left. people: everybody known.
    """

    now: datetime
    window_days: int
    session_hours: int
    accounts: tuple[AccountFacts, ...] = ()
    organization: Told
    users: tuple[UserFacts, ...] = ()
    uses: tuple[UseFacts, ...] = ()
    instance: Told
    has_instance: bool = False
    store: Told
    assignments: Told
    store_users: tuple[StoreUserFacts, ...] = ()
    groups: tuple[GroupFacts, ...] = ()
    direct: tuple[Subject, ...] = ()
    grants: int = 0
    synced_at: datetime | None = None
    people: int = 0
    roster: bool = False
    leavers: tuple[LeaverFacts, ...] = ()
    sets_told: Told
    sets: tuple[SetFacts, ...] = ()
    trails_told: Told
    trails: tuple[TrailFacts, ...] = field(default=())
