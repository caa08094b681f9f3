"""Fifty people, each with an IAM user, a permission set and a hundred distinct calls."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice, product

from django.utils import timezone

from inventory.models import (
    DailyUsage,
    PermissionSet,
    ResourceName,
    UsageOperation,
    UsageResource,
)
from migrations_plan.models import Person
from tests import builders, usage_rows
from tests.forecasts import company

PEOPLE, CALLS = 50, 100
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
MANAGED = "arn:aws:iam::aws:policy/"
SETS = (
    ("ReadOnlyAccess",), ("PowerUserAccess",), ("AmazonS3FullAccess", "AmazonEC2ReadOnlyAccess"),
    ("SecurityAudit",), ("AmazonDynamoDBFullAccess", "CloudWatchReadOnlyAccess"),
)  # fmt: skip
# What people call, with the resource it is about ('' : none).
OPERATIONS = (
    ("s3", "GetObject", "arn:aws:s3:::bucket-{0}/{1}"),
    ("s3", "PutObject", "arn:aws:s3:::bucket-{0}/{1}"),
    ("s3", "DeleteObject", "arn:aws:s3:::bucket-{0}/{1}"),
    ("dynamodb", "GetItem", "arn:aws:dynamodb:eu-west-1:{2}:table/t-{0}-{1}"),
    ("dynamodb", "PutItem", "arn:aws:dynamodb:eu-west-1:{2}:table/t-{0}-{1}"),
    ("lambda", "Invoke", "arn:aws:lambda:eu-west-1:{2}:function:f-{0}-{1}"),
    ("sqs", "SendMessage", "arn:aws:sqs:eu-west-1:{2}:q-{0}-{1}"),
    ("kms", "Decrypt", "arn:aws:kms:eu-west-1:{2}:key/{0}-{1}"),
    ("secretsmanager", "GetSecretValue", "arn:aws:secretsmanager:eu-west-1:{2}:secret:s-{0}-{1}"),
    ("ec2", "TerminateInstances", "arn:aws:ec2:eu-west-1:{2}:instance/i-{0}{1:04}"),
)


def build() -> PermissionSet:
    """People with an IAM user, a permission set and a hundred calls each, on several days."""
    made = company(managed=[f"{MANAGED}{name}" for name in SETS[0]])
    sets = [made.developer]
    for number, names in enumerate(SETS[1:]):
        values = {"managed_policies": [f"{MANAGED}{name}" for name in names]}
        sets.append(builders.permission_set(f"Set{number}", customer_managed_policies=[], **values))
    operations = [
        UsageOperation.objects.create(
            digest=usage_rows.digest(service, name),
            event_source=f"{service}.amazonaws.com",
            event_name=name,
            region="eu-west-1",
        )
        for service, name, _ in OPERATIONS
    ]
    for number in range(PEOPLE):
        person = made.person(f"P{number}", assigned=False)
        one = sets[number % len(sets)]
        builders.assignment(made.account, one, person.identity_center_user_id, "USER")
        count(made.account.account_id, person, number, operations)
    found: PermissionSet = sets[0]
    return found


def count(
    account_id: str, person: Person, number: int, operations: Sequence[UsageOperation]
) -> None:
    """A hundred distinct calls, each on three days."""
    arn = person.links.get().iam_user_arn
    actor = usage_rows.actor(arn=arn, account_id=account_id)
    wanted = list(islice(product(range(CALLS // len(OPERATIONS)), range(len(OPERATIONS))), CALLS))
    names = [OPERATIONS[place][2].format(number, n, account_id) for n, place in wanted]
    # Several operations are about one object.
    made = ResourceName.objects.bulk_create(
        [ResourceName(digest=usage_rows.digest(name), arn=name) for name in dict.fromkeys(names)]
    )
    known = {one.arn: one for one in made}
    resources = [known[name] for name in names]
    for ago in (2, 9, 16):
        day = timezone.now().date() - timedelta(days=ago)
        usage_rows.used(actor, day, CALLS)
        shared = {"day": day, "account_id": account_id, "actor": actor}
        at = {"first_at": usage_rows.at(day), "last_at": usage_rows.at(day)}
        DailyUsage.objects.bulk_create(
            [
                DailyUsage(**shared, **at, operation=operation, events=10, direct_events=10)
                for operation in operations
            ]
        )
        UsageResource.objects.bulk_create(
            [
                UsageResource(**shared, operation=operations[place], resource=resource, events=1)
                for (_, place), resource in zip(wanted, resources, strict=True)
            ]
        )
