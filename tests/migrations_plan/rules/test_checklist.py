"""How an item stands: gates, a confirmation by hand, and what nobody knows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_plan.rules.checklist import DONE, OPEN, WHOLE, Confirmed, judge_item
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, VERDICTS, WAIVED, GateVerdict
from migrations_plan.rules.verdict import Fact

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ANA = "person:1"
SAID = Confirmed("lead@example.com", "2026-12-01", "seen to go")
RANK = {DONE: 3, WAIVED: 2, UNKNOWN: 1, OPEN: 0}
WORDS = st.sampled_from(VERDICTS)


def says(verdict, until=None, facts=()):
    return GateVerdict(verdict=verdict, sentence=f"It is {verdict}.", until=until, facts=facts)


def judged(*verdicts, confirm="", confirmed=None, subject=WHOLE):
    answers = {f"g{n}": {WHOLE: says(word)} for n, word in enumerate(verdicts)}
    return judge_item(tuple(answers), confirm, subject, answers, confirmed)


@pytest.mark.parametrize(
    ("verdicts", "stands"),
    [
        ((READY,), DONE),
        ((READY, READY), DONE),
        ((READY, BLOCKED), OPEN),
        ((READY, UNKNOWN), UNKNOWN),
        ((BLOCKED, UNKNOWN), OPEN),
        ((READY, WAIVED), WAIVED),
        ((UNKNOWN, WAIVED), UNKNOWN),
    ],
)
def test_an_item_is_as_good_as_its_worst_gate(verdicts, stands):
    assert judged(*verdicts).verdict == stands


def test_a_gate_that_nobody_judges_is_unknown_and_said_to_be():
    found = judge_item(("volunteer-signed-in",), "", WHOLE, {}, None)

    assert found.verdict == UNKNOWN
    assert "Nothing tells yet: volunteer-signed-in." in found.sentence


def test_a_gate_that_tells_subjects_apart_answers_for_this_one():
    answers = {"g": {WHOLE: says(BLOCKED), ANA: says(READY)}}

    assert judge_item(("g",), "", ANA, answers, None).verdict == DONE
    assert judge_item(("g",), "", "person:2", answers, None).verdict == OPEN


def test_by_hand_it_is_open_until_somebody_confirms_it():
    assert judged(confirm="It was said.").verdict == OPEN
    done = judged(confirm="It was said.", confirmed=SAID)

    assert done.verdict == DONE
    assert "Confirmed by lead@example.com for 2026-12-01: seen to go" in done.sentence


@pytest.mark.parametrize(("gate", "stands"), [(BLOCKED, OPEN), (UNKNOWN, UNKNOWN), (READY, DONE)])
def test_a_confirmation_never_overrides_what_the_facts_say(gate, stands):
    assert judged(gate, confirm="It went.", confirmed=SAID).verdict == stands


def test_it_is_believed_as_long_as_the_shortest_of_its_gates_and_keeps_their_facts():
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(hours=9)
    fact = Fact("Users", "47", "IAM", NOW)
    answers = {"a": {WHOLE: says(READY, later, (fact,))}, "b": {WHOLE: says(READY, soon, (fact,))}}

    found = judge_item(("a", "b"), "", WHOLE, answers, None)

    assert (found.until, found.facts) == (soon, (fact,))
    assert [one.name for one in found.gates] == ["a", "b"]


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from([BLOCKED, UNKNOWN]), st.booleans())
def test_bad_news_never_makes_an_item_better(verdicts, news, confirmed):
    before = judged(*verdicts, confirm="x", confirmed=SAID if confirmed else None)
    after = judged(*verdicts, news, confirm="x", confirmed=SAID if confirmed else None)

    assert RANK[after.verdict] <= RANK[before.verdict]


@given(st.permutations([READY, BLOCKED, UNKNOWN, WAIVED, READY]))
def test_the_order_of_gates_does_not_matter(verdicts):
    assert judged(*verdicts).verdict == OPEN
