"""Words about policies say what stands there, and where nobody knows."""

import json

import pytest

from migrations_plan.policy.access import Paper, SetPolicies
from migrations_plan.policy.managed import managed_document
from migrations_plan.policy.plain_words import set_words


def statement(action, resource="*", effect="Allow", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def paper(*statements, name="ours"):
    return Paper(name, json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def words(*statements, **more):
    return set_words(SetPolicies("Set", (paper(*statements),), **more))


def managed(name):
    arn = f"arn:aws:iam::aws:policy/{name}"
    return set_words(SetPolicies(name, (Paper(name, json.dumps(managed_document(arn))),)))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("AdministratorAccess", "Everything in the account."),
        ("PowerUserAccess", "Everything but parts of AWS Account Management"),
        ("AmazonS3FullAccess", "All of Amazon S3"),
        ("AmazonEC2ReadOnlyAccess", "Reading in AWS Elastic Load Balancing V2"),
    ],
)
def test_what_aws_manages(name, begins):
    assert managed(name).allows[0].startswith(begins)
    assert managed(name).unknown == ""


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("s3:GetObject", "Reading in Amazon S3."),
        (["s3:Get*", "s3:List*"], "Reading in Amazon S3."),
        ("s3:PutObject", "Some actions that can change something in Amazon S3."),
        ("S3:*", "All of Amazon S3."),
        ("*", "Everything in the account."),
        ("*:Describe*", "Reading in every service."),
        ("unheardof:GetThing", "Reading in unheardof."),
        ("unheardof:MakeThing", "Some actions that can change something in unheardof."),
        # It reads by name; the reference says that it hands out credentials.
        (
            "sts:GetFederationToken",
            "Some actions that can change something in AWS Security Token Service.",
        ),
    ],
)
def test_one_action(action, told):
    assert words(statement(action)).allows == (told,)


def test_named_resources_and_conditions_are_mentioned():
    bucket = "arn:aws:s3:::acme/*"
    end = "Some of it only on named resources or under conditions."
    condition = {"Bool": {"aws:SecureTransport": "true"}}

    assert words(statement("s3:*", bucket)).allows == ("All of Amazon S3.", end)
    assert words(statement("s3:*", Condition=condition)).allows == ("All of Amazon S3.", end)
    told = words(statement("*", bucket)).allows
    assert told == ("Everything, on named resources or under conditions.",)


def test_a_narrowed_allowance_of_everything_is_not_everything():
    assert "Everything in the account." not in words(statement("*", "arn:aws:s3:::x")).allows


def test_what_is_denied_is_told_beside_it():
    told = words(statement("*"), statement(["iam:*", "s3:DeleteBucket"], effect="Deny"))

    assert told.denies == (
        "All of AWS Identity and Access Management (IAM) is denied.",
        "Some actions of Amazon S3 are denied.",
    )


def test_a_document_that_is_not_known_makes_no_words_of_nothing():
    lost = Paper("Ours in 111111111111", None, "its account was not read")

    told = set_words(SetPolicies("Set", (lost, paper(statement("s3:*")))))

    assert told.allows == ("All of Amazon S3.",)
    assert told.unknown == "Ours in 111111111111: its account was not read"
    assert set_words(SetPolicies("Set", (lost,))).allows == ()


def test_a_set_without_any_policy_allows_nothing():
    assert set_words(SetPolicies("Set", ())).allows == ("Nothing: no policy is attached to it.",)


@pytest.mark.parametrize("statements", [(), (statement("s3:*", effect="Deny"),)])
def test_policies_that_allow_nothing_say_so(statements):
    told = words(*statements)

    assert told.allows == ("Nothing: no statement of its policies allows anything.",)


def test_a_boundary_is_named():
    told = words(statement("*"), boundary=Paper("Limit", None, "no copy of it is known"))

    assert told.allows[-1] == "Only within the boundary Limit."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"Statement": [1]}',
        '{"Statement": {"Effect": "Allow"}}',
        '{"Statement": {"Effect": "Perhaps", "Action": "*"}}',
        '{"Statement": {"Effect": "Allow", "Action": [1]}}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*"}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_policy_is_not_known(text):
    told = set_words(SetPolicies("Set", (Paper("ours", text),)))

    assert told.unknown == "ours: it cannot be read as a policy"
    assert told.allows == ()


def test_many_services_are_counted():
    actions = [f"{name}:*" for name in ("s3", "ec2", "sqs", "sns", "kms", "rds", "ecs")]

    told = words(statement(actions)).allows[0]

    assert told == "All of 7 services, such as AWS Key Management Service and Amazon EC2."


def test_what_there_is_most_of_is_said_first():
    told = managed("ReadOnlyAccess").allows

    assert told[0].startswith("Reading in 3")
    assert told[1].startswith("Some actions that can change something in ")
