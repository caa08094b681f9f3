"""Clocks that disagree: facts of the future would outlive every later read, so there are none."""

from datetime import timedelta

import pytest

from inventory.models import CredentialReportRow, Outcome
from inventory.tasks import utc_now
from tests.faults.collecting import ACCOUNT, collect, worker_for

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]


def worker_behind(organization, minutes):
    """A worker whose clock is so much behind AWS's."""
    worker = worker_for(organization)
    worker.clock = lambda: utc_now() - timedelta(minutes=minutes)
    return worker


def test_a_report_from_the_future_is_a_failed_read_that_names_the_clock(organization):
    run = collect(worker_behind(organization, 20), "credential_report", ACCOUNT)
    assert run.outcome == Outcome.FAILED
    assert "which is in the future: check this machine's clock" in run.error
    assert not CredentialReportRow.objects.exists()


def test_a_clock_ten_minutes_behind_reads_on_and_dates_nothing_later_than_now(organization):
    worker = worker_behind(organization, 10)
    run = collect(worker, "credential_report", ACCOUNT)
    assert run.outcome == Outcome.COMPLETE
    assert run.observed_at <= worker.clock()
