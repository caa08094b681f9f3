"""The chain: whatever is done to it afterwards is found, and erasing what may be erased is not."""

import random
import threading

import pytest
from django.db import connections, transaction
from django.db.models import F

from inventory import chain, codec, ledger, store
from inventory.models import ChainHead, Change, Observation
from tests.inventory.reads import DAY, HOUR, MINE, T0, account, key, read

pytestmark = pytest.mark.django_db
BIG = 10**6


@pytest.fixture
def ten():
    """A chain of ten links."""
    read("access_keys", [key(f"AKIA{number}", "ann") for number in range(10)], T0)


def row(seq):
    return Observation.objects.get(seq=seq)


def rehash(first):
    """Makes every link from `first` on follow again, as a forger would."""
    previous = row(first - 1).chain_hash if first > 1 else chain.GENESIS
    for line in Observation.objects.filter(seq__gte=first).order_by("seq"):
        previous = ledger.chain_hash(line, previous)
        Observation.objects.filter(pk=line.pk).update(chain_hash=previous)
    return previous


def test_an_empty_chain_holds():
    assert ledger.verify() == ledger.ChainCheck(links=0, head="", first_bad=None, reason="")


def test_a_chain_of_ten_holds(ten):
    check = ledger.verify()
    assert (check.links, check.first_bad, check.head) == (10, None, row(10).chain_hash)


@pytest.mark.parametrize(
    "column", ["kind", "account_id", "change", "observed_at", "recorded_at", "run", "fact_hash"]
)
def test_an_edited_column_is_found_and_its_row_named(ten, column):
    other = read("access_keys", [key("AKIA0", "ann")], T0 + HOUR, whole=False)[0]
    forged = {"observed_at": T0 - DAY, "recorded_at": T0 - DAY, "run": other}.get(column, "x")
    Observation.objects.filter(seq=4).update(**{column: forged})
    check = ledger.verify()
    assert (check.first_bad, check.reason) == (4, "row 4 does not follow from the one before it")


@pytest.mark.parametrize("column", ["record", "key"])
def test_an_edited_fact_is_found_and_its_row_named(ten, column):
    forged = {"record": row(3).record | {"status": "Inactive"}, "key": "AKIAX"}[column]
    Observation.objects.filter(seq=3).update(**{column: forged})
    check = ledger.verify()
    assert (check.first_bad, check.reason) == (3, "row 3 no longer says what was recorded")


def test_a_deleted_row_is_found(ten):
    row(5).delete()
    assert (ledger.verify().first_bad, ledger.verify().reason) == (5, "row 5 is missing")


def test_a_deleted_row_whose_followers_moved_up_is_found(ten):
    row(5).delete()
    for seq in range(6, 11):
        Observation.objects.filter(seq=seq).update(seq=F("seq") - 1)
    assert ledger.verify().first_bad == 5


def test_an_inserted_row_is_found(ten):
    for seq in range(10, 5, -1):
        Observation.objects.filter(seq=seq).update(seq=F("seq") + 1)
    forged = row(5)
    forged.pk, forged.seq = None, 6
    forged.save()
    assert ledger.verify().first_bad == 6


def test_two_swapped_rows_are_found(ten):
    for old, new in ((2, BIG), (7, 2), (BIG, 7)):
        Observation.objects.filter(seq=old).update(seq=new)
    assert ledger.verify().first_bad == 2


def test_an_edit_with_a_rehashed_suffix_is_found_by_the_head(ten):
    Observation.objects.filter(seq=6).update(change=Change.GONE)
    rehash(6)
    check = ledger.verify()
    assert (check.first_bad, check.reason) == (
        10,
        "row 10 is not the last link that the head names",
    )


def test_a_rehashed_suffix_with_a_forged_head_is_found_by_a_head_kept_elsewhere(ten):
    anchor = (10, row(10).chain_hash)
    Observation.objects.filter(seq=6).update(change=Change.GONE)
    ChainHead.objects.update(chain_hash=rehash(6))
    assert ledger.verify().first_bad is None
    assert ledger.verify(anchor=anchor).first_bad == 10
    assert ledger.verify(anchor=(4, row(4).chain_hash)).first_bad is None


def test_a_cut_tail_is_found_by_the_head(ten):
    Observation.objects.filter(seq__gt=7).delete()
    check = ledger.verify()
    assert (check.first_bad, check.reason) == (8, "the end is cut off after row 7")


def test_a_row_that_the_head_does_not_know_is_found(ten):
    forged = row(10)
    forged.pk, forged.seq = None, 11
    forged.chain_hash = ledger.chain_hash(forged, row(10).chain_hash)
    forged.save()
    check = ledger.verify()
    assert (check.first_bad, check.reason) == (11, "row 11 was not written by the portal")


def test_a_lost_head_is_found(ten):
    ChainHead.objects.all().delete()
    assert ledger.verify().first_bad == 1


def test_erasing_key_record_and_salt_keeps_the_chain_whole(ten):
    Observation.objects.filter(seq=5).update(key="", record=None, salt="")
    assert ledger.verify().first_bad is None


def test_erasing_without_a_salt_hides_no_edit(ten):
    Observation.objects.filter(seq=5).update(record=None, salt="", change=Change.GONE)
    assert ledger.verify().first_bad == 5


def test_two_hundred_random_edits_are_all_found(ten):
    chance = random.Random(7)
    columns = ("kind", "account_id", "change", "fact_hash", "chain_hash", "key")
    for _ in range(200):
        seq, column = chance.randint(1, 10), chance.choice(columns)
        before = getattr(row(seq), column)
        Observation.objects.filter(seq=seq).update(**{column: f"{before[:-1]}~"[:8]})
        assert ledger.verify().first_bad in (seq, seq + 1), (seq, column)
        Observation.objects.filter(seq=seq).update(**{column: before})
    assert ledger.verify().first_bad is None


def test_a_fact_that_went_through_the_database_keeps_its_hash(ten):
    read("organization", [account(joined_at=T0.replace(microsecond=987654))], T0, account_id="")
    for line in Observation.objects.all():
        text = codec.canonical_text(line.record or {})
        assert chain.salted_hash(line.salt, line.key, text) == line.fact_hash


@pytest.mark.embedded
def test_a_chain_longer_than_one_batch_is_checked_to_its_end():
    read("access_keys", [key(f"AKIA{number}", "ann") for number in range(5_000)], T0)
    assert ledger.verify().links == 5_000


def write_keys(name, rounds, errors):
    try:
        for number in range(rounds):
            with transaction.atomic():
                run = store.open_run("access_keys", MINE, now=T0)
                notes = [ledger.Noted(Change.APPEARED, key(f"AKIA{name}{number}", "ann"))] * 3
                ledger.append(notes, run=run, observed_at=T0, now=T0)
    except Exception as error:  # noqa: BLE001 - handed to the thread that asserts
        errors.append(error)
    finally:
        connections.close_all()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_in_parallel_leave_no_gap_and_no_checker_cries_wolf():
    errors: list[Exception] = []
    crew = [threading.Thread(target=write_keys, args=(name, 40, errors)) for name in range(4)]
    for thread in crew:
        thread.start()
    checks = []
    while any(thread.is_alive() for thread in crew):
        checks.append(ledger.verify())
    assert not errors
    assert [check.reason for check in checks if check.first_bad is not None] == []
    assert len(checks) > 3
    assert ledger.verify().links == 4 * 40 * 3
    assert list(Observation.objects.order_by("seq").values_list("seq", flat=True)) == list(
        range(1, 481)
    )
