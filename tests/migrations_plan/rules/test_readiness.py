"""Each gate: ready, blocked, unknown, and the boundary between them."""

import ast
import inspect
import textwrap
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, at
from migrations_plan.rules.person_facts import ClassFact, Need
from migrations_plan.rules.readiness import GATE_BY_NAME, GATES, judge
from migrations_plan.rules.thresholds import Thresholds
from tests.migrations_plan.rules.people_made import (
    DENIED,
    DEV,
    FRESH,
    LIMITS,
    NEVER,
    NOW,
    PROD,
    YESTERDAY,
    access,
    ago,
    forecast,
    identity,
    kind,
    logs,
    old_user,
    person,
    tool,
    usage,
)

DAY = timedelta(days=1)
NOT_SEEN = {"signed_in_at": None, "console_at": None, "cli_at": None}
QUIET_SINCE = datetime(2026, 11, 19, 23, 59, tzinfo=UTC)
TOO_NEW = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
PROGRAM = ClassFact(
    subject="identitystore:u-1",
    kind="mixed",
    told=FRESH,
    in_identity_center="Ana signs in, and 9 of 10 calls are a program's.",
)
OLD_PROGRAM = replace(PROGRAM, told=DENIED)
# gate, what is different from a person who is ready, verdict, a part of the sentence
CASES = [
    ("owner", {}, READY, "1 IAM user is confirmed as theirs: ana in dev."),
    ("owner", {"users": ()}, READY, "They only need access"),
    ("owner", {"users": (), "access": access(has_target=False)}, BLOCKED, "0 IAM users are"),
    ("identity", {}, READY, "1 Identity Center user is enabled"),
    ("identity", {"identity": identity(exists=False, enabled=None)}, BLOCKED, "0 Identity Center"),
    ("identity", {"identity": identity(enabled=False)}, BLOCKED, "is disabled"),
    ("identity", {"identity": identity(enabled=None)}, UNKNOWN, "is not known"),
    ("identity", {"identity": identity(exists=None, enabled=None, told=NEVER)}, UNKNOWN, "never"),
    ("identity", {"identity": identity(told=DENIED)}, UNKNOWN, "AWS refused it"),
    ("identity", {"identity": identity(enabled=False, told=DENIED)}, UNKNOWN, "AWS refused it"),
    ("identity", {"domains": ("example.com",)}, READY, "is enabled"),
    ("identity", {"domains": ("other.com", "x.io")}, BLOCKED, "0 of the 2 domains"),
    ("identity", {"domains": ("x.io",), "identity": identity(email="")}, BLOCKED, "An empty"),
    ("assigned", {}, READY, "All 2 needed assignments are granted."),
    ("assigned", {"access": access(granted=frozenset({(DEV, "x")}))}, BLOCKED, "1 of 2"),
    ("assigned", {"access": access(granted=frozenset())}, BLOCKED, "dev, ReadOnly in prod"),
    (
        "assigned",
        {"access": access(granted=frozenset({(DEV, "x"), (PROD, "Admin")}))},
        BLOCKED,
        "missing: ReadOnly in prod.",
    ),
    ("assigned", {"access": access(told=DENIED)}, UNKNOWN, "AWS refused it"),
    ("assigned", {"access": access(needs=()), "logs": logs(0)}, READY, "All 0 needed"),
    (
        "assigned",
        {"access": access(has_target=False), "logs": logs(29)},
        UNKNOWN,
        "2026-10-23 of dev was not wholly read",
    ),
    ("assigned", {"access": access(has_target=False), "logs": logs(30)}, READY, "All 2"),
    ("forecast", {}, READY, "0 of 12 different calls would be denied."),
    ("forecast", {"forecast": None}, UNKNOWN, "0 forecasts"),
    ("forecast", {"forecast": forecast(denied=3)}, BLOCKED, "3 of 12"),
    ("forecast", {"forecast": forecast(denied=1, why="not read")}, BLOCKED, "s3:PutObject"),
    ("forecast", {"forecast": forecast(unknown=4)}, UNKNOWN, "4 of 12"),
    ("forecast", {"forecast": forecast(denied=1, unknown=4)}, BLOCKED, "1 of 12"),
    ("forecast", {"forecast": forecast(why="dev was not read")}, UNKNOWN, "dev was not read"),
    ("forecast", {"forecast": forecast(until=NOW)}, UNKNOWN, "it was made on"),
    ("forecast", {"forecast": forecast(until=NOW + DAY)}, READY, "0 of 12"),
    ("signed-in", {}, READY, "first on 2026-11-13"),
    ("signed-in", {"usage": usage(**NOT_SEEN)}, BLOCKED, "0 sign-ins"),
    ("signed-in", {"usage": usage(**NOT_SEEN), "logs": logs(2)}, BLOCKED, "the last 2 days"),
    ("signed-in", {"usage": usage(**NOT_SEEN), "logs": logs(1)}, UNKNOWN, "2026-11-20 of dev"),
    ("signed-in", {"usage": usage(**NOT_SEEN), "logs": logs(None)}, UNKNOWN, "0 accounts"),
    ("sso-console", {}, READY, "Used the console"),
    ("sso-console", {"usage": usage(console_at=None)}, BLOCKED, "0 uses of the console"),
    ("sso-console", {"usage": usage(console_at=None), "logs": logs(0)}, UNKNOWN, "not wholly"),
    ("sso-cli", {}, READY, "Used the command line"),
    ("sso-cli", {"usage": usage(cli_at=None)}, BLOCKED, "0 uses of the command line"),
    ("sso-cli", {"usage": usage(cli_at=None), "logs": logs(1)}, UNKNOWN, "not wholly"),
    ("sso-cli", {"usage": usage(cli_at=None, old_cli=False)}, READY, "0 times in the last 30"),
    (
        "sso-cli",
        {"usage": usage(cli_at=None, old_cli=False), "logs": logs(29)},
        UNKNOWN,
        "Whether they use the command line",
    ),
    ("tools", {}, READY, "aws-cli-v2 2.15.30"),
    ("tools", {"usage": usage(tools=())}, UNKNOWN, "0 tools"),
    ("tools", {"usage": usage(tools=(tool(version="2.9.0"),))}, READY, "0 too old"),
    ("tools", {"usage": usage(tools=(tool(version="2.8.13"),))}, BLOCKED, "2.9.0 is needed"),
    ("tools", {"usage": usage(tools=(tool("aws-cli-v1", "1.44.9"),))}, BLOCKED, "aws sso login"),
    ("tools", {"usage": usage(tools=(tool("boto3", "1.26.9"),))}, BLOCKED, "boto3 1.26.10"),
    ("tools", {"usage": usage(tools=(tool("aws-sdk-js", "2.1253.0"),))}, READY, "aws-sdk-js"),
    ("tools", {"usage": usage(tools=(tool("aws-sdk-js", "3.209.9"),))}, BLOCKED, "3.210.0"),
    ("tools", {"usage": usage(tools=(tool("terraform", "1.5.7"),))}, BLOCKED, "1.6.0"),
    ("tools", {"usage": usage(tools=(tool("boto3", ""),))}, UNKNOWN, "cannot be judged"),
    ("tools", {"usage": usage(tools=(tool("aws-sdk-go", "1.50.0"),))}, UNKNOWN, "aws-sdk-go"),
    ("tools", {"usage": usage(tools=(tool("console", ""),))}, READY, "Only the console"),
    ("tools", {"usage": usage(tools=(tool(), tool("curl", "8")))}, READY, "0 too old"),
    (
        "tools",
        {"usage": usage(tools=(tool(version="2.1.0", at=ago(9)), tool(at=ago(1))))},
        READY,
        "2.15.30",
    ),
    ("workload", {}, READY, "0 of their IAM users"),
    ("workload", {"users": (old_user(classes=(kind("workload"),)),)}, BLOCKED, "ana (workload)"),
    ("workload", {"users": (old_user(classes=(kind("mixed"),)),)}, BLOCKED, "ana (mixed)"),
    (
        "workload",
        {"users": (old_user(classes=(kind(), kind("workload", subject="AKIA1"))),)},
        BLOCKED,
        "1 of their",
    ),
    ("workload", {"identity": identity(program=PROGRAM)}, BLOCKED, "9 of 10 calls are a program"),
    ("workload", {"identity": identity(program=OLD_PROGRAM)}, UNKNOWN, "AWS refused"),
    ("workload", {"users": (old_user(classes=(kind("unknown"),)),)}, UNKNOWN, "is not known: ana"),
    ("workload", {"users": (old_user(classes=()),)}, UNKNOWN, "is not known: ana"),
    ("workload", {"users": (old_user(classes=(kind(told=DENIED),)),)}, UNKNOWN, "AWS refused"),
    ("workload", {"users": (old_user(classes=(kind("dormant"),)),)}, READY, "0 of their"),
    ("workload", {"users": (old_user(classes=(kind("exception"),)),)}, READY, "0 of their"),
    ("quiet", {}, READY, "Not used for 2 days and more"),
    ("quiet", {"users": ()}, READY, "0 IAM users"),
    ("quiet", {"users": (old_user(classes=(kind("exception"),)),)}, READY, "0 IAM users"),
    ("quiet", {"usage": usage(used_at=QUIET_SINCE)}, READY, "2026-11-19 23:59"),
    ("quiet", {"usage": usage(used_at=TOO_NEW)}, BLOCKED, "2 days without use are needed"),
    ("quiet", {"usage": usage(used_at=ago(0, hours=1))}, BLOCKED, "per CloudTrail"),
    ("quiet", {"usage": usage(used_at=None, used_by="")}, READY, "Not used for 2 days"),
    ("quiet", {"logs": logs(2)}, READY, "Not used"),
    ("quiet", {"logs": logs(1)}, UNKNOWN, "2026-11-20 of dev was not wholly read"),
    ("quiet", {"logs": logs(None)}, UNKNOWN, "0 accounts"),
    ("quiet", {"usage": usage(used_at=TOO_NEW), "logs": logs(0)}, BLOCKED, "Last used"),
    ("quiet", {"users": (old_user(told=DENIED),)}, UNKNOWN, "AWS refused it"),
    ("quiet", {"users": (old_user(told=DENIED, present=False),)}, READY, "0 IAM users"),
    ("quiet", {"users": (old_user(told=DENIED),), "logs": logs(1)}, UNKNOWN, "2026-11-20 of dev"),
    ("quiet", {"users": (old_user(told=DENIED),), "usage": usage(used_at=TOO_NEW)}, BLOCKED, "2 d"),
]


@pytest.mark.parametrize(("name", "changed", "verdict", "words"), CASES)
def test_a_gate_says_what_is_known_and_why(name, changed, verdict, words):
    found = GATE_BY_NAME[name].judge(person(**changed), LIMITS, NOW)

    assert (found.verdict, words in found.sentence) == (verdict, True), found.sentence
    assert any(letter.isdigit() for letter in found.sentence) or "Only the console" in words


def test_every_gate_has_all_three_verdicts_in_the_table():
    found = {(name, verdict) for name, _, verdict, _ in CASES}
    # Who confirmed what is in our own journal: nothing about it can be unread.
    assert found >= {
        (gate.name, verdict)
        for gate in GATES
        for verdict in (READY, BLOCKED, UNKNOWN)
        if (gate.name, verdict) != ("owner", UNKNOWN)
    }


def test_a_ready_person_passes_every_gate():
    assert {one.verdict for one in judge(person(), LIMITS, NOW).values()} == {READY}


def test_the_number_of_quiet_days_is_the_threshold_in_force():
    facts = person(usage=usage(used_at=ago(5)))

    assert judge(facts, Thresholds(quiet_days=3), NOW)["quiet"].verdict == READY
    found = judge(facts, Thresholds(quiet_days=7), NOW)["quiet"]
    assert (found.verdict, "7 days without use" in found.sentence) == (BLOCKED, True)


def test_a_verdict_ends_with_the_read_it_stands_on():
    found = judge(person(), LIMITS, NOW)

    assert found["identity"].until == FRESH.until
    assert found["forecast"].until == NOW + timedelta(hours=20)
    assert found["signed-in"].until is None
    assert found["quiet"].until == FRESH.until


def test_quiet_ends_with_the_logs_where_the_account_was_read_for_longer():
    lasting = replace(FRESH, until=NOW + timedelta(days=9))

    found = judge(person(users=(old_user(told=lasting),)), LIMITS, NOW)

    assert found["quiet"].until == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_a_stored_verdict_past_its_time_is_unknown():
    assert at(READY, NOW + DAY, NOW) == READY
    assert at(READY, NOW, NOW) == UNKNOWN
    assert at(BLOCKED, NOW - DAY, NOW) == UNKNOWN
    assert at(READY, None, NOW) == READY


def test_every_fact_says_who_told_it():
    for found in judge(person(), LIMITS, NOW).values():
        assert found.facts
        assert all(fact.source and fact.value for fact in found.facts)


def test_a_long_list_names_three_and_counts_the_rest():
    needs = tuple(Need(f"{n:012d}", f"account-{n}") for n in range(9))
    facts = person(access=access(needs=needs, granted=frozenset()))

    sentence = judge(facts, LIMITS, NOW)["assigned"].sentence

    assert sentence.endswith("account-0, account-1, account-2 and 6 more.")


def test_the_last_day_is_given_by_the_logs_not_by_the_clock():
    facts = person(logs=logs(2, last_day=date(2026, 11, 20)), usage=usage(used_at=QUIET_SINCE))

    assert judge(facts, LIMITS, NOW)["quiet"].verdict == BLOCKED
    assert date(2026, 11, 21) == YESTERDAY


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_is_a_short_function(gate):
    tree = ast.parse(textwrap.dedent(inspect.getsource(gate.judge))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    lines = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}

    assert len(lines) <= 15 + 2, "the definition and the docstring apart"


def test_each_gate_has_a_name_of_its_own():
    names = [gate.name for gate in GATES]

    assert len(names) == len(set(names)) == 10
