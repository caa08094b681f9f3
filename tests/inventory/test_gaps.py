"""Gaps are noted as runs close, and equal what a slow look at every run would find."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from inventory import store
from inventory.models import CollectionRun, Outcome, ReadGap, ScopeState
from inventory.population import whole_reads
from inventory.sources import SOURCE_BY_NAME
from tests.inventory.reads import DAY, HOUR, MINE, OTHER, T0

pytestmark = pytest.mark.django_db
USERS = "authorization_details"
SCOPES = [(USERS, MINE), (USERS, OTHER), ("organization", ""), ("organization_features", "")]


def close(source, account_id, at, outcome=Outcome.COMPLETE):
    run = store.open_run(source, account_id, now=T0, observed_at=at)
    store.close_run(run, outcome, now=T0)


def noted():
    columns = ("source", "account_id", "last_read_at", "next_read_at")
    return sorted(ReadGap.objects.values_list(*columns))


def recomputed():
    """From every run, slowly."""
    found = []
    for source, account_id in SCOPES:
        runs = CollectionRun.objects.complete().filter(source=source, account_id=account_id)
        times = sorted(runs.values_list("observed_at", flat=True))
        limit = SOURCE_BY_NAME[source].stale_after
        found += [(source, account_id, a, b) for a, b in pairwise(times) if b - a > limit]
    return sorted(found)


@pytest.mark.parametrize("seed", range(8))
def test_gaps_equal_a_slow_recomputation_whatever_the_order_of_reads(seed):
    chance = random.Random(seed)
    for _ in range(60):
        hours = chance.choice([1, 6, 6, 24, 240])
        at = T0 - HOUR * chance.randrange(hours) - timedelta(seconds=chance.choice([0, 0, 1]))
        outcome = chance.choice([Outcome.COMPLETE] * 3 + [Outcome.DENIED, Outcome.LOST])
        close(*chance.choice(SCOPES), at, outcome)

        assert noted() == recomputed()


@pytest.mark.parametrize("seed", range(4))
def test_the_last_read_inside_a_gap_is_known_without_the_runs(seed):
    chance = random.Random(seed)
    for _ in range(20):
        close(USERS, MINE, T0 - HOUR * chance.randrange(400))
    moments = [(a + (b - a) / 2, a) for _, _, a, b in noted()]
    gaps = noted()
    CollectionRun.objects.exclude(pk__in=ScopeState.objects.values("last_run")).delete()

    assert moments
    assert noted() == gaps
    for at, last in moments:
        assert whole_reads(at)[USERS, MINE] == last


def test_a_read_at_the_limit_leaves_no_gap_and_one_later_does():
    limit = SOURCE_BY_NAME[USERS].stale_after
    close(USERS, MINE, T0)
    close(USERS, MINE, T0 + limit)
    assert noted() == []
    later = T0 + 2 * limit + timedelta(microseconds=1)
    close(USERS, MINE, later)
    assert noted() == [(USERS, MINE, T0 + limit, later)]


def test_a_file_made_inside_a_gap_parts_it():
    close(USERS, MINE, T0)
    close(USERS, MINE, T0 + 2 * DAY)
    close(USERS, MINE, T0 + DAY)

    assert noted() == [
        (USERS, MINE, T0, T0 + DAY),
        (USERS, MINE, T0 + DAY, T0 + 2 * DAY),
    ]


def test_a_failed_read_ends_no_gap():
    close(USERS, MINE, T0)
    close(USERS, MINE, T0 + DAY, Outcome.DENIED)
    assert noted() == []


def test_a_file_of_one_list_only_is_expected_by_nobody():
    close("authorization_details.users", MINE, T0)
    close("authorization_details.users", MINE, T0 + 9 * DAY)
    assert noted() == []


def test_a_run_that_does_not_close_after_all_leaves_no_gap():
    close(USERS, MINE, T0)
    with transaction.atomic():
        close(USERS, MINE, T0 + DAY)
        transaction.set_rollback(True)

    assert noted() == []
    assert whole_reads(None)[USERS, MINE] == T0
