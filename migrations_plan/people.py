"""People, brought up to date from the identity store and the roster.

One person is one identity store user; the roster's line with the same address (lower case) joins
in. Two users with one address stay two persons. Somebody on the roster only is a person too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from inventory.asof import population
from inventory.export_assignments import address_of
from inventory.records import IdentityStoreUserRecord, Record, RosterPersonRecord
from migrations_plan.models import Person

TYPES: tuple[type[Record], ...] = (IdentityStoreUserRecord, RosterPersonRecord)
COLUMNS = ("email", "name", "identity_center_user_id", "left_on", "in_roster")
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What the facts say of one person. enabled None: not known, or not in the identity store."""

    email: str
    name: str
    identity_center_user_id: str | None
    enabled: bool | None
    left_on: str | None
    status: str
    in_roster: bool


def merged(
    users: Iterable[IdentityStoreUserRecord], roster: Iterable[RosterPersonRecord]
) -> list[PersonFacts]:
    """Everybody, by address, name and id. Pure."""
    lines = {line.email: line for line in roster}
    people = [_from_store(user, lines.get(address_of(user) or "")) for user in users]
    met = {person.email for person in people}
    people += [_from_roster(line) for email, line in lines.items() if email not in met]
    return sorted(people, key=lambda p: (p.email, p.name, p.identity_center_user_id or ""))


def _from_store(user: IdentityStoreUserRecord, line: RosterPersonRecord | None) -> PersonFacts:
    return PersonFacts(
        email=address_of(user) or "",
        name=user.display_name or (line.name if line else "") or user.user_name,
        identity_center_user_id=user.user_id,
        enabled=user.enabled,
        left_on=line.left_on if line else None,
        status=line.status if line else "",
        in_roster=line is not None,
    )


def _from_roster(line: RosterPersonRecord) -> PersonFacts:
    return PersonFacts(
        email=line.email,
        name=line.name,
        identity_center_user_id=None,
        enabled=None,
        left_on=line.left_on,
        status=line.status,
        in_roster=True,
    )


def people_at(at: datetime | None) -> list[PersonFacts]:
    """Everybody whom the facts know, now or at an instant. Two queries (three for an instant)."""
    found = population(TYPES, at=at)
    return merged(
        [r for r in found[IdentityStoreUserRecord] if isinstance(r, IdentityStoreUserRecord)],
        [r for r in found[RosterPersonRecord] if isinstance(r, RosterPersonRecord)],
    )


def follow_facts(types: tuple[type[Record], ...], now: datetime) -> None:
    """Called in the transaction that saves facts: people follow at once."""
    if set(TYPES).intersection(types):
        sync_people(now)


@transaction.atomic
def sync_people(now: datetime) -> None:
    """Makes the table of people say what the facts say: three queries when nothing changed.

    A user that was made anew under the same address is the same person. Nobody is deleted: a person
    whom no fact knows any more keeps links, sign-ins and history, without an identity store user.
    """
    wanted = people_at(None)
    persons = list(Person.objects.select_for_update().order_by("pk"))
    pairs, new, left_over = _paired(wanted, persons)
    # An id is unique, so it is given up before somebody else gets it.
    _write([person for person in left_over if _forget(person)])
    _write([person for person, facts in pairs if _fill(person, facts)])
    fresh = [Person() for _ in new]
    for person, facts in zip(fresh, new, strict=True):
        _fill(person, facts)
    Person.objects.bulk_create(fresh, batch_size=BATCH)


def _paired(
    wanted: Sequence[PersonFacts], persons: Sequence[Person]
) -> tuple[list[tuple[Person, PersonFacts]], list[PersonFacts], list[Person]]:
    """Who is who: by identity store user, else by address among persons without a living one."""
    by_id = {p.identity_center_user_id: p for p in persons if p.identity_center_user_id}
    pairs = [
        (by_id[f.identity_center_user_id], f) for f in wanted if f.identity_center_user_id in by_id
    ]
    taken = {person.pk for person, _ in pairs}
    free: dict[str, list[Person]] = {}
    for person in persons:
        if person.pk not in taken and person.email:
            free.setdefault(person.email, []).append(person)
    new = []
    for facts in wanted:
        if facts.identity_center_user_id in by_id:
            continue
        if free.get(facts.email):
            pairs.append((free[facts.email].pop(0), facts))
        else:
            new.append(facts)
    known = {person.pk for person, _ in pairs}
    return pairs, new, [person for person in persons if person.pk not in known]


def _fill(person: Person, facts: PersonFacts) -> bool:
    before = [getattr(person, column) for column in COLUMNS]
    person.email, person.name = facts.email, facts.name
    person.identity_center_user_id = facts.identity_center_user_id
    person.left_on, person.in_roster = facts.left_on, facts.in_roster
    return before != [getattr(person, column) for column in COLUMNS]


def _forget(person: Person) -> bool:
    changed = person.identity_center_user_id is not None or person.in_roster
    person.identity_center_user_id, person.in_roster = None, False
    return changed


def _write(persons: list[Person]) -> None:
    if persons:
        Person.objects.bulk_update(persons, COLUMNS, batch_size=BATCH)
