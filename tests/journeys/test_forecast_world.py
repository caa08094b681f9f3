"""The forecast against what happened: what is said of people from the days before they moved to
Identity Center, against what the sample organisation then refuses them there.

The organisation's refusals are decided by its own reading of its policies, which shares no code
with the portal's.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.portal_process import Portal, Rows
from tests.journeys.shared_world import shared_world

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
    usage: Rows
    people: Rows

    def probe(self, *arguments: str) -> Rows:
        told = self.portal.run("tests.journeys.forecast_probe", *arguments)
        return [json.loads(line) for line in told.splitlines()]

    def forecast(self, *arguments: str) -> Rows:
        return [json.loads(row) for row in self.portal.manage("forecast", *arguments).splitlines()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: Any) -> World:
    made = shared_world(tmp_path_factory)
    return World(made.portal, made.told["usage"], made.told["people"])


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
        *(
            pytest.param("ProductionReadOnly", action, marks=pytest.mark.nightly)
            for action in ("s3:ListAllMyBuckets", "logs:DescribeLogGroups")
        ),
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
