"""The sums of a day are what its rows say, or they are not there; whatever happens in between."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from inventory import after
from inventory.cloudtrail.objects import Place
from inventory.models import DaySums, UsageCoverage
from inventory.usage import day_sums, finding
from inventory.usage.counting import count_objects
from inventory.usage.coverage import close_days
from inventory.usage.day_sums import sum_days
from inventory.usage.joining import join_sessions
from tests.inventory.usage import test_concurrency
from tests.inventory.usage.story import Story
from tests.inventory.usage.telling import (
    DAY,
    HERE,
    NOW,
    THERE,
    assume_role,
    count,
    event,
    iam_user,
    read,
    role_session,
    summed,
    waiting,
)

LATER = datetime(2026, 3, 20, tzinfo=UTC)
OBJECTS = Story(seed=3).objects(size=6)
writers, nothing_remembered = test_concurrency.writers, test_concurrency.nothing_remembered
__all__ = ["nothing_remembered"]


@pytest.fixture(autouse=True)
def ten_days(monkeypatch):
    """As far as these tests look back."""
    monkeypatch.setattr(day_sums, "LOOK_BACK", timedelta(days=10))


def true():
    """Every day that has sums has the right ones."""
    found, fresh = summed()
    return found == fresh


def listed(account_id, region, *days):
    places = [Place(account_id, region, one.isoformat()) for one in days]
    finding.note_listed(dict.fromkeys(places, LATER - timedelta(days=1)))


def something(chance, left):
    """One of the things that happen to usage."""
    what = chance.choice(["count", "count", "list", "vouch", "close", "join", "sum", "sum"])
    days = [DAY + timedelta(days=number) for number in range(5)]
    if what == "count" and left:
        count_objects(
            [(waiting(day=DAY), read(left.pop())) for _ in range(min(3, len(left)))], now=NOW
        )
    elif what == "list":
        listed(chance.choice([HERE, THERE]), chance.choice(["us-east-1", "eu-north-1"]), *days)
    elif what == "vouch":
        finding.vouch()
    elif what == "close":
        close_days(LATER)
    elif what == "join":
        join_sessions(now=NOW)
    else:
        sum_days(LATER)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(2, 6))]
)
def test_whatever_happens_no_sum_is_ever_out_of_date(seed):
    chance = random.Random(seed)
    left = chance.sample(OBJECTS, len(OBJECTS))
    for _ in range(40):
        something(chance, left)
        assert true()
    sum_days(LATER)
    assert true()
    assert DaySums.objects.get(day=DAY).paths


@pytest.mark.django_db
def test_what_changes_nothing_of_a_day_leaves_its_sums():
    count([event(iam_user())])
    listed(HERE, "us-east-1", DAY, DAY + timedelta(days=1))
    finding.vouch()
    UsageCoverage.objects.exclude(region="us-east-1").delete()
    close_days(LATER)
    sum_days(LATER)
    made = DaySums.objects.get(day=DAY).pk
    UsageCoverage.objects.update(listed_at=LATER)

    assert finding.vouch() > 0
    assert close_days(LATER) == 0
    sum_days(LATER)

    assert DaySums.objects.get(day=DAY).pk == made
    assert true()


@pytest.mark.django_db
def test_counts_that_move_to_somebody_on_the_same_path_outdate_their_days():
    count([event(role_session("ASIAONE"))])
    sum_days(LATER)
    made = DaySums.objects.get(day=DAY).pk
    count([assume_role(role_session("ASIATWO"), "ASIAONE")])
    sum_days(LATER)

    assert DaySums.objects.get(day=DAY).pk != made
    assert true()


@pytest.mark.django_db
def test_days_are_summed_when_work_is_over_and_young_ones_are_not():
    count([event(iam_user())])
    after.settle(NOW + timedelta(days=1), ())
    assert not DaySums.objects.filter(day__gte=DAY).exists()
    after.settle(NOW + timedelta(days=2), ())
    assert [one.paths for one in DaySums.objects.filter(day__gte=DAY)] == [[["old", 1, 1]]]
    assert sum_days(NOW + timedelta(days=2)) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(2))
def test_two_who_count_and_one_who_sums_at_once_leave_no_wrong_sum(seed):
    rows = [(waiting(), records) for records in OBJECTS]

    def sums():
        for _ in range(12):
            sum_days(LATER)

    def vouches():
        for _ in range(6):
            listed(HERE, "us-east-1", DAY, DAY + timedelta(days=1))
            finding.vouch()
            close_days(LATER)

    count_here = test_concurrency.counting
    writers(count_here(rows[::2], seed), count_here(rows[1::2], seed + 9), sums, vouches)

    assert true()
    sum_days(LATER)
    assert true()
