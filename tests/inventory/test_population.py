"""Populations as of an instant, and what was covered then."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from inventory import store
from inventory.codec import canonical
from inventory.models import Outcome
from inventory.population import coverage, facts, population
from inventory.records import AccountRecord, IamGroupRecord, IamUserRecord
from tests.inventory.imports.importing import (
    ACCOUNT,
    MONDAY,
    PAYLOADS,
    TUESDAY,
    WEDNESDAY,
    run,
)

pytestmark = pytest.mark.django_db
SNAPSHOT = PAYLOADS / "authorization_details.json"


def account(status="ACTIVE"):
    return AccountRecord(
        account_id=ACCOUNT,
        arn=f"arn:aws:organizations::{ACCOUNT}:account/o-exampleorgid/{ACCOUNT}",
        name="prod",
        email="prod@example.com",
        status=status,
        joined_method="CREATED",
        joined_at=MONDAY,
        parent_id=None,
        unit_path="",
    )


def read_accounts(*records, at):
    with transaction.atomic():
        made = store.open_run("organization", "", now=at)
        store.save(records, run=made, types=[AccountRecord])
        store.close_run(made, Outcome.COMPLETE, now=at)


def test_now_and_as_of_now_are_the_same_records():
    run("import_iam_snapshot", SNAPSHOT, at=MONDAY)
    types = [IamUserRecord, IamGroupRecord]

    now, then = population(types, at=None), population(types, at=TUESDAY)

    assert now == then
    assert [canonical(r) for r in now[IamUserRecord]] == [canonical(r) for r in then[IamUserRecord]]
    assert facts(types, at=None) == facts(types, at=TUESDAY)


def test_before_the_first_read_there_is_nothing():
    run("import_iam_snapshot", SNAPSHOT, at=MONDAY)

    assert population([IamUserRecord], at=MONDAY - timedelta(seconds=1)) == {IamUserRecord: []}
    assert len(population([IamUserRecord], at=MONDAY)[IamUserRecord]) == 2


def test_a_population_may_be_of_one_account():
    run("import_iam_snapshot", SNAPSHOT, at=MONDAY)

    for at in (None, TUESDAY):
        assert len(population([IamUserRecord], at=at, account_ids=[ACCOUNT])[IamUserRecord]) == 2
        assert population([IamUserRecord], at=at, account_ids=["0" * 12])[IamUserRecord] == []


@pytest.mark.embedded
def test_half_a_character_in_the_ledger_is_still_read():
    """JSON may hold one; PostgreSQL keeps none."""
    read_accounts(account(), at=MONDAY)
    with connection.cursor() as cursor:
        whole = "replace(record, '\"prod\"', '\"\\ud83d\"')"
        cursor.execute(f"UPDATE inventory_observation SET record = {whole}")  # noqa: S608

    (found,) = population([AccountRecord], at=TUESDAY)[AccountRecord]
    assert isinstance(found, AccountRecord)
    assert found.name == "\ud83d"


def test_a_whole_read_that_found_no_change_confirms_what_was_known():
    run("import_iam_snapshot", SNAPSHOT, at=MONDAY)
    run("import_iam_snapshot", SNAPSHOT, at=TUESDAY)

    for at, told in ((MONDAY, MONDAY), (WEDNESDAY, TUESDAY), (None, TUESDAY)):
        assert {fact.observed_at for fact in facts([IamUserRecord], at=at)[IamUserRecord]} == {told}


def test_coverage_names_the_gaps_of_every_account_that_was_expected():
    read_accounts(account(), at=MONDAY)
    run("import_iam_snapshot", SNAPSHOT, at=TUESDAY)

    before = {(c.source.name, c.account_id): c for c in coverage(MONDAY)}
    after = {(c.source.name, c.account_id): c for c in coverage(WEDNESDAY)}

    assert before["authorization_details", ACCOUNT].observed_at is None
    assert after["authorization_details", ACCOUNT].observed_at == TUESDAY
    assert after["credential_report", ACCOUNT].observed_at is None
    assert after["organization", ""].observed_at == MONDAY


def test_a_closed_account_is_not_expected_from_then_on():
    read_accounts(account(), at=MONDAY)
    read_accounts(account("SUSPENDED"), at=TUESDAY)

    assert any(c.account_id == ACCOUNT for c in coverage(MONDAY))
    assert not any(c.account_id == ACCOUNT for c in coverage(TUESDAY))


def test_an_account_known_from_a_file_only_is_expected():
    run("import_iam_snapshot", SNAPSHOT, at=MONDAY)

    assert any(c.account_id == ACCOUNT and c.observed_at == MONDAY for c in coverage(TUESDAY))
