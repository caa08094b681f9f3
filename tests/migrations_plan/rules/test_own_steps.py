"""What a person does next, and by when."""

from datetime import UTC, datetime, timedelta

import pytest

from migrations_plan.rules.own_steps import (
    MINE,
    REMOVE,
    TEST,
    THEIRS,
    Ending,
    ending,
    next_of,
    steps,
)
from migrations_plan.rules.readiness import GATES

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def listed(verdicts, word="parallel", tested=False, keys_left=True):
    gates = [(gate.name, verdicts.get(gate.name, "ready")) for gate in GATES]
    return steps(word, gates, tested=tested, keys_left=keys_left)


def first(steps):
    found = next_of(steps)
    assert found is not None
    return found


def test_every_gate_has_a_step_of_the_person_or_of_somebody_else():
    assert {gate.name for gate in GATES} == set(MINE) | set(THEIRS)
    assert not set(MINE) & set(THEIRS)


def test_what_is_mine_comes_before_what_i_wait_for():
    found = listed({"assigned": "blocked", "signed-in": "blocked"})

    assert [one.gate for one in found] == ["assigned", "signed-in", ""]
    assert first(found).gate == "signed-in"


def test_what_nobody_knows_is_no_order():
    found = listed({"quiet": "unknown"})

    assert [(one.gate, one.sure) for one in found] == [("quiet", False), ("", True)]
    assert first(found).words == TEST


def test_what_is_unknown_never_reads_as_nothing_to_do():
    found = listed({"quiet": "unknown"}, tested=True)

    assert not first(found).sure


def test_waiting_for_others_is_said_as_such():
    assert first(listed({"assigned": "blocked"}, tested=True)).mine is False


def test_all_ready_and_tested_is_nothing_to_do():
    assert listed({}, tested=True) == ()
    assert next_of(()) is None


def test_a_waived_gate_asks_for_nothing():
    assert listed({"tools": "waived"}, tested=True) == ()


@pytest.mark.parametrize("word", ["disabled", "retired"])
def test_after_the_end_only_keys_are_left(word):
    assert [one.words for one in listed({"quiet": "blocked"}, word)] == [REMOVE]
    assert listed({"quiet": "blocked"}, word, keys_left=False) == ()


@pytest.mark.parametrize("word", ["departed", "workload", "exception"])
def test_who_is_not_concerned_has_nothing_to_do(word):
    assert listed({"quiet": "blocked"}, word) == ()


def test_nobody_is_asked_to_test_before_anything_was_judged():
    assert steps("", [], tested=False, keys_left=True) == ()


def at(hours, **more):
    return Ending(NOW + timedelta(hours=hours), "Europe/Berlin", "Acme", f"wave {hours}", **more)


def test_the_next_day_of_a_running_plan_counts():
    assert ending([at(90), at(5), at(-3), at(2, paused=True)], NOW) == at(5)
    assert ending([at(2, paused=True), at(-3)], NOW) == at(2, paused=True)
    assert ending([at(-9), at(-3)], NOW) == at(-3)
    assert ending([], NOW) is None


def test_the_day_is_said_in_the_plans_zone():
    assert at(56).words == "Thursday 2026-12-03, 18:00 CET"
