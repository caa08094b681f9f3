"""All three plans over the sample organisation of fifty: every item is judged, from facts that the
portal collected over HTTP and from the logs it counted."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from migrations_plan.artefacts.plan_template import plan_templates
from tests.journeys.played import Played, Row, owners, played

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
TEMPLATES = {one.name: one for one in plan_templates()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: Any) -> Iterator[Played]:
    with played("fifty", tmp_path_factory.mktemp("plans")) as made:
        made.portal("collect", "--summary")
        made.import_roster()
        made.decide("link", *owners(made))
        made.decide("threshold", {"window_days": 7})
        made.import_logs()
        made.decide("plan", *({"template": name} for name in TEMPLATES))
        yield made


@pytest.fixture(scope="module")
def rows(world: Played) -> list[Row]:
    return world.rows("standings")


@pytest.fixture(scope="module")
def verdicts(rows: list[Row]) -> dict[str, set[str]]:
    """By gate, what it answers in the plan that everybody is in."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in [row for row in rows if row["plan"] == "one-week"]:
        for gate in row["gates"]:
            found[gate["name"]].add(gate["verdict"])
    return found


def test_every_item_is_judged_and_no_gate_is_without_a_judge(rows):
    items = {(row["plan"], row["item"]) for row in rows}

    assert items == {(name, item.name) for name, one in TEMPLATES.items() for item in one.items}
    assert not [row for row in rows if "Nothing tells yet" in row["sentence"]]


def test_items_stand_for_each_person_user_account_set_and_program(rows):
    about: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["plan"] == "one-week":
            about[row["item"]].add(row["subject"])

    assert len(about["engineers-test"]) > 30
    assert len(about["disable-keys"]) > 40
    assert len(about["review-sets"]) >= 6
    assert len(about["move-workloads"]) > 3


def test_what_is_so_in_that_company_is_found(verdicts):
    for gate in ("identity-center-enabled", "sets-described", "users-read"):
        assert verdicts[gate] == {"ready"}, gate
    for gate in ("keys-inactive", "assigned-by-groups", "workloads-moved"):
        assert "blocked" in verdicts[gate], gate
    for gate in ("sets-reviewed", "told", "tested", "scim-leaves", "guardrail-proven"):
        assert verdicts[gate] == {"blocked"}, gate


def test_a_user_that_is_switched_off_closes_its_items(world, rows):
    arn = next(
        row["subject"] for row in rows if row["item"] == "disable-keys" and row["verdict"] == "open"
    )
    world.switch_off(arn)
    # Tomorrow: whoever was asked about today is asked about again.
    world.day(1)
    after = {(row["item"], row["subject"]): row for row in world.rows("standings")}

    assert after["disable-keys", arn]["verdict"] == "done"
