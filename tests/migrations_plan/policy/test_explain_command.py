"""`manage.py explain`: JSON lines in, JSON lines out, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrations_plan.policy.explain import LineError, explain
from tests.run import clean_environment

ROOT = Path(__file__).parents[3]
ALLOW_ALL = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
DENY_USERS = {
    "Statement": [
        {"Sid": "NoUsers", "Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"},
    ]
}


def run_explain(tmp_path, *lines, arguments=()):
    """The finished process, with answers as objects."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = subprocess.run(
        [sys.executable, "manage.py", "explain", *arguments],
        cwd=ROOT,
        input=text.encode(),
        capture_output=True,
        env=clean_environment(os.environ) | {"DATA_DIR": str(tmp_path)},
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def asking(**more):
    return {"id": 1, "action": "iam:CreateUser", "resource": "*", "identity": [ALLOW_ALL]} | more


def test_answers_have_the_promised_columns_in_the_order_of_the_lines(tmp_path):
    code, answers, told = run_explain(
        tmp_path, asking(id="a"), asking(id="b", scps=[[ALLOW_ALL], [ALLOW_ALL, DENY_USERS]])
    )
    assert (code, told) == (0, b"")
    assert [list(answer) for answer in answers] == [
        ["id", "decision", "explicit", "statement", "reason"]
    ] * 2
    assert [(a["id"], a["decision"], a["explicit"]) for a in answers] == [
        ("a", "allowed", False),
        ("b", "denied", True),
    ]
    assert answers[1]["statement"] == {"layer": "scps", "policy": 2, "index": 0, "sid": "NoUsers"}


def test_a_bad_line_gets_one_sentence_with_its_number_and_the_rest_goes_on(tmp_path):
    code, answers, told = run_explain(
        tmp_path,
        asking(id=1),
        "{not json",
        "",
        asking(id=2, identity=[{"Statement": {"Effect": "allow"}}]),
        asking(id=3),
    )
    assert code == 3
    assert [answer["id"] for answer in answers] == [1, 3]
    told = told.decode().splitlines()
    assert len(told) == 2
    assert told[0].startswith("standard input, line 2: not a request")
    assert told[1] == (
        "standard input, line 4: identity policy 0: statement 0: Effect is neither Allow nor Deny"
    )


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"action": 1}',
        b'{"action": "a:b", "context": {"k": {"x": 1}}}',
        b'{"action": "a:b", "identity": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        b'{"action": "a:b", "identity": [1]}',
        b'{"action": "\xff"}',
        b"\x1b]0;title\x07",
    ],
)
def test_hostile_lines_are_refused(line):
    with pytest.raises(LineError):
        explain(line)


def test_what_is_told_of_a_line_is_printable(tmp_path):
    named = '{"action": "a:b", "context": {"\\u001b]0;x": {"y": 1}}}'
    code, answers, told = run_explain(tmp_path, "\x1b]0;title\x07", named)
    assert (code, answers) == (3, [])
    assert all(line.isprintable() for line in told.decode("ascii").splitlines())


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    code, answers, told = run_explain(tmp_path, arguments=[str(tmp_path / "none.jsonl")])
    assert (code, answers) == (1, [])
    assert told.decode().strip().endswith("No such file or directory")


def test_a_key_that_is_not_given_is_absent_or_unknown_as_the_line_says(tmp_path):
    only_mfa = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
    }
    _code, answers, _told = run_explain(
        tmp_path,
        asking(identity=[only_mfa]),
        asking(identity=[only_mfa], context_complete=False),
        asking(identity=[only_mfa], context={"AWS:multifactorauthpresent": True}),
    )
    assert [answer["decision"] for answer in answers] == ["denied", "unknown", "allowed"]
    assert "aws:MultiFactorAuthPresent" in answers[1]["reason"]
