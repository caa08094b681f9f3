"""Settings under which one call to AWS could outlive the claim on its job do not start."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from inventory.checks import calls_fit_their_lease


def test_the_defaults_fit(settings):
    settings.PORTAL_LEASE_SECONDS, settings.PORTAL_AWS_READ_TIMEOUT = 90, 20
    assert calls_fit_their_lease() == []


@pytest.mark.parametrize(
    ("lease", "timeout", "fits"),
    # A sixth of the lease may have gone by; connecting takes 5 s at most, a pause 8 s.
    [(90, 62, True), (90, 63, False), (3, 1, True), (2, 1, False), (3600, 120, True)],
)
def test_connecting_waiting_and_pausing_must_fit(settings, lease, timeout, fits):
    settings.PORTAL_LEASE_SECONDS, settings.PORTAL_AWS_READ_TIMEOUT = lease, timeout
    assert (calls_fit_their_lease() == []) is fits


def test_a_command_refuses_to_start_with_a_sentence(settings):
    settings.PORTAL_LEASE_SECONDS, settings.PORTAL_AWS_READ_TIMEOUT = 90, 120
    with pytest.raises(SystemCheckError) as refused:
        call_command("collect", skip_checks=False, stdout=io.StringIO())
    assert "PORTAL_AWS_READ_TIMEOUT=120 lets one call to AWS take 133 seconds" in str(refused.value)
    assert "PORTAL_LEASE_SECONDS=90 leaves it 75" in str(refused.value)
