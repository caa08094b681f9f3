"""People, brought up to date from the identity store and the roster.

A person is never deleted: decisions hang on it, and a leaver is the very person we look for. Two
identity store users with one address stay two people, because an address is only a label; a roster
line joins the identity store user of its address when there is exactly one.
"""

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from inventory.addresses import address_of
from inventory.models import IdentityStoreUser, RosterPerson
from inventory.records import IdentityStoreUserRecord, Record, RosterPersonRecord
from migrations_plan.models import Person

FOLLOWED = frozenset({IdentityStoreUserRecord, RosterPersonRecord})
COLUMNS = ("email", "name", "identity_center_user_id", "left_on", "in_roster")
BATCH = 500


def follow_facts(types: tuple[type[Record], ...], now: datetime) -> None:
    """Called in the transaction that saved facts of these types."""
    if FOLLOWED.intersection(types):
        sync_people(now)


@transaction.atomic
def sync_people(now: datetime) -> None:
    """Makes and updates people. Three reads, one insert and one update; idempotent."""
    people = list(Person.objects.select_for_update().order_by("pk"))
    before = {id(person): _columns(person) for person in people}
    _take_identity_store(people)
    _take_roster(people)
    new = [person for person in people if person.pk is None]
    changed = [
        person
        for person in people
        if person.pk is not None and _columns(person) != before[id(person)]
    ]
    Person.objects.bulk_create(new, batch_size=BATCH)
    Person.objects.bulk_update(changed, COLUMNS, batch_size=BATCH)


def _columns(person: Person) -> tuple[object, ...]:
    return tuple(getattr(person, name) for name in COLUMNS)


def _take_identity_store(people: list[Person]) -> None:
    known = {person.identity_center_user_id: person for person in people}
    waiting = {person.email: person for person in people if not person.identity_center_user_id}
    for user in IdentityStoreUser.objects.present().order_by("user_id"):
        # A person known from the roster only takes the first identity with its address.
        email = address_of(user)
        person = known.get(user.user_id) or (waiting.pop(email, None) if email else None)
        if person is None:
            person = Person()
            people.append(person)
        person.identity_center_user_id = user.user_id
        person.email = email
        person.name = user.display_name or user.user_name


def _take_roster(people: list[Person]) -> None:
    by_email: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_email[person.email].append(person)
        person.in_roster, person.left_on = False, None
    for line in RosterPerson.objects.present().order_by("email"):
        matches = by_email[line.email]
        if not matches:
            matches = [Person(email=line.email, name=line.name)]
            people.extend(matches)
        for person in matches:
            person.in_roster, person.left_on = True, line.left_on
            person.name = person.name or line.name
