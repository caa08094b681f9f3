"""The world against the portal: what the sample organisation is made of, and what the portal's own
commands say of it after a real collection, both ways. Also that list and use of actions are equal.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inventory.aws.permissions import MANAGEMENT_ACTIONS, READER_ACTIONS
from inventory.sample_org.process import SampleOrganization

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
# To become the reader, and to say who we are.
STS_ACTIONS = {"sts:AssumeRole", "sts:GetCallerIdentity"}


@dataclass
class Portal:
    """A portal over SQLite that has collected one world."""

    organization: SampleOrganization
    env: dict[str, str]
    actions: set[str]

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def export(self, kind: str, *arguments: str) -> list[dict[str, Any]]:
        lines = self.manage("export", kind, *arguments, "--format", "jsonl").splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture(
    scope="module", params=["fifty", pytest.param("fourteen", marks=pytest.mark.nightly)]
)
def portal(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Portal]:
    data_dir = tmp_path_factory.mktemp(request.param)
    own = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PORTAL_"))}
    for name in ("DATABASE_URL", "REDIS_URL"):
        own.pop(name, None)
    with SampleOrganization.start(world=request.param, data_dir=data_dir) as organization:
        env = own | organization.environment() | {"DATA_DIR": str(data_dir / "data")}
        made = Portal(organization, env, set())
        made.manage("migrate", "-v0")
        made.manage("collect")
        made.actions = {call["action"] for call in organization.calls()["calls"]}
        roster = organization.world("roster")
        with (data_dir / "roster.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(roster[0]))
            writer.writeheader()
            writer.writerows(roster)
        made.manage("import_roster", str(data_dir / "roster.csv"))
        yield made


def _comparable(rows: list[dict[str, Any]], columns: set[str]) -> list[str]:
    return sorted(json.dumps({name: row[name] for name in columns}, sort_keys=True) for row in rows)


@pytest.mark.parametrize("kind", ["iam-users", "credentials", "assignments", "people"])
def test_an_export_equals_the_worlds_own_list(portal: Portal, kind: str) -> None:
    world = portal.organization.world(kind)
    # Who owns which IAM user is a decision: the world knows it, AWS does not say it.
    columns = set(world[0]) - {"iam_users"}
    assert _comparable(portal.export(kind), columns) == _comparable(world, columns)


def test_the_published_actions_are_exactly_the_calls_of_a_full_collection(portal: Portal) -> None:
    assert portal.actions - STS_ACTIONS == {*MANAGEMENT_ACTIONS, *READER_ACTIONS}


def test_collecting_an_unchanged_world_again_changes_nothing(portal: Portal) -> None:
    before = portal.export("iam-users", "--as-of", portal.export("runs")[-1]["ended_at"])
    portal.manage("collect")
    after = portal.export("iam-users")
    columns = set(before[0]) - {"observed_at"}
    assert _comparable(after, columns) == _comparable(before, columns)


def test_every_run_of_an_undisturbed_world_is_complete(portal: Portal) -> None:
    assert {run["outcome"] for run in portal.export("runs")} == {"complete"}
