"""How many requests a collection makes: counted by the organisation itself, held to the promises of
docs/aws-calls.md."""

import pytest

from benchmarks.collecting import Portal, account_counts, organization_counts
from benchmarks.promises import (
    CARTOGRAPHY_PER_USER,
    AccountCounts,
    assignments_bound,
    broken,
    busiest_second,
    first_formula,
    organization_formula,
    pages,
    unchanged_bound,
)
from inventory.aws.rates import RATES, no_limits
from inventory.models import IamUser, Outcome
from inventory.sample_org.process import SampleOrganization

# Besides its own requests a run may ask who it is, and become the reader.
SESSION_CALLS = {"sts"}


@pytest.fixture
def portal(tmp_path, monkeypatch):
    with SampleOrganization.start("fourteen", tmp_path) as organization:
        for name, value in organization.environment().items():
            monkeypatch.setenv(name, value)
        yield Portal(organization, no_limits())


def calls_of(collection, *services):
    return sum(collection.by_service()[service] for service in services)


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_a_collection_costs_what_was_promised(portal):
    """One long test, because a collection takes seconds: first, unchanged, one user changed."""
    first = portal.collect()
    accounts, organization = account_counts(), organization_counts()

    assert {run.outcome for run in first.runs} == {Outcome.COMPLETE}
    formulas = organization_formula(organization) | first_formula(accounts.values())
    assert {run.source for run in first.runs} == formulas.keys()
    # What became the reader or asked who it is counts in a run, and is no part of a formula.
    sessions = calls_of(first, "sts")
    spare = {name: (least, most + sessions) for name, (least, most) in formulas.items()}
    assert broken(first.calls_by_source(), spare) == []
    least = sum(least for least, _ in formulas.values())
    most = sum(most for _, most in formulas.values())
    assert least <= len(first.log) - sessions <= most
    assert calls_of(first, "iam") <= sum(
        9 + 5 * account.users + account.keys + account.providers + 8
        for account in accounts.values()
    )

    second = portal.collect()

    for account_id, counts in accounts.items():
        assert second.iam_calls(account_id) <= unchanged_bound(counts)
    per_set = [entry for entry in second.log if "Assignment" in str(entry[2])]
    assert len(per_set) <= assignments_bound(organization)
    assert calls_of(second, "iam") < CARTOGRAPHY_PER_USER * IamUser.objects.count() / 2
    assert not any("AccessKey" in str(entry[2]) for entry in second.log)


def test_an_unchanged_account_is_not_dearer_for_its_users():
    few = AccountCounts(users=1, keys=1, entities=30, providers=2)
    many = AccountCounts(users=900, keys=1500, entities=1000, providers=2)

    assert unchanged_bound(few) == unchanged_bound(many) == 10
    assert unchanged_bound(AccountCounts(users=1900, keys=0, entities=2001, providers=0)) == 10


@pytest.mark.parametrize(("entities", "expected"), [(0, 1), (1000, 1), (1001, 2), (10_000, 10)])
def test_entities_come_a_thousand_to_a_page(entities, expected):
    assert pages(entities) == expected


def test_the_busiest_second_is_found_wherever_it_begins():
    log = [[moment, "sso-admin", "x", None] for moment in (0.0, 0.6, 1.1, 1.4, 1.55, 3.0)]

    assert busiest_second([*log, [1.2, "iam", "x", None]], "sso-admin") == 4


def test_identity_center_is_never_asked_more_than_twenty_times_a_second():
    rate = RATES["sso-admin"]

    assert rate.per_second + rate.burst <= 20
