"""A check of a chain stands in nobody's way, and what is written meanwhile is no forgery."""

import threading

import pytest
from django.db import connection, connections, transaction

from inventory import chain_check, ledger, store
from inventory.ledger import LEDGER
from inventory.models import Change, Observation
from tests.inventory.reads import MINE, T0, key, read


def write(number):
    """One more link, in a transaction of its own."""
    with transaction.atomic():
        run = store.open_run("access_keys", MINE, now=T0)
        notes = [ledger.Noted(Change.APPEARED, key(f"AKIAMORE{number}", "ann"))]
        ledger.append(notes, run=run, observed_at=T0, now=T0)


def written_by_another(number):
    """Whether somebody else can write now. Nothing waits: a held lock is an answer too."""
    failures = []

    def attempt():
        try:
            with connection.cursor() as cursor:
                if connection.vendor == "sqlite":
                    cursor.execute("PRAGMA busy_timeout = 0")
                else:
                    cursor.execute("SET lock_timeout = '10s'")
            write(number)
        except Exception as error:  # noqa: BLE001 - handed to the thread that asserts
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return failures == []


@pytest.mark.django_db(transaction=True)
def test_others_write_in_the_middle_of_a_check_and_it_believes_them(monkeypatch):
    monkeypatch.setattr(chain_check, "BATCH", 3)
    read("access_keys", [key(f"AKIA{number}", "ann") for number in range(10)], T0)
    went_through = []

    def problem(row, previous, expected):
        # Between two pages, and in the middle of one.
        if row.seq in (4, 8, 10):
            went_through.append(written_by_another(row.seq))
        return ledger._problem(row, previous, expected)

    found = chain_check.check(LEDGER, Observation.objects.all(), problem)

    assert went_through == [True, True, True]
    assert (found.links, found.first_bad, found.reason) == (13, None, "")
    assert ledger.verify() == found


@pytest.mark.django_db(transaction=True)
def test_a_check_opens_no_transaction():
    read("access_keys", [key("AKIA1", "ann")], T0)
    seen = []

    def problem(row, previous, expected):
        seen.append(connection.in_atomic_block)
        return ""

    chain_check.check(LEDGER, Observation.objects.all(), problem)
    assert seen == [False]
