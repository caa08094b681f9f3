"""Decisions labelled by hand, each showing a rule of AWS's documentation, in cases/*.json.

A case is a line of `explain` with the expected decision beside it (explicit and statement where
they are the point). page: of the IAM user guide; rule: what it says there, in our words.
"""

import json
from pathlib import Path

import pytest

from migrations_plan.policy.explain import explain

CASES = Path(__file__).parent / "cases"
EXPECTED = ("decision", "explicit", "statement")


def labelled_cases():
    for file in sorted(CASES.glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8"))["cases"]:
            yield pytest.param(case, id=f"{file.stem}: {case['rule']}: {case['name']}")


@pytest.mark.parametrize("case", list(labelled_cases()))
def test_the_decision_is_the_labelled_one(case):
    answer = explain(json.dumps(case).encode())
    expected = {name: case[name] for name in EXPECTED if name in case}
    assert {name: answer[name] for name in expected} == expected, answer["reason"]


def test_every_topic_names_its_page_and_every_case_its_rule():
    files = [json.loads(file.read_text(encoding="utf-8")) for file in CASES.glob("*.json")]
    assert all(file["page"] for file in files)
    cases = [case for file in files for case in file["cases"]]
    assert all(case["rule"] and case["name"] for case in cases)
    assert len(cases) >= 200
