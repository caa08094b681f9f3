"""fresh, stale or unknown: no failed read counts as a read, and no other account suffers."""

from datetime import timedelta

import pytest

from inventory.freshness import FRESH, STALE, UNKNOWN, expected_account_ids, freshness, worst
from inventory.models import AwsAccount, Outcome
from inventory.sources import SOURCE_BY_NAME, SOURCES
from tests.inventory.reads import (
    DAY,
    HOUR,
    MINE,
    OTHER,
    T0,
    account,
    failed,
    read,
    read_organization,
    user,
)

pytestmark = pytest.mark.django_db
USERS = "authorization_details"


def state(at, source=USERS, account_id=MINE, **given):
    """The freshness of one scope."""
    found = freshness(at, sources=[SOURCE_BY_NAME[source]], **given)
    return next(each for each in found if each.account_id == account_id)


@pytest.fixture(autouse=True)
def two_accounts():
    read_organization(T0)


def test_what_was_never_read_is_unknown():
    found = state(T0)
    assert (found.state, found.reason, found.observed_at) == (UNKNOWN, "never read", None)


def test_a_whole_read_is_fresh():
    read(USERS, [user("ann")], T0)
    found = state(T0 + HOUR)
    assert (found.state, found.reason, found.observed_at) == (FRESH, "", T0)


def test_a_whole_read_of_nothing_is_fresh():
    read(USERS, [], T0)
    assert state(T0).state == FRESH


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.COMPLETE, Outcome.RUNNING}))
def test_a_failure_before_any_whole_read_is_unknown_with_its_reason(outcome):
    failed(USERS, T0, outcome=outcome, error="iam:X: refused")
    found = state(T0)
    assert (found.state, found.reason, found.last_outcome) == (UNKNOWN, "iam:X: refused", outcome)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.COMPLETE, Outcome.RUNNING}))
def test_a_failure_after_a_whole_read_is_stale_as_of_that_read(outcome):
    read(USERS, [user("ann")], T0)
    failed(USERS, T0 + HOUR, outcome=outcome, error="")
    found = state(T0 + HOUR)
    assert (found.state, found.observed_at) == (STALE, T0)
    assert found.reason == f"the last read ended {outcome}"


def test_a_run_that_is_still_running_changes_nothing():
    read(USERS, [user("ann")], T0)
    failed(USERS, T0 + HOUR, outcome=Outcome.RUNNING)
    assert state(T0 + HOUR).state == FRESH


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_whole_read_is_stale_after_its_limit_and_not_before(source):
    account_id = MINE if source.per_account else ""
    read(source.name, [], T0, account_id=account_id)
    limit = T0 + source.stale_after
    assert state(limit, source.name, account_id).state == FRESH
    late = state(limit + timedelta(seconds=1), source.name, account_id)
    hours = int(source.stale_after.total_seconds() // 3600)
    assert (late.state, late.reason) == (STALE, f"the last whole read is {hours} hours old")


def test_one_failed_account_leaves_the_other_fresh():
    read(USERS, [], T0)
    read(USERS, [], T0, account_id=OTHER)
    failed(USERS, T0 + HOUR)
    assert state(T0 + HOUR, account_id=OTHER).state == FRESH


def test_an_older_file_does_not_make_a_refused_account_fresh():
    read(USERS, [user("ann")], T0)
    failed(USERS, T0 + HOUR, error="iam:X: refused")
    read(USERS, [user("ann")], T0 - HOUR, origin="file", now=T0 + 2 * HOUR)
    found = state(T0 + 2 * HOUR)
    assert (found.state, found.reason, found.observed_at) == (STALE, "iam:X: refused", T0)


def test_a_file_made_after_the_failure_makes_the_account_fresh():
    failed(USERS, T0)
    read(USERS, [user("ann")], T0 + HOUR, origin="file")
    found = state(T0 + 2 * HOUR)
    assert (found.state, found.observed_at) == (FRESH, T0 + HOUR)


def test_a_broken_file_does_not_make_a_whole_read_stale():
    read(USERS, [user("ann")], T0)
    failed(USERS, T0 + HOUR, outcome=Outcome.FAILED, error="not JSON", origin="file")
    assert state(T0 + HOUR).state == FRESH


def test_files_alone_can_be_fresh():
    read(USERS, [user("ann")], T0, origin="file")
    assert state(T0).state == FRESH


def test_an_older_credential_report_read_after_a_failure_is_fresh_as_of_its_own_time():
    failed("credential_report", T0 + HOUR)
    read("credential_report", [], T0, now=T0 + 2 * HOUR)
    found = state(T0 + 2 * HOUR, "credential_report")
    assert (found.state, found.observed_at) == (FRESH, T0)


@pytest.mark.parametrize("status", ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"])
def test_a_closed_account_is_not_expected_and_its_facts_are_not_fresh(status):
    read(USERS, [user("ann")], T0)
    read_organization(T0 + HOUR, account(MINE, status=status), account(OTHER))
    assert expected_account_ids() == [OTHER]
    found = state(T0 + HOUR, account_ids=[MINE])
    assert (found.state, found.reason) == (STALE, f"the account is {status.lower()}")


def test_an_account_that_left_is_not_expected_and_its_facts_stay_but_are_not_fresh():
    read(USERS, [user("ann")], T0)
    read_organization(T0 + HOUR, account(OTHER))
    assert expected_account_ids() == [OTHER]
    found = state(T0 + HOUR, account_ids=[MINE])
    assert (found.state, found.reason) == (STALE, "the account has left the organization")
    assert AwsAccount.objects.filter(pk=MINE).exists()


def test_an_account_that_returns_is_expected_and_as_old_as_its_last_read():
    read(USERS, [user("ann")], T0)
    read_organization(T0 + HOUR, account(OTHER))
    read_organization(T0 + DAY)
    assert state(T0 + DAY).state == STALE
    read(USERS, [user("ann")], T0 + DAY)
    assert state(T0 + DAY).state == FRESH


def test_an_account_known_from_a_file_only_is_not_expected_in_an_organization():
    read(USERS, [user("ann", "999999999999")], T0, account_id="999999999999", origin="file")
    assert expected_account_ids() == [MINE, OTHER]


def test_an_account_without_an_organization_is_expected():
    AwsAccount.objects.all().delete()
    read(USERS, [user("ann")], T0)
    assert expected_account_ids() == [MINE]


def test_five_hundred_accounts_take_few_queries(django_assert_max_num_queries):
    numbers = [account(f"{number:012}") for number in range(500)]
    read_organization(T0, *numbers)
    with django_assert_max_num_queries(4):
        assert len(freshness(T0)) == sum(500 if each.per_account else 1 for each in SOURCES)


@pytest.mark.parametrize(
    ("states", "expected"),
    [([FRESH, STALE], STALE), ([FRESH, UNKNOWN, STALE], UNKNOWN), ([FRESH], FRESH), ([], UNKNOWN)],
)
def test_the_worst_state_speaks_for_all(states, expected):
    assert worst(states) == expected
