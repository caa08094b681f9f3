"""What evaluation proves: guardrails that stop every attack, sets that write nothing, users bound
to their addresses."""

import json

import pytest

from migrations_plan.artefacts.scp import (
    CREDENTIAL_ACTIONS,
    Guardrail,
    HolderOfTag,
    OneRole,
    first_policy,
    strong_policy,
)
from migrations_plan.policy.access import Judge, Paper, SetPolicies
from migrations_plan.policy.managed import managed_document
from migrations_plan.policy.proofs import WRITE_ACTIONS, attacked, writes

ACCOUNT = "555555555555"
EXEMPT = f"arn:aws:iam::{ACCOUNT}:role/emergency"
FULL = Paper("FullAWSAccess", json.dumps({"Statement": {
    "Effect": "Allow", "Action": "*", "Resource": "*",
}}))  # fmt: skip


def levels(*documents):
    papers = (Paper(f"policy {n}", json.dumps(one)) for n, one in enumerate(documents))
    return ((FULL, *papers), (FULL,))


@pytest.mark.parametrize("exemption", [OneRole(EXEMPT), HolderOfTag()], ids=["role", "tag"])
def test_the_strong_guardrail_stops_every_attack(exemption):
    assert attacked(levels(strong_policy(Guardrail(exemption))), ACCOUNT) == ((), ())


def test_the_well_known_policy_leaves_ten_ways_open():
    found, unknown = attacked(levels(first_policy()), ACCOUNT)

    assert (len(found), unknown) == (10, ())
    assert "iam:CreateUser" not in found
    assert "iam:UpdateAccessKey" in found


def test_without_a_guardrail_everything_is_open():
    assert attacked(None, ACCOUNT) == (CREDENTIAL_ACTIONS, ())
    assert attacked(levels(), ACCOUNT) == (CREDENTIAL_ACTIONS, ())


def test_a_guardrail_that_nobody_read_proves_nothing():
    unread = ((FULL, Paper("secret", None, "it was not read")),)

    assert attacked(unread, ACCOUNT) == ((), CREDENTIAL_ACTIONS)


def a_set(*names, inline=None):
    papers = [
        Paper(name, json.dumps(managed_document(f"arn:aws:iam::aws:policy/{name}")))
        for name in names
    ]
    papers += [Paper("(inline)", json.dumps(inline))] if inline else []
    return SetPolicies("Set", tuple(papers))


@pytest.mark.parametrize(
    "names", [("ReadOnlyAccess",), ("SecurityAudit", "job-function/ViewOnlyAccess")]
)
def test_what_aws_calls_read_only_writes_nothing(names):
    assert writes(a_set(*names), levels(), ACCOUNT, Judge()) == []


def test_an_administrator_writes_everything():
    found = writes(a_set("AdministratorAccess"), levels(), ACCOUNT, Judge())

    assert found == [(action, "allowed") for action in WRITE_ACTIONS]


def test_a_write_on_some_resources_only_is_not_proven_to_be_none():
    inline = {
        "Statement": {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"}
    }

    found = writes(a_set("ReadOnlyAccess", inline=inline), levels(), ACCOUNT, Judge())
    assert [action for action, _ in found] == ["s3:PutObject"]


def test_a_set_that_nobody_read_proves_nothing():
    unread = SetPolicies("Set", (Paper("x", None, "it was not read"),))

    assert {word for _, word in writes(unread, levels(), ACCOUNT, Judge())} == {"unknown"}
