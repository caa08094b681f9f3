"""Running organisations for tests: shared ones to read, and a fresh one for a test that writes."""

import pytest

from inventory.sample_org.process import SampleOrganization


@pytest.fixture(scope="session")
def fifty(tmp_path_factory):
    """World "fifty", shared: read only, and leave no fault behind."""
    with SampleOrganization.start("fifty", tmp_path_factory.mktemp("fifty")) as organization:
        yield organization


@pytest.fixture(scope="session")
def fourteen(tmp_path_factory):
    with SampleOrganization.start("fourteen", tmp_path_factory.mktemp("fourteen")) as organization:
        yield organization


@pytest.fixture
def fresh(tmp_path):
    """World "fifty" in a process of its own, to be changed at will."""
    with SampleOrganization.start("fifty", tmp_path) as organization:
        yield organization
