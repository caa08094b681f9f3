"""What must hold of every decision, whatever the policies: tried on generated ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_plan.policy.additions import smallest_addition
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import parse_policy
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
from migrations_plan.policy.statements import request

pytestmark = pytest.mark.laws
ACTIONS = ["s3:GetObject", "s3:PutObject", "iam:CreateUser"]
RESOURCES = ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x", "*"]
KEYS = ["aws:username", "aws:PrincipalTag/team", "aws:TagKeys"]
VALUES = ["ana", "red", "a*"]
OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringLikeIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
    "Null",
]

conditions = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(
        st.sampled_from(KEYS),
        st.sampled_from([*VALUES, "${aws:username}", "true", "false"]),
        min_size=1,
        max_size=2,
    ),
    max_size=2,
)
patterns = st.sampled_from(["*", "arn:aws:s3:::a/*", "arn:aws:s3:::${aws:PrincipalTag/team}/*"])


def statements(effects=("Allow", "Deny")):
    return st.builds(
        lambda effect, action, resource, condition, excepted: {
            "Effect": effect,
            ("NotAction" if excepted[0] else "Action"): action,
            ("NotResource" if excepted[1] else "Resource"): resource,
            "Condition": condition,
        },
        st.sampled_from(effects),
        st.lists(st.sampled_from(["*", "s3:*", "s3:Get*", "iam:CreateUser"]), max_size=2),
        st.lists(patterns, min_size=1, max_size=2),
        conditions,
        st.tuples(st.booleans(), st.booleans()),
    )


documents = st.builds(
    lambda listed: {"Version": "2012-10-17", "Statement": listed},
    st.lists(statements(), min_size=1, max_size=4),
)
layers = st.lists(documents, max_size=3)
contexts = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(st.none(), st.sampled_from(VALUES), st.lists(st.sampled_from(VALUES), max_size=2)),
)
sets = st.fixed_dictionaries(
    {
        "identity": layers,
        "boundary": st.one_of(st.none(), st.lists(documents, max_size=1)),
        "scps": st.one_of(st.none(), st.lists(layers, max_size=2)),
    }
)


def compiled(raw):
    def each(listed):
        return tuple(parse_policy(document, name=str(at)) for at, document in enumerate(listed))

    return Policies(
        each(raw["identity"]),
        each(raw["boundary"]) if raw["boundary"] is not None else None,
        tuple(map(each, raw["scps"])) if raw["scps"] is not None else None,
    )


def asking(action, resource, context, *, complete=True):
    return request(action, resource, context=request_context(context, complete=complete))


def outcome(raw, action, resource, context, *, complete=True):
    return evaluate(asking(action, resource, context, complete=complete), compiled(raw)).outcome


asked = st.tuples(
    st.sampled_from(ACTIONS), st.sampled_from([*RESOURCES, None]), contexts
)  # action, resource, context
SECURITY = {Outcome.DENIED: 0, Outcome.UNKNOWN: 1, Outcome.ALLOWED: 2}


def added(raw, layer, document):
    """The same policies with one more document in a layer that there is."""
    if layer == "scps" and raw["scps"]:
        return raw | {"scps": [[*raw["scps"][0], document], *raw["scps"][1:]]}
    if layer == "boundary" and raw["boundary"]:
        return raw | {"boundary": [*raw["boundary"], document]}
    return raw | {"identity": [*raw["identity"], document]}


def one(statement):
    return {"Version": "2012-10-17", "Statement": [statement]}


where = st.sampled_from(["identity", "boundary", "scps"])


@settings(max_examples=50, deadline=None)
@given(sets, asked, st.booleans(), where, statements(["Deny"]))
def test_adding_a_deny_never_opens_anything(raw, question, complete, layer, deny):
    before = outcome(raw, *question, complete=complete)
    after = outcome(added(raw, layer, one(deny)), *question, complete=complete)
    assert SECURITY[after] <= SECURITY[before]


@settings(max_examples=50, deadline=None)
@given(sets, asked, st.booleans(), where, statements(["Allow"]))
def test_adding_an_allow_never_closes_anything(raw, question, complete, layer, allow):
    before = outcome(raw, *question, complete=complete)
    after = outcome(added(raw, layer, one(allow)), *question, complete=complete)
    assert SECURITY[after] >= SECURITY[before]


@settings(max_examples=50, deadline=None)
@given(sets, asked, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_policies_and_statements_says_nothing(raw, question, complete, chance):
    def mixed(listed):
        turned = [
            document
            | {"Statement": chance.sample(document["Statement"], len(document["Statement"]))}
            for document in listed
        ]
        return chance.sample(turned, len(turned))

    turned = {
        "identity": mixed(raw["identity"]),
        "boundary": mixed(raw["boundary"]) if raw["boundary"] is not None else None,
        "scps": [mixed(level) for level in raw["scps"]] if raw["scps"] is not None else None,
    }
    assert outcome(turned, *question, complete=complete) == outcome(
        raw, *question, complete=complete
    )


@settings(max_examples=50, deadline=None)
@given(sets, asked, contexts)
def test_knowing_more_never_overturns_a_certain_decision(raw, question, more):
    """Keys that were unknown become known, at last all of them; an unknown resource becomes one."""
    action, resource, context = question
    steps = [
        outcome(raw, action, resource, context, complete=False),
        outcome(raw, action, resource, more | context, complete=False),
        outcome(raw, action, resource, more | context, complete=True),
        outcome(raw, action, resource or RESOURCES[0], more | context, complete=True),
    ]
    certain = [step for step in steps if step is not Outcome.UNKNOWN]
    assert len(set(certain)) <= 1
    assert steps[len(steps) - len(certain) :] == certain


@settings(max_examples=50, deadline=None)
@given(sets, asked)
def test_the_smallest_addition_allows_what_was_denied(raw, question):
    """Every denying statement gone and every missing one added: nothing is in the way."""
    action, resource, context = question
    asked_for = asking(action, resource, context)
    policies = compiled(raw)
    if evaluate(asked_for, policies).outcome is not Outcome.DENIED:
        return
    changes = smallest_addition(asked_for, policies)
    assert changes
    gone = {id(change.found.statement) for change in changes if change.found}

    def changed(listed, layer):
        kept = [
            {
                "Version": "2012-10-17",
                "Statement": [
                    document["Statement"][statement.index]
                    for statement in policy.statements
                    if id(statement) not in gone
                ],
            }
            for document, policy in zip(listed, layer.policies, strict=True)
        ]
        missing = [c.statement() for c in changes if c.layer is layer and c.statement()]
        return kept + [one(statement) for statement in missing]

    named = iter(policies.layers)
    scps = [changed(level, next(named)) for level in raw["scps"] or []]
    boundary = changed(raw["boundary"], next(named)) if raw["boundary"] else None
    after = {"scps": scps, "boundary": boundary, "identity": changed(raw["identity"], next(named))}
    assert outcome(after, *question) is not Outcome.DENIED
