"""The sample organisation, one process for a test file, with the credentials it wants."""

import pytest

from inventory.sample_org.process import SampleOrganization


@pytest.fixture(scope="module")
def organization(tmp_path_factory):
    """The world of fifty users, served over HTTP."""
    home = tmp_path_factory.mktemp("organization")
    with SampleOrganization.start("fifty", home) as running, pytest.MonkeyPatch.context() as patch:
        for name, value in running.environment().items():
            patch.setenv(name, value)
        yield running


@pytest.fixture(autouse=True)
def no_faults(request):
    """Faults of one test are over before the next."""
    yield
    if "organization" in request.fixturenames:
        running = request.getfixturevalue("organization")
        running.clear_faults()
