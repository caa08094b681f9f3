"""Proofs by evaluation: that guardrails stop every way to a credential, and that a permission set
writes nothing.

Pure. Three-valued as all evaluation: what is not decided proves nothing.
"""

from collections.abc import Mapping

from migrations_plan.artefacts.scp import BEARER_ACTIONS, CREDENTIAL_ACTIONS
from migrations_plan.policy.access import (
    AccountAccess,
    Judge,
    Levels,
    SetPolicies,
    policy_of,
)
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import parse_policy
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
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
