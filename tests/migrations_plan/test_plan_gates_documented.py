"""docs/plan-gates.md tells of every gate: whom it is about, what it means, which facts; with the
numbers that the code uses."""

import re
from pathlib import Path

import pytest

from migrations_plan.artefacts.plan_gates import FACT_GATES, PERSON, PERSON_GATES, meaning
from migrations_plan.artefacts.scp import CREDENTIAL_ACTIONS
from migrations_plan.gather.plan_accounts import STATEMENT_DAYS
from migrations_plan.gather.plan_facts import REFUSED_DAYS
from migrations_plan.gather.plan_usage import QUIET_DAYS
from migrations_plan.policy.proofs import WRITE_ACTIONS
from migrations_plan.rules.live_sessions import LONGEST
from migrations_plan.rules.plan_gates import JUDGES
from migrations_plan.rules.plan_gates.afterwards import REGRESSION_DAYS
from migrations_plan.rules.plan_gates.organization import ARRIVED_WITHIN
from tests.plan_facts import GOOD

TEXT = (Path(__file__).parents[2] / "docs" / "plan-gates.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("` "): [cell.strip() for cell in cells[1:]]
    for cells in (line.strip("|").split("|") for line in re.findall(r"^\| `.*\|$", TEXT, re.M))
}
KEYS = {"person": "person:", "user": "arn:aws:iam", "program": "arn:aws:iam", "set": "arn:"}


def test_the_table_has_every_gate_and_no_other():
    assert {name for name in ROWS if not name.startswith(PERSON)} == set(FACT_GATES)
    assert {name for name in ROWS if name.startswith(PERSON)} == {
        f"{PERSON}{name}" for name in PERSON_GATES
    }


@pytest.mark.parametrize("name", FACT_GATES)
def test_a_line_says_about_whom_when_and_from_which_facts(name):
    about, ready, facts, _unknown = ROWS[name]

    assert about in ("all", "account", "person", "program", "set", "use", "user")
    assert len(ready.split()) > 2
    assert facts


@pytest.mark.parametrize("name", PERSON_GATES)
def test_a_gate_of_people_is_told_in_the_words_of_the_code(name):
    assert ROWS[f"{PERSON}{name}"] == [meaning(f"{PERSON}{name}")]


@pytest.mark.parametrize("name", FACT_GATES)
def test_a_gate_is_about_whom_the_table_says(name):
    subjects = [key for key in JUDGES[name](GOOD) if key]
    about = ROWS[name][0]

    if about == "all":
        assert subjects == []
    elif about in KEYS:
        assert subjects
        assert all(key.startswith(KEYS[about]) for key in subjects)
    elif about == "account":
        assert all(re.fullmatch(r"\d{12}", key) for key in subjects)


@pytest.mark.parametrize(
    "said",
    [
        f"each of {len(CREDENTIAL_ACTIONS)} ways",
        *(f"`{action}`" for action in CREDENTIAL_ACTIONS),
        f"Writes: {len(WRITE_ACTIONS)} actions",
        f"the last {QUIET_DAYS} whole days",
        f"the last {REFUSED_DAYS} days",
        f"the last {STATEMENT_DAYS} days",
        f"*regression_days* ({REGRESSION_DAYS})",
        f"within {ARRIVED_WITHIN.days} days",
        f"{int(LONGEST.total_seconds() // 3600)} hours have passed",
    ],
)
def test_numbers_are_those_of_the_code(said):
    assert said in TEXT
