"""People as facts alone know them, now or as of an instant.

The same joining as migrations_plan.people does for the table: one person is one identity store
user, the roster's line with the same address (lower case) joins in, and somebody on the roster only
is a person too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.addresses import address_of
from inventory.population import population
from inventory.records import IdentityStoreUserRecord, Record, RosterPersonRecord

TYPES: tuple[type[Record], ...] = (IdentityStoreUserRecord, RosterPersonRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What the facts say of one person. enabled None: not known, or not in the identity store."""

    email: str
    name: str
    identity_center_user_id: str | None
    enabled: bool | None
    left_on: str | None
    status: str


def merged(
    users: Iterable[IdentityStoreUserRecord], roster: Iterable[RosterPersonRecord]
) -> list[PersonFacts]:
    """Everybody, by address, name and id. Pure."""
    lines = {line.email: line for line in roster}
    people = [_from_store(user, lines.get(address_of(user))) for user in users]
    met = {person.email for person in people}
    people += [_from_roster(line) for email, line in lines.items() if email not in met]
    return sorted(people, key=lambda p: (p.email, p.name, p.identity_center_user_id or ""))


def _from_store(user: IdentityStoreUserRecord, line: RosterPersonRecord | None) -> PersonFacts:
    return PersonFacts(
        email=address_of(user),
        name=user.display_name or (line.name if line else "") or user.user_name,
        identity_center_user_id=user.user_id,
        enabled=user.enabled,
        left_on=line.left_on if line else None,
        status=line.status if line else "",
    )


def _from_roster(line: RosterPersonRecord) -> PersonFacts:
    return PersonFacts(
        email=line.email,
        name=line.name,
        identity_center_user_id=None,
        enabled=None,
        left_on=line.left_on,
        status=line.status,
    )


def people_at(at: datetime | None) -> list[PersonFacts]:
    """Everybody whom the facts know, now or at an instant. Two queries (three for an instant)."""
    found = population(TYPES, at=at)
    return merged(
        [r for r in found[IdentityStoreUserRecord] if isinstance(r, IdentityStoreUserRecord)],
        [r for r in found[RosterPersonRecord] if isinstance(r, RosterPersonRecord)],
    )
