"""The journal's chain: whatever is done to a line afterwards is found."""

from datetime import UTC, datetime

import pytest

from inventory.models import ChainHead
from migrations_plan import journal
from migrations_plan.models import JournalEntry

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def five():
    for number in range(5):
        journal.write(actor="lea", action="link", subject=f"user-{number}", now=NOON)


def test_five_lines_hold(five):
    check = journal.verify()
    head = ChainHead.objects.get(chain=journal.JOURNAL)
    assert (check.links, check.first_bad, check.head) == (5, None, head.chain_hash)


@pytest.mark.parametrize("column", ["actor", "subject", "reason"])
def test_a_changed_line_is_found_and_named(five, column):
    JournalEntry.objects.filter(seq=3).update(**{column: "forged"})
    check = journal.verify()
    assert (check.first_bad, check.reason) == (3, "row 3 no longer says what was recorded")


def test_a_changed_action_is_found_and_named(five):
    JournalEntry.objects.filter(seq=3).update(action="forged")
    check = journal.verify()
    assert (check.first_bad, check.reason) == (3, "row 3 does not follow from the one before it")


def test_a_removed_line_is_found(five):
    JournalEntry.objects.filter(seq=2).delete()
    assert journal.verify().reason == "row 2 is missing"


def test_a_cut_end_is_found(five):
    JournalEntry.objects.filter(seq__gt=3).delete()
    assert journal.verify().reason == "the end is cut off after row 3"


def test_an_erased_line_keeps_the_chain_whole(five):
    JournalEntry.objects.filter(seq=2).update(actor="", subject="", reason="", details={}, salt="")
    assert journal.verify().first_bad is None
