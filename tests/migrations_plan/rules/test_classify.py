"""What an IAM user is used as: every rule with its boundary, and the same answer in any order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_plan.rules.class_facts import (
    ActionUse,
    CredentialUse,
    KeyFacts,
    OriginDay,
    UserFacts,
)
from migrations_plan.rules.classify import READ_SHARE, classify
from migrations_plan.rules.split import split
from migrations_plan.rules.usage_words import DayHours

MONDAY = date(2026, 6, 1)
WINDOW = 30
ENOUGH = int(READ_SHARE * WINDOW)
KEY = "AKIA1"
SERVER, HOME = "203.0.113.0/24", "198.51.100.0/24"


def days(number, *, weekends=True):
    span = [MONDAY + timedelta(days=n) for n in range(60)]
    return [day for day in span if weekends or day.weekday() < 5][:number]


def origin(day, hour, *, network=SERVER, family="boto3", events=20, minute=5, last=None):
    first = hour * 60 + minute
    return OriginDay(day, network, family, events, first, first + 10 if last is None else last)


def use(origins, actions=(), credential="access_key", key=KEY):
    hours: dict[date, list[int]] = {}
    for one in origins:
        row = hours.setdefault(one.day, [0] * 24)
        row[one.first // 60 % 24] += one.events
    return CredentialUse(
        credential=credential,
        access_key_id=key,
        days=tuple(DayHours(day, tuple(row)) for day, row in sorted(hours.items())),
        origins=tuple(origins),
        actions=tuple(actions),
    )


def routine(number, events=20):
    return [
        ActionUse("s3.amazonaws.com", f"Do{n}", events * number // 2, number, number // 4)
        for n in range(2)
    ]


def looking_around(number=12, events=4, on=2, weekend=0):
    return [
        ActionUse("ec2.amazonaws.com", f"Describe{n}", events, on, weekend) for n in range(number)
    ]


def nightly(number=WINDOW, **more):
    return use([origin(day, 2, **more) for day in days(number)], routine(number))


def person(number=15, **more):
    """Working days at other minutes and hours each day."""
    return use(
        [
            origin(day, 8 + n % 8, minute=n * 7 % 60, network=HOME, family="aws-cli-v2", **more)
            for n, day in enumerate(days(number, weekends=False))
        ],
        looking_around(20, events=15),
    )


def console():
    return use(
        [origin(day, 9, network=HOME, family="browser", events=3) for day in days(3)],
        credential="console",
        key="",
    )


def facts(*uses, **more):
    values = {
        "arn": "arn:aws:iam::1:user/x",
        "user_name": "x",
        "tags": {},
        "console_password": False,
        "mfa": False,
        "keys": (KeyFacts(KEY, True, None, True),),
        "password_use_known": True,
        "first_day": MONDAY,
        "whole_days": WINDOW,
        "read_days": WINDOW,
        "window_days": WINDOW,
        "uses": uses,
        **more,
    }
    return UserFacts(**values)


def kind(*uses, **more):
    return classify(facts(*uses, **more))[0].kind


def test_a_nightly_job_is_a_workload_whatever_password_its_user_has():
    assert kind(nightly()) == "workload"
    assert kind(nightly(), console_password=True, mfa=True) == "workload"


def test_working_days_at_changing_hours_with_ever_other_actions_are_a_human():
    assert kind(person()) == "human"
    assert kind(person(), user_name="svc-orders", tags={"type": "service"}) == "human"


@pytest.mark.parametrize("shift", [0, 5, 9, 16, 20])
def test_a_working_day_may_be_any_stretch_of_the_clock(shift):
    rows = [
        origin(day, (8 + n % 8 + shift) % 24, minute=n * 7 % 60, last=(8 + n % 8 + shift) % 24 * 60)
        for n, day in enumerate(days(20, weekends=False)[:15])
    ]

    assert kind(use(rows, looking_around(20, events=15))) == "human"


def test_only_people_sign_in_to_the_console():
    assert kind(console(), console_password=True) == "human"
    assert kind(nightly(), console()) == "mixed"


def test_two_keys_of_one_user_that_differ_make_it_mixed_and_each_key_has_its_own_class():
    theirs = replace(person(), access_key_id="AKIA2")
    keys = (KeyFacts(KEY, True, None, True), KeyFacts("AKIA2", True, None, True))

    whole, by_key = classify(facts(nightly(), theirs, keys=keys))

    assert whole.kind == "mixed"
    assert {key: one.kind for key, one in by_key.items()} == {KEY: "workload", "AKIA2": "human"}


def shared_key(network=HOME, family="aws-cli-v2"):
    program, rows = nightly(), person(4, events=9).origins
    moved = [replace(one, network=network, family=family) for one in rows]
    return replace(
        use([*program.origins, *moved]),
        actions=(*routine(WINDOW), *looking_around(10, events=4)),
    )


def test_somebody_beside_a_program_on_one_key_is_seen_by_place_tool_and_actions():
    assert kind(shared_key()) == "mixed"
    assert kind(shared_key(network=SERVER)) == "mixed"
    assert kind(shared_key(family="boto3")) == "mixed"


def test_somebody_behind_the_programs_own_address_is_seen_by_free_weekends():
    program = nightly()
    hidden = (*routine(WINDOW), *looking_around(6, events=2))
    weekly = (*routine(WINDOW), *looking_around(6, events=2, weekend=1))

    assert kind(replace(program, actions=hidden)) == "mixed"
    assert kind(replace(program, actions=weekly)) == "workload"


def test_a_controller_of_a_cluster_needs_no_other_evidence():
    rows = [origin(day, 9 + n, family="kubernetes") for n, day in enumerate(days(3))]

    assert kind(use(rows, looking_around())) == "workload"


def test_builds_on_hosted_runners_are_one_pool_however_many_places_they_come_from():
    rows = [
        origin(day, 8 + n % 8, minute=n * 11 % 60, network=f"10.0.{n * 7 % 40}.0/24")
        for n, day in enumerate(days(22, weekends=False) * 2)
    ]

    assert kind(use(rows, routine(22, events=40))) == "workload"


@pytest.mark.parametrize(("number", "answer"), [(4, "unknown"), (5, "workload")])
def test_fewer_than_five_days_show_no_schedule(number, answer):
    assert kind(use([origin(day, 2) for day in days(number)], routine(number))) == answer


def test_a_handful_of_calls_may_be_anybodys():
    whole, _ = classify(facts(use([origin(MONDAY, 9, events=5)])))

    assert whole.kind == "unknown"
    assert whole.reasons[0].evidence["calls"] == 5


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (0, "unknown"),
        (int(READ_SHARE * WINDOW) - 1, "unknown"),
        (int(READ_SHARE * WINDOW), "human"),
    ],
)
def test_without_coverage_nothing_but_mixed_is_certain(read, answer):
    assert kind(person(), read_days=read, whole_days=0) == answer
    assert kind(nightly(), console(), read_days=read, whole_days=0) == "mixed"


QUIET = KeyFacts(KEY, True, datetime(2026, 5, 1, tzinfo=UTC), True)


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        ({}, "dormant"),
        ({"keys": (replace(QUIET, used_at=None),)}, "dormant"),
        ({"keys": (replace(QUIET, active=False, use_known=False),)}, "dormant"),
        ({"keys": ()}, "dormant"),
        ({"whole_days": WINDOW - 1}, "unknown"),
        ({"window_days": 0, "whole_days": 0}, "unknown"),
        ({"keys": None}, "unknown"),
        ({"console_password": None}, "unknown"),
        ({"keys": (replace(QUIET, use_known=False),)}, "unknown"),
        ({"keys": (replace(QUIET, used_at=datetime(2026, 6, 3, tzinfo=UTC)),)}, "unknown"),
        ({"console_password": True, "password_use_known": False}, "unknown"),
        ({"others_use": True}, "unknown"),
    ],
)
def test_dormant_needs_a_whole_window_and_awss_own_last_use(more, answer):
    assert kind(**{"keys": (QUIET,), **more}) == answer


def test_every_verdict_says_why_in_numbers():
    whole, _ = classify(facts(shared_key()))

    assert whole.sentence.startswith("Shared: of 636 calls")
    assert all(reason.evidence["calls"] for reason in whole.reasons)
    assert {part.nature for part in whole.parts} == {"human", "workload"}


def test_a_shared_key_is_split_by_origin_and_by_what_the_program_does_every_day():
    used = shared_key()
    sides = split([used], classify(facts(used))[0].parts)

    assert [side.nature for side in sides] == ["human", "workload"]
    assert {one.name for one in sides[1].actions} == {"Do0", "Do1"}
    assert all(one.name.startswith("Describe") for one in sides[0].actions)


def test_what_cannot_be_decided_is_named():
    few = use([origin(MONDAY, 9, events=5)], routine(1))

    assert [side.title for side in split([few], classify(facts(few))[0].parts)] == [
        "Not to be decided from here"
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_same_facts_in_any_order_give_the_same_class(seed):
    rng = Random(seed)
    given_facts = facts(shared_key(), console(), replace(person(), access_key_id="AKIA2"))
    uses = [
        replace(
            one,
            origins=tuple(rng.sample(one.origins, len(one.origins))),
            actions=tuple(rng.sample(one.actions, len(one.actions))),
            days=tuple(rng.sample(one.days, len(one.days))),
        )
        for one in given_facts.uses
    ]
    rng.shuffle(uses)

    assert classify(replace(given_facts, uses=tuple(uses))) == classify(given_facts)
