"""A first read that is refused: unknown, with AWS's reason, and never an empty list."""

import pytest

from inventory import jobs
from inventory.freshness import UNKNOWN, freshness
from inventory.models import IamUser, Outcome
from inventory.saving.tables import TABLES
from inventory.sources import SOURCE_BY_NAME, SOURCES
from inventory.tasks import utc_now
from tests.faults.collecting import ACCOUNT, CALLS, collect, scope_of, worker_for
from tests.inventory.reads import read

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


@pytest.fixture(scope="module")
def worker(organization):
    return worker_for(organization)


def read_what_it_needs(worker, source):
    earlier = [*source.after, *(["authorization_details"] if source.per_user else [])]
    for name in earlier:
        jobs.request(
            now=utc_now(), by="test", sources=name, account_ids=scope_of(source.name) or None
        )
        while worker.work_one() is not None:
            pass


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_that_was_never_read_and_is_refused_is_unknown(organization, worker, source):
    read_what_it_needs(worker, source)
    service, operation = CALLS[source.name]
    organization.fault(kind="deny", service=service, operation=operation)
    account_id = scope_of(source.name)
    run = collect(worker, source.name, account_id)
    assert run.outcome == Outcome.DENIED
    [found] = freshness(utc_now(), sources=[source], account_ids=[account_id])
    assert (found.state, found.observed_at, found.reason) == (UNKNOWN, None, run.error)
    for record_type in source.records:
        assert not TABLES[record_type]._default_manager.exclude(run=None).exists()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("access_keys", "active_keys"),
        ("login_profiles", "console_password"),
        ("mfa_devices", "mfa"),
    ],
)
def test_a_users_credentials_that_could_not_be_read_are_unknown_and_not_none(
    organization, worker, name, column
):
    read_what_it_needs(worker, SOURCE_BY_NAME[name])
    service, operation = CALLS[name]
    organization.fault(kind="deny", service=service, operation=operation)
    collect(worker, name, ACCOUNT)
    assert set(IamUser.objects.values_list(column, flat=True)) == {None}
    organization.clear_faults()
    collect(worker, name, ACCOUNT)
    assert None not in set(IamUser.objects.values_list(column, flat=True))


def test_a_source_whose_turn_it_is_not_says_what_it_waits_for(worker):
    run = collect(worker, "permission_sets", "")
    assert run.outcome == Outcome.FAILED
    assert run.error == "permission_sets: it needs identity_center, which has not been read yet"


def test_no_identity_center_is_not_believed_once_it_cannot_be_looked_for(organization, worker):
    read("identity_center", [], utc_now(), account_id="")
    assert collect(worker, "identity_store", "").outcome == Outcome.COMPLETE
    organization.fault(kind="deny", service="sso-admin", operation="ListInstances")
    collect(worker, "identity_center", "")
    run = collect(worker, "identity_store", "")
    assert run.outcome == Outcome.FAILED
    assert run.error == "identity_store: whether there is an Identity Center could not be read"
