"""The world against the portal: what the sample organisation is made of, and what the portal's own
commands say of it after a real collection, both ways. Also that list and use of actions are equal.
"""

import json
from typing import Any

import pytest

from inventory.aws.permissions import MANAGEMENT_ACTIONS, READER_ACTIONS
from tests.journeys.shared_world import SharedWorld, shared_world

pytestmark = pytest.mark.slow
# To become the reader, and to say who we are.
STS_ACTIONS = {"sts:AssumeRole", "sts:GetCallerIdentity"}


@pytest.fixture(
    scope="module", params=["fifty", pytest.param("fourteen", marks=pytest.mark.nightly)]
)
def world(request: pytest.FixtureRequest, tmp_path_factory: Any) -> SharedWorld:
    return shared_world(tmp_path_factory, request.param)


def _comparable(rows: list[dict[str, Any]], columns: set[str]) -> list[str]:
    return sorted(json.dumps({name: row[name] for name in columns}, sort_keys=True) for row in rows)


@pytest.mark.parametrize("kind", ["iam-users", "credentials", "assignments", "people"])
def test_an_export_equals_the_worlds_own_list(world: SharedWorld, kind: str) -> None:
    told = world.told[kind]
    # Who owns which IAM user is a decision: the world knows it, AWS does not say it.
    columns = set(told[0]) - {"iam_users"}
    assert _comparable(world.portal.export(kind), columns) == _comparable(told, columns)


def test_the_published_actions_are_exactly_the_calls_of_a_full_collection(
    world: SharedWorld,
) -> None:
    assert world.actions - STS_ACTIONS == {*MANAGEMENT_ACTIONS, *READER_ACTIONS}


@pytest.mark.nightly
def test_collecting_an_unchanged_world_again_changes_nothing(world: SharedWorld) -> None:
    portal = world.portal
    before = portal.export("iam-users", "--as-of", portal.export("runs")[-1]["ended_at"])
    with world.organization():
        portal.manage("collect")
    after = portal.export("iam-users")
    columns = set(before[0]) - {"observed_at"}
    assert _comparable(after, columns) == _comparable(before, columns)


def test_every_run_of_an_undisturbed_world_is_complete(world: SharedWorld) -> None:
    assert {run["outcome"] for run in world.portal.export("runs")} == {"complete"}
