"""Laws of the gates of plans: bad news never helps, and the order of facts does not matter."""

import random
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_plan.rules.facts import Told
from migrations_plan.rules.plan_gates import JUDGES
from migrations_plan.rules.plan_gates.answers import Case, each
from tests import plan_facts as made
from tests.control_facts import NOW
from tests.plan_facts import GOOD
from tests.plan_gate_cases import BLOCKED, UNKNOWN

LAW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MANY = settings(LAW, max_examples=8)
RANK = {"blocked": 0, "unknown": 1, "waived": 2, "ready": 3}
VERDICTS = st.sampled_from(sorted(RANK))
NAMES = sorted(JUDGES)
WORLDS = [
    GOOD, *(case[0] for case in BLOCKED.values() if case), *(case[0] for case in UNKNOWN.values()),
]  # fmt: skip


def case(number, verdict):
    return Case(key=f"k{number}", name=f"n{number}", verdict=verdict, sentence=f"{verdict}.")


def answered(cases, told=()):
    return each(cases, noun="thing", ready="{n}.", empty=("ready", "None."), told=told)


def shuffled(value, dice):
    """The same facts in another order, however deep."""
    if isinstance(value, Told) or not (isinstance(value, tuple) or is_dataclass(value)):
        return value
    if isinstance(value, tuple):
        if not all(is_dataclass(one) for one in value):
            return value
        found = [shuffled(one, dice) for one in value]
        dice.shuffle(found)
        return tuple(found)
    names = [one.name for one in fields(value) if one.init]
    changed: Any = value
    return replace(changed, **{name: shuffled(getattr(value, name), dice) for name in names})


@LAW
@given(verdicts=st.lists(VERDICTS, min_size=1, max_size=6), more=VERDICTS)
def test_one_more_in_the_way_never_improves_the_whole(verdicts, more):
    cases = [case(number, verdict) for number, verdict in enumerate(verdicts)]
    before = answered(cases)[""].verdict
    after = answered([*cases, case(99, more)])[""].verdict

    assert RANK[after] <= RANK[before]
    assert RANK[after] == min(RANK[before], RANK[more])


@LAW
@given(verdicts=st.lists(VERDICTS, max_size=6), why=st.sampled_from(["AWS refused it.", "old"]))
def test_a_bad_read_never_leaves_the_whole_ready(verdicts, why):
    cases = [case(number, verdict) for number, verdict in enumerate(verdicts)]

    found = answered(cases, told=[Told("A read", NOW, None, why)])[""].verdict
    assert found in ("blocked", "unknown")


@LAW
@given(order=st.permutations(range(6)), verdicts=st.lists(VERDICTS, min_size=6, max_size=6))
def test_the_order_of_cases_does_not_matter(order, verdicts):
    cases = [case(number, verdict) for number, verdict in enumerate(verdicts)]

    assert answered(cases) == answered([cases[number] for number in order])


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(world=st.sampled_from(WORLDS), seed=st.integers(0, 999))
def test_the_order_of_facts_does_not_matter(name, world, seed):
    before = JUDGES[name](world)
    after = JUDGES[name](shuffled(world, random.Random(seed)))

    assert {key: one.verdict for key, one in before.items()} == {
        key: one.verdict for key, one in after.items()
    }
    assert before[""].sentence == after[""].sentence


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(world=st.sampled_from(WORLDS), change=st.sampled_from(["refused", "stale", "never"]))
def test_losing_the_reads_never_makes_anything_ready(name, world, change):
    before = JUDGES[name](world)
    after = JUDGES[name](made.retold(world, getattr(made, change)))

    for key in before.keys() & after.keys():
        if before[key].verdict != "ready":
            assert after[key].verdict != "ready"


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(world=st.sampled_from(WORLDS))
def test_whoever_is_in_the_way_keeps_the_whole_from_being_ready(name, world):
    answers = JUDGES[name](world)
    own = [one.verdict for key, one in answers.items() if key and key != made.OLD]

    if name.startswith("person:") or name == "no-human-users":
        return
    if "blocked" in own:
        assert answers[""].verdict == "blocked"
    elif "unknown" in own:
        assert answers[""].verdict == "unknown"
