"""Every gate of a plan: ready, blocked, unknown; a read that is not whole is never ready."""

from dataclasses import replace

import pytest

from migrations_plan.artefacts.plan_gates import FACT_GATES, PERSON, PERSON_GATES
from migrations_plan.rules.checklist import WHOLE, answer_for
from migrations_plan.rules.gate import GateVerdict
from migrations_plan.rules.plan_gates import FACT_JUDGES, JUDGES
from migrations_plan.rules.plan_gates.facts import Fate
from tests import control_facts as control
from tests import plan_facts as made
from tests.control_facts import DAY, HOUR, NOW
from tests.plan_facts import (
    ADA,
    ANA,
    BEN,
    CI,
    DEV,
    ERP,
    GOOD,
    OLD,
    READ,
    facts,
    with_account,
    with_person,
    with_user,
)
from tests.plan_gate_cases import BLOCKED, UNKNOWN

# What the portal itself writes down, and what history proved once, needs no fresh read.
OF_OUR_OWN = {
    "told", "tested", "start-url-recorded", "volunteer-signed-in", "work-addresses",
    "snapshot-kept", "scim-arrives", "scim-leaves", "statements-hold", "tails-quiet",
    "no-new-denials",
}  # fmt: skip


def whole(name, known):
    return JUDGES[name](known)[WHOLE]


def test_every_known_gate_has_a_judge_and_every_judge_is_a_known_gate():
    assert set(FACT_JUDGES) == set(FACT_GATES)
    assert set(JUDGES) == {*FACT_GATES, *(f"{PERSON}{name}" for name in PERSON_GATES)}
    assert set(BLOCKED) == set(FACT_GATES)


@pytest.mark.parametrize("name", JUDGES)
def test_where_all_is_well_it_is_ready_and_says_so(name):
    found = whole(name, GOOD)

    assert (found.verdict, found.sentence) == ("ready", found.sentence)
    assert found.sentence.endswith(".")
    assert "{" not in found.sentence


@pytest.mark.parametrize("name", [name for name, case in BLOCKED.items() if case])
def test_what_is_known_to_stand_in_the_way_blocks(name):
    case = BLOCKED[name]
    assert case is not None
    known, said = case
    found = whole(name, known)

    assert found.verdict == "blocked"
    assert said in found.sentence


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_nobody_knows_is_unknown(name):
    known, said = UNKNOWN[name]
    found = whole(name, known)

    assert found.verdict == "unknown"
    assert said in found.sentence


@pytest.mark.parametrize("change", [made.refused, made.stale, made.never])
@pytest.mark.parametrize("name", sorted(FACT_GATES.keys() - OF_OUR_OWN - {"trail-covers"}))
def test_a_read_that_is_not_whole_and_fresh_never_makes_it_ready(name, change):
    found = whole(name, made.retold(GOOD, change))

    assert found.verdict == "unknown"


@pytest.mark.parametrize("name", sorted(FACT_GATES.keys() - OF_OUR_OWN))
def test_what_stands_on_reads_ages_with_them(name):
    assert whole(name, GOOD).until is not None


@pytest.mark.parametrize("name", sorted(FACT_GATES))
def test_no_account_no_set_and_nobody_is_never_ready_by_emptiness(name):
    nothing = facts(
        accounts=(), users=(), people=(), mine=(), sets=(), guarded=(), exempt=(),
        workloads=frozenset(),
        trails=(), statements=(), drills=(), arrivals=(), volunteers=(), uses=(), moves=(),
        control=replace(
            GOOD.control, accounts=(), users=(), store_users=(), grants=0, sets=(), trails=(),
            leavers=(), has_instance=False, people=0, roster=False,
        ),
    )  # fmt: skip
    ready = whole(name, nothing).verdict == "ready"

    # An address is set or not, whatever is read.
    assert ready is (name == "start-url-recorded")


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("keys-inactive", ANA),
        ("users-denied", OLD),
        ("root-mfa", ADA),
        ("sets-reviewed", DEV),
        ("no-production-write", READ),
        ("told", "person:1"),
        ("workloads-moved", CI),
        ("exceptions-bound", ERP),
        ("guardrail-proven", BEN),
        ("person:quiet", "person:2"),
        ("person:quiet", ANA),
    ],
)
def test_a_gate_with_subjects_answers_of_each(name, subject):
    assert JUDGES[name](GOOD)[subject].verdict == "ready"


def test_one_subject_in_the_way_leaves_the_others_ready():
    answers = JUDGES["root-mfa"](with_account(2, root=made.root(has_mfa=False)))

    assert answers[ADA].verdict == "ready"
    assert answers[BEN].verdict == "blocked"
    assert answers[WHOLE].sentence.startswith("1 of 2 accounts is in the way: account 2.")


def test_a_refused_read_of_one_account_leaves_the_others_known():
    answers = JUDGES["users-read"](with_account(2, users=control.REFUSED))

    assert (answers[ADA].verdict, answers[BEN].verdict) == ("ready", "unknown")


def test_a_persons_gate_reads_for_them_and_for_each_of_their_users():
    stale = GateVerdict(verdict="unknown", sentence="Too old.", until=NOW)
    waived = GateVerdict(verdict="waived", sentence="Waived.", until=NOW + DAY)
    answers = JUDGES["person:quiet"](with_person(gates={"quiet": stale}))
    let = JUDGES["person:quiet"](with_person(gates={"quiet": waived}))

    assert [answers[key].verdict for key in ("person:1", ANA, "person:2")] == [
        "unknown", "unknown", "ready",
    ]  # fmt: skip
    assert answers[WHOLE].verdict == "unknown"
    assert let[WHOLE].verdict == "waived"


def test_a_user_of_nobody_in_a_wave_is_not_known_to_be_ready():
    loose = made.user("arn:aws:iam::1:user/loose", owner="")
    known = facts(users=(*GOOD.users, loose), mine=(*GOOD.mine, loose.arn))

    assert JUDGES["person:quiet"](known)[loose.arn].verdict == "unknown"
    assert JUDGES["person:owner"](known)[loose.arn].verdict == "blocked"
    assert whole("person:quiet", known).verdict == "unknown"


def test_a_kept_user_is_decided_again_when_its_time_is_over():
    over = Fate(word="keep", by="lead", until=NOW - DAY)

    assert whole("disabled-decided", with_user(fate=over)).verdict == "blocked"


def test_a_new_key_of_an_exception_is_its_rotation():
    young = {"keys_at": (NOW - HOUR,)}

    assert whole("no-regressions", with_user(ERP, **young)).verdict == "ready"
    assert whole("no-regressions", with_user(CI, **young)).verdict == "blocked"


def test_a_credential_that_is_on_again_after_the_cutover_is_a_regression():
    found = whole("no-regressions", with_user(active_keys=1))

    assert "it was cut over on 2026-11-19 and has 1 active key" in found.sentence


def test_after_the_longest_session_no_log_is_needed():
    long_ago = replace(with_user(cut_at=NOW - 37 * HOUR), logs_through=None, tails=(made.tail(),))

    assert whole("tails-quiet", long_ago).verdict == "ready"


def test_reviewers_are_people_and_not_lines():
    twice = facts(sets=made.sets(Developer={"reviews": made.reviews("lea", "lea")}))
    needed = replace(twice, settings={"reviewers": 2})

    assert JUDGES["sets-reviewed"](needed)[DEV].verdict == "blocked"


def test_old_reviews_do_not_count():
    old = made.reviews("lea", at=NOW - 91 * DAY)

    found = JUDGES["sets-reviewed"](facts(sets=made.sets(Developer={"reviews": old})))
    assert found[DEV].verdict == "blocked"


def test_the_old_way_that_ended_too_early_stays_told():
    early = with_person(opened_at=NOW - 5 * DAY, closed_at=NOW - 4 * DAY)

    found = whole("parallel-long-enough", early)
    assert found.verdict == "blocked"
    assert "The old way ended after 24 of the 48 hours" in found.sentence


def test_a_gate_nobody_knows_is_never_ready():
    assert answer_for(None, "", "no-such-gate").verdict == "unknown"


def test_a_user_that_opens_nothing_by_itself_needs_no_cutover():
    off = with_user(cut_at=None, off_since=NOW - 40 * HOUR)
    lately = with_user(cut_at=None, off_since=NOW - HOUR)

    assert whole("tails-quiet", off).verdict == "ready"
    assert whole("tails-quiet", replace(lately, logs_through=None)).verdict == "unknown"
