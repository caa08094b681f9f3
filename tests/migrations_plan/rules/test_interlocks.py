"""Who of a wave may be cut over: only whom everything that is required lets through."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_plan.artefacts.plan_template import plan_templates
from migrations_plan.rules.facts import Told
from migrations_plan.rules.interlocks import interlock, required_gates
from migrations_plan.rules.person_facts import LogFact
from migrations_plan.rules.readiness import GATES
from migrations_plan.rules.wave_facts import (
    GateReads,
    HeldKey,
    UsedAs,
    WaveFacts,
    WavePerson,
    WaveUser,
)

NOW = datetime(2026, 12, 3, 17, tzinfo=UTC)
ARN = "arn:aws:iam::111122223333:user/ana"
READ = Told("Access keys", NOW - timedelta(hours=1), NOW + timedelta(hours=5))
STALE = replace(READ, why="the last whole read is 40 hours old")
OLD = replace(READ, until=NOW)
NEVER = Told("Access keys", None, None)
NAMES = tuple(gate.name for gate in GATES)


def user(**more):
    values = {
        "arn": ARN,
        "name": "ana",
        "account_id": "111122223333",
        "account": "dev",
        "environment": "dev",
        "production": False,
        "present": True,
        "told": READ,
        "keys": (HeldKey("AKIA1", True, NOW),),
        "keys_told": READ,
        "denied": False,
        "password": True,
        "password_told": READ,
        "others": (),
        "others_told": READ,
        "used_as": (UsedAs(ARN, "human"), UsedAs("AKIA1", "human")),
        "person_id": 1,
        "person": "Ana",
        **more,
    }
    return WaveUser(**values)


def person(*users, **gates):
    reads = {name: GateReads(gates.get(name, "ready"), f"{name} says 3.") for name in NAMES}
    users = users or (user(),)
    return WavePerson(pk=1, name="Ana", email="a@b.c", user_id="u-1", users=users, gates=reads)


def wave(*people, **more):
    return WaveFacts(people=people, accounts={}, **more)


def judged(facts, *, state="running", required=NAMES, logs=None):
    return interlock(
        facts, required=required, plan_state=state, logs=logs or {}, quiet_days=2, now=NOW
    )


def refusal(facts, **more):
    found = judged(facts, **more)
    assert not found.users
    (one,) = found.refused
    return " ".join(one.sentences)


def test_somebody_with_every_gate_ready_may_be_cut_over():
    found = judged(wave(person()))

    assert [one.arn for one in found.users] == [ARN]
    assert found.refused == ()


@pytest.mark.parametrize("verdict", ["blocked", "unknown", "no such word"])
@pytest.mark.parametrize("gate", NAMES)
def test_a_required_gate_that_is_not_passed_refuses_and_is_named(gate, verdict):
    word = "blocked" if verdict == "blocked" else "unknown"
    gates = {**dict.fromkeys(NAMES, "ready"), gate: verdict}
    one = person()
    one = replace(one, gates={name: GateReads(v, "It says 3.") for name, v in gates.items()})

    assert f"(gate {gate}) is {word}: It says 3." in refusal(wave(one))


def test_a_gate_that_nobody_judged_is_unknown():
    one = replace(person(), gates={})

    assert "Owner confirmed (gate owner) is unknown: It was judged 0 times." in refusal(wave(one))


def test_a_waived_gate_passes():
    one = person()
    gates = {**one.gates, "quiet": GateReads("waived", "Waived.")}

    assert judged(wave(replace(one, gates=gates))).users


def test_a_gate_that_the_plan_does_not_require_does_not_refuse():
    one = person()
    gates = {**one.gates, "tools": GateReads("blocked", "Old.")}

    assert judged(wave(replace(one, gates=gates)), required=("owner",)).users


SHARED = {
    "a mixed user": (user(used_as=(UsedAs(ARN, "mixed"),)), "mixed"),
    "a program's user": (user(used_as=(UsedAs(ARN, "workload"),)), "workload"),
    "a key of a program": (
        user(used_as=(UsedAs(ARN, "human"), UsedAs("AKIA1", "workload"))), "AKIA1 (workload)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("shared", "said"), SHARED.values(), ids=SHARED.keys())
def test_a_user_that_serves_a_program_refuses_even_where_the_gate_is_waived(shared, said):
    one = replace(person(shared), gates=dict.fromkeys(NAMES, GateReads("waived", "Waived.")))

    text = refusal(wave(one))
    assert "1 serves a program and was not split off (gate workload)" in text
    assert said in text


def test_a_programs_key_that_is_inactive_stops_nothing():
    split = user(
        keys=(HeldKey("AKIA1", False, NOW), HeldKey("AKIA2", True, NOW)),
        used_as=(UsedAs(ARN, "human"), UsedAs("AKIA1", "workload")),
    )

    assert judged(wave(person(split))).users


UNREAD = {
    "keys never listed": ({"keys": None, "keys_told": NEVER}, "access keys were read 0 times"),
    "keys not read lately": ({"keys_told": STALE}, "access keys were not wholly and freshly read"),
    "keys read too long ago": ({"keys_told": OLD}, "access keys were last read on 2026-12-03 16"),
    "policies not known": ({"denied": None}, "attached policies were read 0 times"),
    "users not read lately": ({"told": STALE}, "attached policies were not wholly"),
    "password not known": ({"password": None}, "console password were read 0 times"),
    "never told of": ({"present": None}, "0 reads ever showed this IAM user"),
}


@pytest.mark.parametrize(("worse", "said"), UNREAD.values(), ids=UNREAD.keys())
def test_what_was_not_wholly_and_freshly_read_refuses(worse, said):
    assert said in refusal(wave(person(user(**worse))))


@pytest.mark.parametrize("state", ["paused", "cancelled", "finished", "?"])
def test_a_plan_that_does_not_run_hands_out_nothing(state):
    facts = wave(
        person(), programs=(user(arn=f"{ARN}2", used_as=(UsedAs(f"{ARN}2", "workload"),)),)
    )
    found = judged(facts, state=state)

    assert not found.users
    assert found.stop
    assert len(found.refused) == 2


def test_an_account_members_user_without_owner_is_refused():
    assert "(gate owner)" in refusal(wave(loose=(user(person_id=None),)))


def program(**more):
    return user(used_as=(UsedAs(ARN, "workload", NOW - timedelta(days=9)),), **more)


READ_DAYS = {"111122223333": LogFact(last_day=date(2026, 12, 2), read_days=2)}


def test_a_program_that_left_its_key_is_switched_off():
    assert judged(wave(programs=(program(),)), logs=READ_DAYS).users


PROGRAMS = {
    "used yesterday": (
        program().used_as[0].kind, NOW - timedelta(days=1), READ_DAYS, "2 days without a call",
    ),
    "logs not read": ("workload", None, {}, "0 days are wholly read"),
    "a person works with it": ("human", None, READ_DAYS, "it is human"),
    "mixed": ("mixed", None, READ_DAYS, "it is mixed"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "at", "logs", "said"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_program_that_may_still_work_with_its_key_is_refused(kind, at, logs, said):
    facts = wave(programs=(user(used_as=(UsedAs(ARN, kind, at),)),))

    assert said in refusal(facts, logs=logs)


def test_what_is_off_already_needs_no_script():
    off = user(keys=(HeldKey("AKIA1", False, NOW),), denied=True)
    found = judged(wave(person(off)))

    assert (found.users, found.refused) == ((), ())
    assert found.left_out[0].sentence.startswith("All 1 of their IAM users are off already")


def test_an_exception_and_a_user_that_is_gone_are_left_out():
    kept = user(used_as=(UsedAs(ARN, "exception"),))
    gone = user(arn=f"{ARN}2", present=False)
    found = judged(wave(person(user(arn=f"{ARN}3"), kept, gone)))

    assert [one.arn for one in found.users] == [f"{ARN}3"]
    assert len(found.left_out) == 2


@pytest.mark.parametrize("template", plan_templates(), ids=lambda one: one.name)
def test_every_template_requires_what_keeps_people_working(template):
    gates = [gate for item in template.items if not item.optional for gate in item.gates]

    assert {"owner", "assigned", "forecast", "workload"} <= set(required_gates(gates))


WORSE = [worse for worse, _ in UNREAD.values()]
STATES = st.sampled_from(["running", "paused", "cancelled", "finished"])
VERDICTS = st.sampled_from(["ready", "blocked", "unknown", "waived"])


@settings(deadline=None)
@given(
    before=st.fixed_dictionaries(dict.fromkeys(NAMES, VERDICTS)),
    bad=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["blocked", "unknown"])),
    unread=st.sampled_from([{}, *WORSE]),
    state=STATES,
)
def test_bad_news_never_opens_the_interlock(before, bad, unread, state):
    def cut(gates, **more):
        reads = {name: GateReads(word, "x.") for name, word in gates.items()}
        return judged(wave(replace(person(user(**more)), gates=reads)), state=state).opens

    assert cut(before | bad, **unread) <= cut(before)


@settings(deadline=None)
@given(VERDICTS, VERDICTS, STATES)
def test_nobody_is_both_let_through_and_refused(first, second, state):
    found = judged(wave(person(owner=first, quiet=second)), state=state)

    assert not found.opens & {arn for one in found.refused for arn in one.arns}
