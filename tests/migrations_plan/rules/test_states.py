"""Where a person stands, what they do not go back from unseen, and what a waiver hides."""

from dataclasses import replace
from datetime import timedelta

import pytest

from migrations_plan.rules.gate import BLOCKED, READY, WAIVED
from migrations_plan.rules.readiness import GATE_BY_NAME, judge
from migrations_plan.rules.states import (
    MEANING,
    NOWHERE,
    STATES,
    Reached,
    next_step,
    state_of,
)
from migrations_plan.rules.waivers import WaiverFact, waived
from tests.migrations_plan.rules.people_made import (
    DENIED,
    FRESH,
    LIMITS,
    NOW,
    access,
    ago,
    forecast,
    kind,
    logs,
    old_user,
    person,
    usage,
)

DAY = timedelta(days=1)
UNSEEN = usage(signed_in_at=None, console_at=None, cli_at=None, used_at=ago(0))
NEEDY = access(granted=frozenset())
OFF, GONE = old_user(open=0), old_user(present=False, open=0)
READY_ONCE = Reached("ready", ago(3), ago(6))
OFF_ONCE = Reached("disabled", ago(4), ago(6))
RETURNED = old_user(open=2)
USED_NOW = usage(used_at=ago(0, hours=1))
CASES = [
    ("unmapped", {"users": (), "access": access(has_target=False)}, NOWHERE),
    ("mapped", {"access": NEEDY, "usage": UNSEEN}, NOWHERE),
    ("assigned", {"usage": UNSEEN}, NOWHERE),
    ("parallel", {"forecast": forecast(denied=1)}, NOWHERE),
    ("parallel", {"forecast": None}, NOWHERE),
    ("ready", {}, NOWHERE),
    ("ready", {"users": ()}, NOWHERE),
    ("disabled", {"users": (OFF,)}, READY_ONCE),
    ("disabled", {"users": (OFF,), "forecast": None}, NOWHERE),
    ("retired", {"users": (GONE,)}, OFF_ONCE),
    ("departed", {"left": True, "left_how": "left on 2026-01-01"}, NOWHERE),
    ("departed", {"left": True, "users": (GONE,)}, OFF_ONCE),
    ("workload", {"users": (old_user(classes=(kind("workload"),)),)}, NOWHERE),
    ("exception", {"users": (old_user(classes=(kind("exception"),)),)}, NOWHERE),
    ("regressed", {"usage": USED_NOW}, READY_ONCE),
    ("regressed", {"users": (RETURNED,)}, OFF_ONCE),
    ("regressed", {"users": (RETURNED,)}, replace(OFF_ONCE, state="retired")),
    ("regressed", {"users": (OFF,), "usage": USED_NOW}, OFF_ONCE),
    # Used again, and quiet long enough since: ready as if nothing had been.
    ("ready", {"usage": usage(used_at=ago(4))}, READY_ONCE),
    # The use was known already when the person became ready.
    ("parallel", {"usage": usage(used_at=ago(6)), "forecast": forecast(denied=1)}, READY_ONCE),
    # A session that began before the credentials were off is no return.
    (
        "disabled",
        {"users": (OFF,), "usage": usage(used_at=ago(3))},
        Reached("disabled", ago(4), ago(6)),
    ),
]


def judged(before=NOWHERE, **changed):
    facts = person(**changed)
    return state_of(facts, judge(facts, LIMITS, NOW), before, NOW)


@pytest.mark.parametrize(("word", "changed", "before"), CASES)
def test_a_state_follows_from_gates_and_facts(word, changed, before):
    found = judged(before, **changed)

    assert found.word == word, found.sentence
    assert found.sentence.endswith(".")


def test_every_state_is_in_the_table_and_explained():
    assert {word for word, _, _ in CASES} == set(STATES) == set(MEANING)


@pytest.mark.parametrize(
    "user", [old_user(open=None), old_user(open=0, open_told=DENIED), old_user(present=None)]
)
def test_credentials_of_which_nobody_knows_are_never_off(user):
    assert judged(users=(user,)).word not in ("disabled", "retired")


def test_disabled_before_ready_is_seen_and_said():
    first = judged(forecast=None)
    assert (first.word, first.reached.state, first.reached.at) == ("parallel", "", NOW)

    found = judged(first.reached, users=(OFF,), forecast=None)

    assert (found.word, found.reached.early) == ("disabled", True)
    assert "before the person was ready, outside a plan" in found.sentence
    again = judged(found.reached, users=(OFF,), forecast=None)
    assert (again.reached.early, again.reached.at) == (True, NOW)


def test_disabled_after_ready_is_in_order():
    ready = judged()

    found = judged(ready.reached, users=(OFF,))

    assert (ready.word, found.word, found.reached.early) == ("ready", "disabled", False)


def test_an_iam_user_that_was_off_when_it_became_theirs_is_not_said_to_be_switched_off_early():
    before = judged(users=(), forecast=None).reached

    assert judged(before, users=(OFF,), forecast=None).reached.early is False


def test_credentials_that_were_off_when_the_portal_first_looked_are_not_said_to_be_early():
    assert judged(users=(OFF,), forecast=None).reached.early is False


def test_an_owner_who_is_confirmed_after_the_credentials_were_off_is_not_early():
    nobodys = judged(users=(), access=access(has_target=False))

    found = judged(nobodys.reached, users=(OFF,), forecast=None)

    assert (found.word, found.reached.early) == ("disabled", False)


def test_a_regression_lasts_until_the_path_is_quiet_or_the_credential_off_again():
    back = judged(OFF_ONCE, users=(RETURNED,))
    assert back.reached == OFF_ONCE

    assert judged(back.reached, users=(RETURNED,)).word == "regressed"
    assert judged(back.reached, users=(OFF,)).word == "disabled"


def test_a_state_that_stands_on_reads_ends_with_them():
    assert judged().until == FRESH.until
    assert judged(users=(OFF,)).until == FRESH.until


def waiver(name="forecast", **more):
    values = {"by": "lead@example.com", "at": ago(1), "reason": "Tested by hand.", "until": NOW}
    return {name: WaiverFact(name, **{**values, "until": NOW + DAY, **more})}


def test_a_waiver_lets_a_gate_pass_and_shows_what_it_hides():
    facts = person(forecast=forecast(denied=3))
    found = waived(judge(facts, LIMITS, NOW), waiver(), NOW)

    one = found["forecast"]
    assert (one.verdict, one.hidden, one.until) == (WAIVED, BLOCKED, NOW + DAY)
    for words in ("lead@example.com", "Tested by hand.", "Without it blocked: 3 of 12"):
        assert words in one.sentence
    state = state_of(facts, found, NOWHERE, NOW)
    assert (state.word, state.until) == ("ready", FRESH.until)
    assert "1 of them waived" in state.sentence


@pytest.mark.parametrize("times", [{"until": NOW}, {"at": NOW + DAY}, {"until": NOW - DAY}])
def test_a_waiver_ends_by_itself(times):
    facts = person(forecast=forecast(denied=3))

    found = waived(judge(facts, LIMITS, NOW), waiver(**times), NOW)

    assert found["forecast"].verdict == BLOCKED


def test_a_ready_gate_needs_no_waiver():
    found = waived(judge(person(), LIMITS, NOW), waiver(), NOW)

    assert found["forecast"].verdict == READY


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "switch the old path off"),
        ({"forecast": forecast(denied=1)}, "add the permissions that would be denied"),
        ({"forecast": None}, "find out whether to add the permissions that would be denied"),
        ({"logs": logs(0), "access": NEEDY}, "assign what is needed in Identity Center"),
        ({"users": (GONE,)}, "nothing"),
    ],
)
def test_the_next_step_is_about_the_first_gate_in_the_way(changed, words):
    facts = person(**changed)
    verdicts = judge(facts, LIMITS, NOW)
    word = state_of(facts, verdicts, NOWHERE, NOW).word
    steps = {name: gate.step for name, gate in GATE_BY_NAME.items()}

    assert next_step(word, verdicts, steps, users=len(facts.users)) == words


def test_whoever_is_ready_and_has_no_iam_user_has_nothing_left_to_switch_off():
    verdicts = judge(person(), LIMITS, NOW)

    assert next_step("ready", verdicts, {}, users=0) == "nothing"
