"""What a call is judged on: certain ARNs, an asterisk where AWS has no resource, else unknown."""

import pytest

from migrations_plan.policy.resources import judged_resources, requested_arns

BUCKET, OBJECT = "arn:aws:s3:::reports", "arn:aws:s3:::reports/2026/q1.csv"
ROLE = "arn:aws:iam::123456789012:role/dev"


@pytest.mark.parametrize(
    ("action", "arns", "expected"),
    [
        ("s3:ListAllMyBuckets", [], ("*",)),
        ("ec2:DescribeInstances", [BUCKET], ("*",)),
        ("s3:GetObject", [BUCKET, OBJECT], (OBJECT,)),
        ("s3:ListBucket", [BUCKET, OBJECT], (BUCKET,)),
        ("s3:GetObject", [BUCKET], None),
        ("s3:GetObject", [], None),
        ("iam:PassRole", [ROLE, OBJECT], (ROLE,)),
        ("made:Up", [OBJECT], None),
        ("../x:GetObject", [OBJECT], None),
    ],
)
def test_an_action_is_judged_on_arns_of_its_own_types(action, arns, expected):
    assert judged_resources(action, arns) == expected


def arns(source, **parameters):
    return requested_arns(
        f"{source}.amazonaws.com", parameters, region="eu-west-1", account_id="123456789012"
    )


@pytest.mark.parametrize(
    ("source", "parameters", "expected"),
    [
        ("s3", {"bucketName": "reports", "key": "2026/q1.csv"}, (OBJECT,)),
        ("s3", {"bucketName": "reports"}, (BUCKET,)),
        ("sts", {"roleArn": ROLE}, (ROLE,)),
        (
            "dynamodb",
            {"tableName": "Thread"},
            ("arn:aws:dynamodb:eu-west-1:123456789012:table/Thread",),
        ),
        (
            "sqs",
            {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/210987654321/orders"},
            ("arn:aws:sqs:eu-west-1:210987654321:orders",),
        ),
        ("ssm", {"name": "/app/key"}, ("arn:aws:ssm:eu-west-1:123456789012:parameter/app/key",)),
        ("iam", {"userName": "ana"}, ()),
        ("s3", {"bucketName": 7, "key": None}, ()),
    ],
)
def test_parameters_give_arns_only_where_they_are_certain(source, parameters, expected):
    assert arns(source, **parameters) == expected


def test_an_unknown_resource_type_never_becomes_an_asterisk():
    assert judged_resources("dynamodb:GetItem", arns("dynamodb", tableArn="Thread")) is None
