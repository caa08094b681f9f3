"""docs/controls.md tells of every statement, with the numbers that the code uses."""

import re
from pathlib import Path

import pytest

from migrations_plan.passes.controlling import AGAIN_AFTER, MOST_CASES, NOTED_DAYS
from migrations_plan.rules.controls import CONTROLS
from migrations_plan.rules.controls_setup import REVIEWED_WITHIN
from migrations_plan.rules.thresholds import Thresholds

TEXT = (Path(__file__).parents[1] / "docs" / "controls.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("` "): [cell.strip() for cell in cells[1:]]
    for cells in (line.strip("|").split("|") for line in re.findall(r"^\| `.*\|$", TEXT, re.M))
}


def test_every_statement_has_its_test_its_population_and_what_makes_it_unknown():
    assert set(ROWS) == set(CONTROLS)
    assert all(len(cells) == 3 and all(cells) for cells in ROWS.values())


@pytest.mark.parametrize(
    "said",
    [
        f"within {REVIEWED_WITHIN.days} days",
        f"every {AGAIN_AFTER.seconds // 60} minutes",
        f"for {NOTED_DAYS} days",
        f"The first {MOST_CASES:,} cases",
        f"({Thresholds.window_days} by default)",
        f"({Thresholds.session_hours} hours by default)",
    ],
)
def test_numbers_are_those_of_the_code(said):
    assert said in TEXT
