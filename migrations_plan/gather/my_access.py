"""What one signed-in person may open, and what of the old way is still theirs.

Everything comes through visible_to and, because leads see more than is theirs, is then narrowed to
what is the person's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from inventory.freshness import FRESH, Freshness, freshness
from inventory.models import AwsAccount, IdentityCenterInstance
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.artefacts import cli_config
from migrations_plan.artefacts.cli_config import Target
from migrations_plan.gather.person import GrantRow, OldAccess
from migrations_plan.models import PortalUser
from migrations_plan.summary import USER_SOURCES

ACCESS_SOURCES = ("identity_store", "account_assignments", "permission_sets")


@dataclass(frozen=True, slots=True)
class Door:
    """One permission set in one account with the ways in; None: the way cannot be built."""

    grant: GrantRow
    link: str | None
    profile: str | None


@dataclass(frozen=True, slots=True)
class Room:
    """One account with everything that opens it."""

    account: AwsAccount
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """All of it. start None: nobody has set a usable start URL. config: the whole file."""

    rooms: tuple[Room, ...]
    start: str | None
    region: str | None
    config: str | None

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


def region_of(viewer: PortalUser) -> str | None:
    """Where Identity Center is. At most one query."""
    if settings.IDENTITY_CENTER_REGION:
        return str(settings.IDENTITY_CENTER_REGION)
    instances = IdentityCenterInstance.objects.visible_to(viewer).present()
    found = instances.order_by("pk").first()
    return found.region if found else None


def access(grants: Sequence[GrantRow], *, region: str | None) -> Access:
    """Links and profiles for each grant; a set that was not read has no name and so no way in."""
    start = cli_config.start_url(settings.PORTAL_START_URL)
    targets = cli_config.distinct([_target(grant) for grant in grants])
    rooms: dict[str, tuple[AwsAccount, list[Door]]] = {}
    blocks = []
    for grant, target in zip(grants, targets, strict=True):
        door = Door(
            grant=grant,
            link=cli_config.console_link(start, target),
            profile=cli_config.profile(start, region, target),
        )
        rooms.setdefault(grant.account.account_id, (grant.account, []))[1].append(door)
        blocks += [door.profile] if door.profile else []
    session = cli_config.session(start, region)
    return Access(
        rooms=tuple(Room(account, tuple(doors)) for account, doors in rooms.values()),
        start=start,
        region=region,
        config="\n".join([session, *blocks]) if session and blocks else None,
    )


def _target(grant: GrantRow) -> Target:
    name = grant.permission_set.name if grant.permission_set else ""
    return Target(grant.account.account_id, grant.account.name, name)


def doubts(old_access: Sequence[OldAccess], now: datetime) -> list[Doubt]:
    """Reads behind this person's page that are not whole and fresh. Two queries."""
    accounts = {old.user.account_id: str(old.user.account) for old in old_access}
    names = (*ACCESS_SOURCES, *(USER_SOURCES if accounts else ()))
    states = freshness(
        now, sources=[SOURCE_BY_NAME[name] for name in names], account_ids=list(accounts)
    )
    return [_doubt(state, accounts) for state in states if state.state != FRESH]


def _doubt(state: Freshness, accounts: dict[str, str]) -> Doubt:
    place = accounts.get(state.account_id, "Identity Center")
    return Doubt(state.source.title, place, state.state, state.observed_at)
