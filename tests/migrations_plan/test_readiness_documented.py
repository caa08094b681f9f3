"""Every gate, threshold and state is in docs/readiness.md, and so is every minimum version."""

from pathlib import Path

import pytest

from migrations_plan.rules.readiness import GATES
from migrations_plan.rules.states import STATES
from migrations_plan.rules.thresholds import Thresholds
from migrations_plan.rules.tools import MINIMUMS

TEXT = (Path(__file__).parents[2] / "docs" / "readiness.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_every_gate_has_a_line_with_what_makes_it_unknown(gate):
    lines = [line for line in TEXT.splitlines() if line.startswith(f"| `{gate.name}` |")]

    assert len(lines) == 1
    assert all(len(cell.split()) > 1 for cell in lines[0].split("|")[2:5])


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_explained(state):
    assert f"`{state}`" in TEXT


@pytest.mark.parametrize("least", MINIMUMS, ids=lambda least: f"{least.family} {least.version}")
def test_every_minimum_version_is_named(least):
    assert least.version in TEXT


def test_the_defaults_are_the_ones_in_force():
    d = Thresholds()

    assert f"{d.quiet_days} quiet days" in TEXT
    assert f"{d.window_days} days looked back, {d.session_hours} hours" in TEXT
