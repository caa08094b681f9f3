"""Laws of the forecast, over random policies and calls: a Deny never helps, an Allow never harms,
and neither does knowing more, or one more permission set."""

import json
from dataclasses import replace
from random import Random

import pytest

from migrations_plan.policy.access import Paper
from tests.migrations_plan.policy.forecasting import (
    BUCKET,
    FULL,
    KEY,
    OBJECT,
    UNREAD,
    a_set,
    access,
    call,
    forecast_of,
    paper,
    statement,
)

ACTIONS = ("*", "s3:*", "s3:Get*", "s3:GetObject", "kms:*", "kms:Decrypt", "iam:*", "ec2:*")
RESOURCES = ("*", f"{BUCKET}/*", OBJECT, KEY, "arn:aws:ec2:*:*:*")
CALLS = (
    call(),
    call("s3", "PutObject"),
    call("s3", "ListBuckets", resources=()),
    call("kms", "Decrypt", resources=(KEY,)),
    call("ec2", "RunInstances", resources=()),
    call("ec2", "DescribeInstances", resources=()),
    call("lambda", "CreateFunction20150331", resources=()),
    call("iam", "ListRoles", resources=()),
)
CONDITIONS = (None, None, {"StringEquals": {"aws:SourceVpc": "vpc-1"}})
BADNESS = {"not-needed": 0, "allowed": 0, "unknown": 1, "denied": 2}
SEEDS = range(60)


def random_statement(rng, effect=None):
    condition = rng.choice(CONDITIONS)
    more = {"Condition": condition} if condition else {}
    effect = effect or rng.choice(("Allow", "Allow", "Allow", "Deny"))
    return statement(effect, rng.choice(ACTIONS), resource=rng.choice(RESOURCES), **more)


def random_paper(rng):
    if rng.random() < 0.1:
        return UNREAD
    return paper(*(random_statement(rng) for _ in range(rng.randint(1, 3))))


def random_access(rng):
    sets = [
        a_set(
            *(random_paper(rng) for _ in range(rng.randint(1, 2))),
            name=f"Set{number}",
            boundary=random_paper(rng) if rng.random() < 0.3 else None,
        )
        for number in range(rng.randint(1, 3))
    ]
    levels = ((FULL,), (FULL, random_paper(rng))) if rng.random() < 0.5 else None
    return access(*sets, scps=levels)


def badness(given):
    """Of each call, the worst of its lines."""
    return [max(BADNESS[line.verdict] for line in forecast_of([one], given)) for one in CALLS]


def with_statement(given, effect, rng):
    """The same with one more statement in a policy of each set that was read."""
    more = random_statement(rng, effect)

    def widened(one: Paper) -> Paper:
        if one.text is None:
            return one
        document = json.loads(one.text)
        return Paper(one.name, json.dumps(document | {"Statement": [*document["Statement"], more]}))

    return replace(
        given,
        sets=tuple(
            replace(one, papers=(*one.papers[:-1], widened(one.papers[-1]))) for one in given.sets
        ),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_deny_never_improves_a_forecast(seed):
    rng = Random(seed)
    given = random_access(rng)

    before, after = badness(given), badness(with_statement(given, "Deny", rng))

    assert all(new >= old for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_allow_never_worsens_a_forecast(seed):
    rng = Random(seed)
    given = random_access(rng)

    before, after = badness(given), badness(with_statement(given, "Allow", rng))

    assert all(new <= old for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_more_set_never_worsens_a_forecast(seed):
    rng = Random(seed)
    given = random_access(rng)
    more = random_access(rng).sets

    before = badness(given)
    after = badness(replace(given, sets=(*given.sets, *more)))

    assert all(new <= old for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_reading_what_was_not_read_never_overturns_a_certain_forecast(seed):
    rng = Random(seed)
    given = random_access(rng)
    learnt = paper(random_statement(rng), name=UNREAD.name)

    def known(one):
        return learnt if one is UNREAD else one

    sets = tuple(
        replace(
            one,
            papers=tuple(map(known, one.papers)),
            boundary=known(one.boundary) if one.boundary else None,
        )
        for one in given.sets
    )
    levels = tuple(tuple(map(known, level)) for level in given.scps) if given.scps else None

    before, after = badness(given), badness(replace(given, sets=sets, scps=levels))

    certain = {0, 2}
    assert all(new == old for old, new in zip(before, after, strict=True) if old in certain)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_changes_of_a_denied_line_name_what_is_lacking(seed):
    """Nothing is denied without something to change, and every change is about the action."""
    given = random_access(Random(seed))

    for line in forecast_of(CALLS, given):
        assert bool(line.changes) == (line.verdict == "denied")
        assert all(change.action == line.action for change in line.changes)
