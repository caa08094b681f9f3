"""From CloudTrail's names to IAM's: each reviewed line, and how much of AWS is covered."""

import json

import botocore.session
import pytest

from migrations_plan.policy.actions import PREFIXES, SERVICES, action_name, needed_actions
from migrations_plan.policy.reviewed_actions import REVIEWED

LEAST_COVERED = 0.95


def needs(source, event):
    found = needed_actions(f"{source}.amazonaws.com", event)
    assert found is not None
    return found


def every_reviewed():
    return [
        (label, event, needed)
        for label, events in REVIEWED.items()
        for event, needed in events.items()
    ]


def test_every_reviewed_line_names_actions_that_there_are_and_says_why():
    for label, event, needed in every_reviewed():
        assert event == event.lower(), (label, event)
        assert needed.why, (label, event)
        for action in (*needed.actions, *needed.perhaps):
            assert action_name(*action.split(":")) == action, (label, event, action)


def test_no_reviewed_line_repeats_what_the_name_says():
    for label, event, needed in every_reviewed():
        plain = len(needed.actions) == 1 and not needed.perhaps and not needed.never_by_roles
        assert not (plain and needed.actions[0].lower() == f"{label}:{event}"), (label, event)


def test_every_prefix_is_one_of_iam():
    assert set(PREFIXES.values()) <= SERVICES


@pytest.mark.parametrize(
    ("source", "event", "actions"),
    [
        ("iam", "CreateUser", ("iam:CreateUser",)),
        ("s3", "ListBuckets", ("s3:ListAllMyBuckets",)),
        ("s3", "DeleteBucketEncryption", ("s3:PutEncryptionConfiguration",)),
        ("s3", "GetBucketCors", ("s3:GetBucketCORS",)),
        ("s3", "GetBucketLifecycle", ("s3:GetLifecycleConfiguration",)),
        ("lambda", "CreateFunction20150331", ("lambda:CreateFunction", "iam:PassRole")),
        ("lambda", "GetFunction20150331v2", ("lambda:GetFunction",)),
        ("lambda", "Invoke", ("lambda:InvokeFunction",)),
        ("cloudfront", "UpdateDistribution2020_05_31", ("cloudfront:UpdateDistribution",)),
        ("apigateway", "CreateRestApi", ("apigateway:POST",)),
        ("apigateway", "UpdateStage", ("apigateway:PATCH",)),
        ("monitoring", "PutMetricAlarm", ("cloudwatch:PutMetricAlarm",)),
        ("tagging", "GetResources", ("tag:GetResources",)),
        ("api.ecr", "BatchGetImage", ("ecr:BatchGetImage",)),
        ("sts", "GetCallerIdentity", ()),
    ],
)
def test_events_need_these_actions(source, event, actions):
    assert needs(source, event).actions == actions


def test_a_session_token_is_never_given_to_a_role():
    assert needs("sts", "GetSessionToken").never_by_roles


def test_launching_may_pass_a_role():
    assert needs("ec2", "RunInstances").perhaps == ("iam:PassRole",)


@pytest.mark.parametrize(
    ("source", "event"),
    [
        ("iam.amazonaws.com", "MadeUpYesterday"),
        ("nosuchservice.amazonaws.com", "GetThing"),
        ("../../etc.amazonaws.com", "passwd"),
        ("", ""),
        ("s3.amazonaws.com", "*"),
    ],
)
def test_what_cannot_be_mapped_is_none(source, event):
    assert needed_actions(source, event) is None


def test_nearly_every_call_of_aws_is_mapped():
    """botocore's models as the list of all calls; CloudTrail's source is mostly their endpoint."""
    loader = botocore.session.get_session().get_component("data_loader")
    calls = mapped = 0
    for service in (
        "iam",
        "s3",
        "ec2",
        "sts",
        "lambda",
        "dynamodb",
        "cloudformation",
        "rds",
        "sqs",
    ):
        model = loader.load_service_model(service, "service-2")
        source = f"{model['metadata']['endpointPrefix']}.amazonaws.com"
        calls += len(model["operations"])
        mapped += sum(1 for name in model["operations"] if needed_actions(source, name))
    assert mapped / calls >= LEAST_COVERED, json.dumps({"calls": calls, "mapped": mapped})
