"""Tallies say of thousands of scopes what freshness says of each."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.asof import as_of, told_by
from inventory.freshness import FRESH, freshness, tallies
from inventory.models import Outcome
from inventory.sources import SOURCE_BY_NAME, SOURCES
from tests.inventory.reads import HOUR, T0, account, failed, read, read_organization

pytestmark = pytest.mark.django_db
NAMES = [source.name for source in SOURCES]
IDS = [f"{number:012}" for number in range(1, 5)]


def something_happens(chance):
    """One read of anything, whole or not, from AWS or a file, in any order of time."""
    source = SOURCE_BY_NAME[chance.choice(NAMES)]
    account_id = chance.choice([*IDS, "999999999999"]) if source.per_account else ""
    at = T0 - timedelta(seconds=chance.randrange(4 * 24 * 3600))
    origin = chance.choice(["aws", "aws", "file"])
    if chance.random() < 0.6:
        read(source.name, [], at, account_id=account_id, origin=origin)
    else:
        outcome = chance.choice([Outcome.DENIED, Outcome.FAILED, Outcome.PARTIAL])
        error = chance.choice(["", "refused"])
        failed(source.name, at, account_id=account_id, outcome=outcome, origin=origin, error=error)


@pytest.mark.parametrize("seed", range(6))
def test_tallies_equal_the_states_one_by_one(seed):
    chance = random.Random(seed)
    read_organization(T0 - HOUR, *(account(one, name="" if one == IDS[0] else one) for one in IDS))
    for _ in range(chance.choice([0, 5, 80])):
        something_happens(chance)

    for now in (T0, T0 + 3 * HOUR):
        states = freshness(now)
        assert as_of(now, sources=NAMES) == told_by(states)
        for tally in tallies(now):
            mine = [state for state in states if state.source == tally.source]
            times = [state.observed_at for state in mine if state.observed_at]
            assert tally.expected == len(mine)
            assert tally.others == tuple(state for state in mine if state.state != FRESH)
            assert tally.newest_at == max(times, default=None)


def test_what_is_fresh_to_the_second_is_fresh_in_the_tally():
    source = SOURCE_BY_NAME["organization"]
    read_organization(T0)

    assert tallies(T0 + source.stale_after, sources=[source])[0].others == ()
    assert tallies(T0 + source.stale_after + timedelta(microseconds=1), sources=[source])[0].others


def test_no_account_at_all_is_nothing_read():
    found = as_of(T0, sources=["authorization_details"])

    assert (found.state, found.total, found.sentence) == ("unknown", 0, "nothing was read yet")


def test_five_hundred_accounts_are_counted_in_four_questions():
    read_organization(T0, *(account(f"{number:012}") for number in range(500)))

    with CaptureQueriesContext(connection) as asked:
        counted = tallies(T0)

    assert len(asked) <= 4
    assert sum(tally.expected for tally in counted) == len(freshness(T0))
