"""What is off after the scripts ran, and when an IAM user may be deleted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from migrations_plan.rules.facts import Told
from migrations_plan.rules.person_facts import LogFact
from migrations_plan.rules.watching import Use, deletion, user_now
from migrations_plan.rules.wave_facts import HeldKey, WaveUser

RAN = datetime(2026, 12, 3, 17, tzinfo=UTC)
NOW = RAN + timedelta(days=6)
SINCE = Told("Access keys", RAN + timedelta(hours=1), NOW + timedelta(hours=5))
BEFORE = replace(SINCE, observed_at=RAN - timedelta(minutes=1))
ARN = "arn:aws:iam::111122223333:user/ana"
KEPT = {"arn": ARN, "person": "Ana", "person_id": 1, "keys": [{"id": "AKIA1", "active": True}]}
READ = LogFact(last_day=date(2026, 12, 8), read_days=7)


def user(**more):
    values = {
        "arn": ARN,
        "name": "ana",
        "account_id": "111122223333",
        "account": "dev",
        "environment": "dev",
        "production": False,
        "present": True,
        "told": SINCE,
        "keys": (HeldKey("AKIA1", False, RAN),),
        "keys_told": SINCE,
        "denied": True,
        "password": True,
        "password_told": SINCE,
        "others": (),
        "others_told": SINCE,
        **more,
    }
    return WaveUser(**values)


CASES = {
    "off": ({}, "off"),
    "gone key": ({"keys": ()}, "off"),
    "active key": ({"keys": (HeldKey("AKIA1", True, RAN),)}, "missed"),
    "new active key": ({"keys": (HeldKey("AKIA2", True, RAN),)}, "missed"),
    "new inactive key": ({"keys": (HeldKey("AKIA2", False, RAN),)}, "off"),
    "not denied": ({"denied": False}, "missed"),
    "denial not known": ({"denied": None}, "unknown"),
    "keys read before": ({"keys_told": BEFORE}, "unknown"),
    "active before, not read since": (
        {"keys_told": BEFORE, "keys": (HeldKey("AKIA1", True, RAN),)}, "unknown",
    ),
    "users read before": ({"told": BEFORE}, "unknown"),
    "a read refused since": ({"keys_told": replace(SINCE, why="AWS refused it")}, "unknown"),
    "user gone": ({"present": False, "keys": None}, "off"),
    "user gone, said a read from before": ({"present": False, "told": BEFORE}, "unknown"),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "verdict"), CASES.values(), ids=CASES.keys())
def test_only_a_read_from_after_the_cutover_says_that_something_is_off(facts, verdict):
    assert user_now(KEPT, user(**facts), RAN).verdict == verdict


def test_nothing_is_missed_before_anything_ran():
    found = user_now(KEPT, user(keys=(HeldKey("AKIA1", True, RAN),), denied=False), None)

    assert found.missed == ()
    assert found.keys[0].status == "Active"


def judged(uses=(), logs=READ, now=NOW, ran_at=RAN, **facts):
    one = user_now(KEPT, user(**facts), ran_at)
    return deletion(one, uses, logs, ran_at=ran_at, number=2, now=now)


def test_it_is_safe_when_all_is_off_and_quiet_days_were_read():
    found = judged()

    assert found.verdict == "ready"
    assert found.at == datetime(2026, 12, 6, 4, tzinfo=UTC)


NOT_SAFE = {
    "nobody ran": ({"ran_at": None}, "blocked", "Nobody has said"),
    "a session may live": ({"now": RAN + timedelta(hours=35)}, "blocked", "are over on 2026-12-06"),
    "a key is active": ({"keys": (HeldKey("AKIA1", True, RAN),)}, "blocked", "still active"),
    "not read since": ({"keys_told": BEFORE}, "unknown", "not read since the scripts ran"),
    "logs have a gap": (
        {"logs": replace(READ, read_days=2, gap=date(2026, 12, 6), gap_account="dev")},
        "unknown", "2026-12-06 of dev was not wholly read",
    ),
    "no logs": ({"logs": replace(READ, read_days=None)}, "unknown", "0 days of 5 are wholly read"),
    "used yesterday": (
        {"uses": [Use(ARN, NOW - timedelta(days=1), True, "1")]}, "blocked", "It was used on",
    ),
    "tried yesterday": (
        {"uses": [Use(ARN, NOW - timedelta(days=1), False, "1")]}, "blocked", "tried, and refused",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "verdict", "said"), NOT_SAFE.values(), ids=NOT_SAFE.keys())
def test_it_is_not_safe_while_anything_is_open_or_not_known(facts, verdict, said):
    found = judged(**facts)

    assert found.verdict == verdict
    assert said in found.sentence


def test_an_old_use_is_over_after_as_many_quiet_days():
    early = Use(ARN, RAN + timedelta(hours=1), True, "1")

    assert judged([early]).verdict == "ready"
