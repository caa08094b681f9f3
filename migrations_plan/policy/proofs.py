"""Proofs by evaluation: that guardrails stop every way to a credential, that a permission set
writes nothing, that an IAM user's policy binds it to its addresses.

Pure. Three-valued as all evaluation: what is not decided proves nothing.
"""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from migrations_plan.artefacts.scp import BEARER_ACTIONS, CREDENTIAL_ACTIONS
from migrations_plan.policy.access import (
    AccountAccess,
    Judge,
    Levels,
    Paper,
    SetPolicies,
    document_text,
    policy_of,
)
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import parse_policy
from migrations_plan.policy.evaluate import Decision, Outcome, Policies, evaluate
from migrations_plan.policy.statements import NO_RESOURCE, request

ALLOW_ALL = parse_policy(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    },
    name="AdministratorAccess",
)
# What changes production: of each service that most companies run, what would be missed first.
WRITE_ACTIONS = (
    "autoscaling:UpdateAutoScalingGroup",
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudtrail:StopLogging",
    "dynamodb:DeleteTable",
    "dynamodb:PutItem",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "ecs:UpdateService",
    "eks:UpdateClusterConfig",
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "kms:ScheduleKeyDeletion",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "logs:DeleteLogGroup",
    "rds:DeleteDBInstance",
    "rds:ModifyDBInstance",
    "route53:ChangeResourceRecordSets",
    "s3:DeleteBucket",
    "s3:DeleteObject",
    "s3:PutBucketPolicy",
    "s3:PutObject",
    "secretsmanager:PutSecretValue",
    "sns:Publish",
    "sqs:SendMessage",
    "ssm:SendCommand",
)
# Documentation networks: nobody works from there.
ELSEWHERE = ("192.0.2.1", "203.0.113.77", "2001:db8::7")
ANY_CALL = "s3:ListAllMyBuckets"


def attacked(levels: Levels | None, account_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every way to make or wake a credential, by an administrator's role without any tag: those
    that are open, and those of which nobody knows. levels None: no guardrail binds."""
    if levels is None:
        return CREDENTIAL_ACTIONS, ()
    bound = tuple(tuple(policy_of(paper) for paper in level) for level in levels)
    policies = Policies((ALLOW_ALL,), None, bound)
    caller = f"arn:aws:sts::{account_id}:assumed-role/Admin/somebody"
    # Complete: a role has no tags and a request no other keys unless somebody gives it some.
    context = request_context({}, principal=caller)
    found = {
        action: evaluate(
            request(action, _target(action, account_id), context=context, principal=caller),
            policies,
        ).outcome
        for action in CREDENTIAL_ACTIONS
    }
    return _of(found, Outcome.ALLOWED), _of(found, Outcome.UNKNOWN)


def _target(action: str, account_id: str) -> str:
    if action in BEARER_ACTIONS:
        return NO_RESOURCE
    return f"arn:aws:iam::{account_id}:user/somebody"


def _of(found: Mapping[str, Outcome], outcome: Outcome) -> tuple[str, ...]:
    return tuple(action for action, word in found.items() if word is outcome)


def writes(
    one: SetPolicies, levels: Levels | None, account_id: str, judge: Judge
) -> list[tuple[str, str]]:
    """(action, outcome) of each write that is not denied to a permission set in an account,
    whatever it would work on."""
    access = AccountAccess(account_id, (one,), levels)
    found = [(action, judge.under(one, access, action, None, "")) for action in WRITE_ACTIONS]
    return [
        (action, judged.outcome.value)
        for action, judged in found
        if judged.outcome is not Outcome.DENIED
    ]


def bound_to_addresses(documents: Iterable[Mapping[str, Any]], networks: Sequence[str]) -> bool:
    """Whether policies of an IAM user deny it everything from elsewhere, and nothing for being
    where it should. Networks that are none bind to nothing."""
    papers = [Paper(f"policy {n}", document_text(one)) for n, one in enumerate(documents)]
    policies = Policies((*(policy_of(paper) for paper in papers), ALLOW_ALL))
    try:
        inside = [str(ipaddress.ip_network(text)[0]) for text in networks]
    except ValueError:
        return False
    if not inside or any(not _denied(policies, address) for address in ELSEWHERE):
        return False
    return not any(_denied(policies, address) for address in inside)


def _denied(policies: Policies, address: str) -> bool:
    context = request_context({"aws:SourceIp": address, "aws:ViaAWSService": "false"})
    decision: Decision = evaluate(request(ANY_CALL, NO_RESOURCE, context=context), policies)
    return decision.outcome is Outcome.DENIED and decision.explicit
