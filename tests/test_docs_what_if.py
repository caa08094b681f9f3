"""docs/what-if.md tells the limits that the code has."""

from pathlib import Path

import pytest

from benchmarks.what_if import MOST_SECONDS
from migrations_plan.forms.questions import BACK, MOST_GRANTS, MOST_PEOPLE, MOST_SETS
from migrations_plan.policy.lint import MOST_INLINE
from migrations_plan.policy.what_if import MOST_LINES, State
from tests.what_if_world import CALLS, PEOPLE

TEXT = (Path(__file__).parents[1] / "docs" / "what-if.md").read_text(encoding="utf-8")
WORDS = {
    State.CLEAN: "clean",
    State.LOSES: "loses something",
    State.UNKNOWN: "unknown",
    State.NOTHING: "nothing to cut",
    State.GONE: "gone by then",
}


@pytest.mark.parametrize(
    "said",
    [
        f"up to {MOST_PEOPLE} people",
        f"from {BACK.days} days ago to a year ahead",
        f"permission sets** ({MOST_SETS} at most)",
        f"assignments** ({MOST_GRANTS} at most)",
        f"{MOST_INLINE:,} characters",
        f"the {MOST_LINES} heaviest",
        f"about {PEOPLE} people with {PEOPLE * CALLS:,} distinct calls",
        f"above {MOST_SECONDS:g} s",
    ],
)
def test_limits_are_those_of_the_code(said):
    assert said in TEXT


@pytest.mark.parametrize("state", State)
def test_every_state_is_explained(state):
    assert f"\n| {WORDS[state]} | " in TEXT
