"""What one signed-in person may open, and what of the old way is still theirs.

Everything comes through visible_to and, because leads see more than is theirs, is then narrowed to
what is the person's own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from inventory.freshness import FRESH, UNKNOWN, Freshness, freshness
from inventory.models import AwsAccount, IdentityCenterInstance
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.artefacts import cli_config
from migrations_plan.artefacts.cli_config import Target
from migrations_plan.gather.person import Credential, GrantRow, OldAccess
from migrations_plan.gather.set_words import words_of
from migrations_plan.gather.told import Reads
from migrations_plan.gather.words import duration_seconds
from migrations_plan.models import PortalUser
from migrations_plan.policy.plain_words import SetWords
from migrations_plan.summary import USER_SOURCES

ACCESS_SOURCES = ("identity_store", "account_assignments", "permission_sets")
POLICIES = "authorization_details"
ACCESS_KEY = "access key"


@dataclass(frozen=True, slots=True)
class Door:
    """One permission set in one account. link None: it cannot be built. words None: the set was not
    read. until: when a session that is opened now ends; None: not known."""

    grant: GrantRow
    link: str | None
    words: SetWords | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Room:
    """One account with everything that opens it."""

    account: AwsAccount
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """All of it. start None: nobody has set a usable start URL."""

    rooms: tuple[Room, ...]
    start: str | None

    @property
    def doors(self) -> int:
        """Ways in, over all accounts."""
        return sum(len(room.doors) for room in self.rooms)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something the page cannot promise. at: the last whole read; None: there was none."""

    title: str
    place: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class OldKey:
    """An access key of an IAM user that is theirs."""

    user: str
    account: AwsAccount
    key: Credential


def region_of(viewer: PortalUser) -> str | None:
    """Where Identity Center is. At most one query."""
    if settings.IDENTITY_CENTER_REGION:
        return str(settings.IDENTITY_CENTER_REGION)
    instances = IdentityCenterInstance.objects.visible_to(viewer).present()
    found = instances.order_by("pk").first()
    return found.region if found else None


def access(grants: Sequence[GrantRow], reads: Reads) -> Access:
    """Tiles; a set that was not read has no name and so no way in. One query at most."""
    start = cli_config.start_url(settings.PORTAL_START_URL)
    words = words_of(grants, reads)
    rooms: dict[str, tuple[AwsAccount, list[Door]]] = {}
    for grant in grants:
        door = Door(
            grant=grant,
            link=cli_config.console_link(start, target_of(grant)),
            words=words.get((grant.account.account_id, grant.arn)),
            until=_until(grant, reads.now),
        )
        rooms.setdefault(grant.account.account_id, (grant.account, []))[1].append(door)
    found = tuple(Room(account, tuple(doors)) for account, doors in rooms.values())
    return Access(rooms=found, start=start)


def target_of(grant: GrantRow) -> Target:
    """As links and profiles name it; a set that was not read has no name."""
    name = grant.permission_set.name if grant.permission_set else ""
    return Target(grant.account.account_id, grant.account.name, name)


def _until(grant: GrantRow, now: datetime) -> datetime | None:
    text = grant.permission_set.session_duration if grant.permission_set else ""
    seconds = duration_seconds(text)
    return now + timedelta(seconds=seconds) if seconds else None


def reads_behind(
    old_access: Iterable[OldAccess], grants: Iterable[GrantRow], now: datetime
) -> Reads:
    """The reads that this page stands on. One query."""
    accounts = {old.user.account_id: old.user.account for old in old_access}
    accounts |= {grant.account.account_id: grant.account for grant in grants}
    names = (*ACCESS_SOURCES, *USER_SOURCES)
    states = freshness(
        now,
        sources=[SOURCE_BY_NAME[name] for name in names],
        account_ids=sorted(accounts),
        left={pk: account.why_not_read() for pk, account in accounts.items()},
    )
    return Reads(now, {(one.source.name, one.account_id): one for one in states})


def doubts(old_access: Sequence[OldAccess], reads: Reads) -> list[Doubt]:
    """What is not whole and fresh: of Identity Center, and of the accounts of the old users."""
    accounts = {old.user.account_id: str(old.user.account) for old in old_access}
    mine = {"", *accounts}
    bad = [one for one in reads.states.values() if one.state != FRESH and one.account_id in mine]
    return [_doubt(state, accounts) for state in bad]


def access_states(now: datetime) -> list[Freshness]:
    """Of the reads that say what is assigned to whom. One query."""
    sources = [SOURCE_BY_NAME[name] for name in ACCESS_SOURCES]
    return freshness(now, sources=sources, account_ids=[], left={})


def why_not_whole(states: Iterable[Freshness]) -> str:
    """The first that is not whole and fresh, in a clause; '' for none. Until it is, something may
    be assigned that nobody sees, and nothing is known not to be. What AWS answered stays untold:
    it names what is not the person's."""
    bad = (one.source.title for one in states if one.state != FRESH)
    return next((f"the last read of “{title}” is not whole and fresh" for title in bad), "")


def access_doubt(reads: Reads) -> str:
    """The same, of a page that has its reads."""
    found = (reads.states.get((name, "")) for name in ACCESS_SOURCES)
    return why_not_whole(one for one in found if one is not None)


def never_read(reads: Reads) -> bool:
    """Whether what may be opened was never read whole."""
    states = [reads.states.get((name, "")) for name in ACCESS_SOURCES]
    return any(one is None or one.state == UNKNOWN for one in states)


def _doubt(state: Freshness, accounts: Mapping[str, str]) -> Doubt:
    place = accounts.get(state.account_id, "Identity Center")
    return Doubt(state.source.title, place, state.state, state.observed_at)


def old_keys(old_access: Iterable[OldAccess]) -> list[OldKey]:
    """Access keys of present IAM users, whatever their status."""
    return [
        OldKey(old.user.user_name, old.user.account, one)
        for old in old_access
        for one in old.credentials
        if one.kind == ACCESS_KEY
    ]
