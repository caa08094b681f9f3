"""The forecast against what happened: what is said of people from the days before they moved to
Identity Center, against what the sample organisation then refuses them there.

The organisation's refusals are decided by its own reading of its policies, which shares no code
with the portal's.
"""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inventory.sample_org.process import SampleOrganization
from tests.journeys.test_usage_world import ROOT, Portal, portal_at

pytestmark = pytest.mark.slow
REFUSALS = ("AccessDenied", "Client.UnauthorizedOperation")
# Some requests of these hand a role to a service. The story's do not, which no count can tell.
MAY_PASS_A_ROLE = {
    "cloudformation:CreateStack",
    "cloudformation:UpdateStack",
    "ec2:RunInstances",
    "ecs:UpdateService",
    "rds:ModifyDBInstance",
}
# The story calls it without the role that every real one hands over.
PASSES_A_ROLE = {"iam:PassRole", "sagemaker:CreateTrainingJob"}
LEAST_COMPARED, LEAST_DENIED = 40, 3
Key = tuple[str, str, str, str, str]


@dataclass
class World:
    """A portal that collected the organisation and counted its logs, and the truth."""

    portal: Portal
    usage: list[dict[str, Any]]
    people: list[dict[str, Any]]

    def probe(self, *arguments: str) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.journeys.forecast_probe", *arguments],
            cwd=ROOT,
            env=self.portal.env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def forecast(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(row) for row in self.portal.manage("forecast", *arguments).splitlines()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: Any) -> Iterator[World]:
    data_dir: Path = tmp_path_factory.mktemp("forecast")
    with SampleOrganization.start("fifty", data_dir / "organization", logs=True) as organization:
        portal = portal_at(data_dir / "portal", **organization.environment())
        portal.manage("collect")
        people = organization.world("people")
        owners = data_dir / "owners.json"
        owners.write_text(json.dumps(people))
        portal.manage("import_roster", write_roster(organization, data_dir / "roster.csv"))
        made = World(portal, organization.world("usage"), people)
        made.probe("link", str(owners))
        portal.import_logs(f"s3://{organization.info['log_bucket']}")
        yield made


def write_roster(organization: SampleOrganization, path: Path) -> str:
    """Also whoever is not in Identity Center yet is somebody."""
    rows = organization.world("roster")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def happened(world: World) -> dict[Key, set[bool]]:
    """Over the new path: by user, account, set and operation, whether it was refused."""
    found: dict[Key, set[bool]] = defaultdict(set)
    for row in world.usage:
        user = str(row["actor"]).removeprefix("identitystore:")
        if row["path"] == "new" and row["permission_set"] and user != row["actor"]:
            key = (
                user,
                row["account_id"],
                row["permission_set"],
                row["event_source"],
                row["event_name"],
            )
            found[key].add(row["error"] in REFUSALS)
    return found


def told(world: World) -> dict[Key, dict[str, set[str]]]:
    """From the days before each move: by the same, verdicts by action."""
    found: dict[Key, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in world.probe("before"):
        key = (
            row["user_id"],
            row["account_id"],
            row["permission_set"],
            row["event_source"],
            row["event_name"],
        )
        found[key][row["action"]].add(row["verdict"])
    return found


def test_what_was_forecast_is_what_is_refused(world: World) -> None:
    truth, forecast = happened(world), told(world)
    compared = sorted(truth.keys() & forecast.keys())
    wrong, unknown, denied = [], set(), 0
    for key in compared:
        for action, verdicts in forecast[key].items():
            if verdicts == {"not-needed"}:
                continue
            if verdicts == {"unknown"}:
                unknown.add(action)
            elif action not in PASSES_A_ROLE or key[4] == "PassRole":
                denied += verdicts == {"denied"}
                expected = {"denied": {True}, "allowed": {False}}[min(verdicts)]
                wrong += [(key, action, verdicts)] if truth[key] != expected else []

    assert wrong == []
    assert unknown <= MAY_PASS_A_ROLE
    assert len(compared) >= LEAST_COMPARED
    assert denied >= LEAST_DENIED


def test_the_commands_answer_has_a_line_for_everything_people_called(world: World) -> None:
    """Every account and operation of the old path, by people whose IAM users are known."""
    owner = {arn: row["email"] for row in world.people for arn in row["iam_users"]}
    since = min(row["day"] for row in world.usage)
    called = {
        (owner[row["actor"]], row["account_id"])
        for row in world.usage
        if row["path"] == "old" and row["actor"] in owner and row["day"] > since
    }
    rows = world.forecast()

    answered = {(row["person"], row["account_id"]) for row in rows}
    assert called <= answered
    assert {row["decision"] for row in rows} == {"allowed", "denied", "unknown", "not-needed"}
    assert len({(row["person"], row["account_id"], row["action"]) for row in rows}) == len(rows)
    events = sum(row["events"] for row in rows)
    assert events >= sum(
        row["events"]
        for row in world.usage
        if row["path"] == "old" and row["actor"] in owner and row["day"] > since
    )


@pytest.mark.parametrize(
    ("set_name", "action"),
    [
        ("DeveloperFullAccess", "ec2:DescribeInstances"),
        ("ProductionReadOnly", "s3:ListAllMyBuckets"),
        ("ProductionReadOnly", "logs:DescribeLogGroups"),
    ],
)
def test_removing_an_action_from_a_set_changes_exactly_the_people_who_used_it(
    world: World, set_name: str, action: str
) -> None:
    """Those whose forecast said that just this set allows it."""
    users = {
        row["person"]
        for row in world.forecast()
        if row["action"] == action and row["permission_set"] == set_name
    }

    (changed,) = world.probe("without", set_name, action)

    assert users
    assert changed == {"people": sorted(users), "actions": [action], "same": True}
