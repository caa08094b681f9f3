"""Every fault in a call of every source: the facts stay, and only that source says it is stale."""

import pytest
from django.db import transaction

from inventory.freshness import FRESH, STALE, freshness
from inventory.models import CollectionRun, Observation, Outcome
from inventory.sources import SOURCES
from inventory.tasks import utc_now
from tests.faults.collecting import (
    ACCOUNT,
    ANOTHER,
    CALLS,
    MANAGEMENT,
    MOST_ATTEMPTS,
    all_rows,
    collect,
    collect_all,
    scope_of,
    worker_for,
)

pytestmark = [pytest.mark.embedded, pytest.mark.django_db, pytest.mark.usefixtures("collected")]

# Sources of which the world of fifty users has a second page.
PAGED = ("organization", "service_control_policies")
KINDS = {
    "deny": (Outcome.DENIED, "refused"),
    "throttle": (Outcome.THROTTLED, "throttling"),
    "timeout": (Outcome.FAILED, "no answer in time"),
    "expired": (Outcome.FAILED, "expired"),
    "error500": (Outcome.FAILED, "unknown error"),
    "html500": (Outcome.FAILED, "500"),
}
CASES = [(kind, source.name) for kind in KINDS for source in SOURCES]


@pytest.fixture(scope="module")
def worker(organization):
    return worker_for(organization)


@pytest.fixture(scope="module")
def collected(django_db_setup, django_db_blocker, worker):
    """A database with the organization and two accounts read, shared by the tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        collect_all(worker, [ACCOUNT, ANOTHER])
        outcomes = set(CollectionRun.objects.values_list("outcome", flat=True))
        assert outcomes == {Outcome.COMPLETE}
        yield
        transaction.set_rollback(True)


def states():
    found = freshness(utc_now(), account_ids=[ACCOUNT, ANOTHER])
    return {(each.source.name, each.account_id): each for each in found}


def fail(organization, kind, name, **more):
    service, operation = CALLS[name]
    account_id = ACCOUNT if scope_of(name) else None
    organization.fault(
        kind=kind, service=service, operation=operation, account_id=account_id, **more
    )
    organization.reset_calls()


def calls_of(organization, name):
    service, operation = CALLS[name]
    return sum(
        call["count"]
        for call in organization.calls()["calls"]
        if (call["service"], call["operation"]) == (service, operation)
    )


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_failed_read_changes_no_fact_and_makes_its_own_scope_stale(
    organization, worker, kind, name
):
    rows, lines, before = all_rows(), Observation.objects.count(), states()
    assert {each.state for each in before.values()} == {FRESH}
    fail(organization, kind, name, seconds=1)
    patient = worker_for(organization, read_timeout=0.3) if kind == "timeout" else worker
    run = collect(patient, name, scope_of(name))
    outcome, reason = KINDS[kind]
    _, operation = CALLS[name]
    assert run.outcome == outcome
    assert operation in run.error
    assert (scope_of(name) or MANAGEMENT) in run.error
    assert reason in run.error
    assert 1 <= calls_of(organization, name) <= MOST_ATTEMPTS
    assert all_rows() == rows
    assert Observation.objects.count() == lines
    after = states()
    stale = {scope for scope, each in after.items() if each.state != FRESH}
    assert stale == {(name, scope_of(name))}
    found = after[(name, scope_of(name))]
    assert (found.state, found.reason) == (STALE, run.error)
    assert found.observed_at == before[(name, scope_of(name))].observed_at


@pytest.mark.parametrize("name", [source.name for source in SOURCES])
def test_after_the_fault_a_new_read_is_whole_and_fresh_and_finds_nothing_changed(
    organization, worker, name
):
    lines = Observation.objects.count()
    fail(organization, "deny", name)
    collect(worker, name, scope_of(name))
    organization.clear_faults()
    run = collect(worker, name, scope_of(name))
    assert (run.outcome, run.error) == (Outcome.COMPLETE, "")
    assert {each.state for each in states().values()} == {FRESH}
    assert Observation.objects.count() == lines


@pytest.mark.parametrize("name", PAGED)
def test_a_broken_second_page_is_a_failed_read_and_not_the_end_of_the_list(
    organization, worker, name
):
    rows = all_rows()
    organization.fault(kind="break_page", service="*")
    run = collect(worker, name, scope_of(name))
    assert run.outcome == Outcome.FAILED
    assert all_rows() == rows
    assert states()[(name, scope_of(name))].state == STALE
