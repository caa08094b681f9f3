"""People follow the identity store and the roster."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from inventory import store
from inventory.models import Outcome
from inventory.records import IdentityStoreUserRecord, Record, RosterPersonRecord
from migrations_plan.models import Person
from migrations_plan.people import sync_people

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def _user(user_id: str, email: str, **changes: object) -> IdentityStoreUserRecord:
    values = {
        "identity_store_id": "d-1234567890",
        "user_id": user_id,
        "user_name": email,
        "display_name": user_id.title(),
        "email": email,
        "enabled": True,
        "external_ids": (),
        "created_at": None,
        "updated_at": None,
        **changes,
    }
    return IdentityStoreUserRecord(**values)  # type: ignore[arg-type]


def _line(email: str, left_on: str | None = None) -> RosterPersonRecord:
    return RosterPersonRecord(
        email=email, name="From Roster", status="active", left_on=left_on, manager=""
    )


def _read(source: str, record_type: type[Record], *records: Record, at: datetime = MONDAY) -> None:
    with transaction.atomic():
        run = store.open_run(source, "", now=at)
        store.save(records, run=run, types=[record_type])
        store.close_run(run, Outcome.COMPLETE, now=at)
        sync_people(at)


def _store_read(*users: Record, at: datetime = MONDAY) -> None:
    _read("identity_store", IdentityStoreUserRecord, *users, at=at)


def test_each_identity_store_user_is_a_person() -> None:
    _store_read(_user("ada", "ada@example.com"), _user("bo", "bo@example.com"))
    assert list(Person.objects.values_list("email", flat=True)) == [
        "ada@example.com",
        "bo@example.com",
    ]


def test_two_users_with_one_address_stay_two_people() -> None:
    _store_read(_user("ada", "team@example.com"), _user("bo", "team@example.com"))
    assert Person.objects.count() == 2


def test_a_roster_line_joins_the_user_of_its_address() -> None:
    _store_read(_user("ada", "ada@example.com"))
    _read("roster", RosterPersonRecord, _line("ada@example.com", "2026-02-01"))
    person = Person.objects.get()
    assert (person.name, person.left_on, person.in_roster) == ("Ada", "2026-02-01", True)


def test_a_person_of_the_roster_takes_the_identity_that_comes_later() -> None:
    _read("roster", RosterPersonRecord, _line("ada@example.com"))
    _store_read(_user("ada", "ada@example.com"))
    assert Person.objects.get().identity_center_user_id == "ada"


def test_somebody_who_leaves_the_identity_store_stays_a_person() -> None:
    _store_read(_user("ada", "ada@example.com"))
    _store_read(at=TUESDAY)
    assert Person.objects.get().email == "ada@example.com"


def test_a_second_sync_changes_nothing() -> None:
    _store_read(_user("ada", "ada@example.com"))
    before = list(Person.objects.values())
    sync_people(TUESDAY)
    assert list(Person.objects.values()) == before


def test_people_without_an_address_are_never_joined() -> None:
    _store_read(_user("ada", ""), _user("bo", ""))
    assert Person.objects.count() == 2
