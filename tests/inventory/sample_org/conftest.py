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


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """World "fifty" for one module to change; its tests keep to different accounts and users."""
    with SampleOrganization.start("fifty", tmp_path_factory.mktemp("fresh")) as organization:
        yield organization
