"""A policy from use: everything used is allowed, and of a sample nothing else is."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_plan.artefacts.least_privilege import (
    MOST_CHARACTERS,
    PolicyNeedsError,
    Use,
    Used,
    lint,
    policies,
    terraform,
)
from tests.terraform_checks import assert_formatted

AS_OF = datetime(2026, 11, 30, 22, tzinfo=UTC)
BUCKET = "arn:aws:s3:::reports"
STRANGE = "arn:aws:s3:::reports/a*b?c${aws:username}$ d"


def use(*used, name="report writer"):
    return Use(name, used, date(2026, 11, 1), date(2026, 11, 30), AS_OF)


USE = use(
    Used("s3:PutObject", f"{BUCKET}/daily.csv", 30),
    Used("s3:PutObject", STRANGE, 1),
    Used("s3:GetObject", f"{BUCKET}/daily.csv", 30),
    Used("s3:ListBucket", BUCKET, 2),
    Used("sts:GetCallerIdentity", "*", 60),
    Used("sqs:SendMessage", None, 5),
    Used("sqs:SendMessage", "arn:aws:sqs:eu-central-1:555555555555:q", 5),
    Used("ec2:DescribeInstances", "*", 7),
)
SAMPLE = [
    (action, arn)
    for action in ("s3:PutObject", "s3:GetObject", "s3:DeleteObject", "iam:CreateUser", "s3:Put")
    for arn in (
        f"{BUCKET}/daily.csv",
        f"{BUCKET}/daily.csv2",
        f"{BUCKET}/other",
        "arn:aws:s3:::reports/aXbYcZ",
        "arn:aws:s3:::reports/a*b?cd",
        BUCKET,
        "*",
    )
]


def test_everything_used_is_allowed_and_nothing_else_of_the_sample():
    found = lint(policies(USE), USE, SAMPLE)

    assert found.missing == ()
    assert found.excess == ()
    assert found.wide == ()


def test_what_is_wide_is_told_apart_from_what_is_too_much():
    other = ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:555555555555:other")

    assert lint(policies(USE), USE, [other]).wide == (other,)


def test_the_lint_finds_what_is_missing_and_what_is_too_much():
    everything = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
    found = lint([{"Version": "2012-10-17", "Statement": everything}], USE, SAMPLE)

    assert ("ec2:DescribeInstances", "*") in found.missing
    assert ("s3:DeleteObject", f"{BUCKET}/other") in found.excess


def test_wildcards_stand_only_where_they_are_said():
    (document,) = policies(USE)
    wide = {
        one["Sid"][:-1]: one["Action"] for one in document["Statement"] if one["Resource"] == ["*"]
    }

    assert wide == {
        "KnowNoResource": ["ec2:DescribeInstances", "sts:GetCallerIdentity"],
        "ResourcesNotKnown": ["sqs:SendMessage"],
    }
    assert not re.search(r'"[a-z0-9]+:[A-Za-z]*\*', json.dumps(document))


def test_comments_say_how_often_and_on_what(tmp_path):
    made = terraform(USE)

    assert "# s3:PutObject: 31 times, 2 resources\n" in made.text
    assert "# s3:ListBucket: 2 times, 1 resource\n" in made.text
    assert "# sqs:SendMessage: 10 times, WILDCARD: the log does not say on what" in made.text
    assert (
        "# sts:GetCallerIdentity: 60 times, wildcard: the action knows no resource\n" in made.text
    )
    assert "from 2026-11-01 to 2026-11-30" in made.text
    assert_formatted(made.text, tmp_path)


def test_a_hostile_name_stays_in_its_comment(tmp_path):
    made = terraform(use(USE.used[0], name='x"\n} resource "a" "b" {'))

    assert_formatted(made.text, tmp_path)
    assert '\n} resource "a"' not in made.text


def test_much_is_cut_into_documents_that_fit():
    many = use(*(Used("s3:GetObject", f"{BUCKET}/{n:04}/{'x' * 60}", 1) for n in range(400)))
    documents = policies(many)

    assert len(documents) > 1
    assert all(len(re.sub(r"\s", "", json.dumps(one))) <= MOST_CHARACTERS for one in documents)
    assert lint(documents, many, SAMPLE).missing == ()


def test_sids_stand_once():
    for document in policies(USE):
        sids = [one["Sid"] for one in document["Statement"]]
        assert len(set(sids)) == len(sids)
        assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids)


def test_the_order_of_the_facts_does_not_matter():
    assert terraform(use(*reversed(USE.used))) == terraform(USE)


@pytest.mark.parametrize(
    "used",
    [
        (),
        (Used("s3:*", "*", 1),),
        (Used("*", "*", 1),),
        (Used("s3:GetObject", "reports/*", 1),),
        (Used("s3:GetObject", f"{BUCKET}/{'x' * 7000}", 1),),
    ],
)
def test_use_that_makes_no_policy_is_refused(used):
    with pytest.raises(PolicyNeedsError):
        policies(use(*used))


ARNS = st.text("ab*?${}/:", max_size=8).map(lambda tail: f"{BUCKET}/{tail}")


@settings(max_examples=200, deadline=None)
@given(st.sets(ARNS, min_size=1, max_size=5), st.sets(ARNS, max_size=5))
def test_any_name_is_taken_literally(names, others):
    one = use(*(Used("s3:GetObject", arn, 1) for arn in names))
    found = lint(policies(one), one, [("s3:GetObject", arn) for arn in others])

    assert found.missing == ()
    assert found.excess == ()
