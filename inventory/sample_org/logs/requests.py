"""What a request says and touches: requestParameters, responseElements, resources, per operation.

Only operations whose records name resources stand here; the others say little or nothing, as many
of AWS's do.
"""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from inventory.sample_org.logs.props import Props, object_key


class Asked(NamedTuple):
    """The three parts of a record that depend on what was asked."""

    parameters: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    resources: tuple[tuple[str, str], ...] = ()


Writer = Callable[[Random, Props], Asked]


def _bucket(rng: Random, props: Props) -> Asked:
    name = rng.choice(props.buckets)
    host = f"{name}.s3.{props.region}.amazonaws.com"
    touched = (("AWS::S3::Bucket", f"arn:aws:s3:::{name}"),)
    return Asked({"bucketName": name, "Host": host}, None, touched)


def _object(rng: Random, props: Props) -> Asked:
    name, key = rng.choice(props.buckets), object_key(rng)
    touched = (
        ("AWS::S3::Object", f"arn:aws:s3:::{name}/{key}"),
        ("AWS::S3::Bucket", f"arn:aws:s3:::{name}"),
    )
    return Asked({"bucketName": name, "key": key}, None, touched)


def _instances(rng: Random, props: Props) -> Asked:
    chosen = [{"instanceId": one} for one in rng.sample(props.instances, rng.randint(1, 2))]
    return Asked({"instancesSet": {"items": chosen}}, None)


def _describe(rng: Random, props: Props) -> Asked:
    state = rng.choice(("running", "stopped"))
    item = {"name": "instance-state-name", "valueSet": {"items": [{"value": state}]}}
    return Asked({"filterSet": {"items": [item]}, "maxResults": 100})


def _tags(rng: Random, props: Props) -> Asked:
    tag = {"key": "Owner", "value": rng.choice(("platform", "<b>data</b>", "=2+3"))}
    items = [{"resourceId": rng.choice(props.instances)}]
    return Asked({"resourcesSet": {"items": items}, "tagSet": {"items": [tag]}}, {"_return": True})


def _ingress(rng: Random, props: Props) -> Asked:
    ranges = {"items": [{"cidrIp": "10.0.0.0/8", "description": 'allow "internal" https'}]}
    items = [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": ranges}]
    parameters = {"groupId": props.group, "ipPermissions": {"items": items}}
    return Asked(parameters, {"_return": True})


def _run(rng: Random, props: Props) -> Asked:
    parameters = {
        "instancesSet": {"items": [{"imageId": "ami-0abcdef1234567890", "minCount": 1}]},
        "instanceType": rng.choice(("t3.medium", "m6i.large")),
    }
    return Asked(parameters, {"instancesSet": {"items": [{"instanceId": props.instances[0]}]}})


def _function(rng: Random, props: Props) -> Asked:
    name = rng.choice(props.functions)
    return Asked({"functionName": name}, {"functionArn": props.arn("lambda", f"function:{name}")})


def _stack(rng: Random, props: Props) -> Asked:
    name = rng.choice(props.stacks)
    return Asked({"stackName": name}, {"stackId": props.arn("cloudformation", f"stack/{name}/1")})


def _table(rng: Random, props: Props) -> Asked:
    name = rng.choice(props.tables)
    arn = props.arn("dynamodb", f"table/{name}")
    return Asked({"tableName": name}, None, (("AWS::DynamoDB::Table", arn),))


def _database(rng: Random, props: Props) -> Asked:
    return Asked({"dBInstanceIdentifier": rng.choice(props.databases)})


def _secret(rng: Random, props: Props) -> Asked:
    return Asked({"secretId": props.arn("secretsmanager", f"secret:{rng.choice(props.secrets)}")})


def _decrypt(rng: Random, props: Props) -> Asked:
    arn = props.arn("kms", f"key/{props.keys[0]}")
    parameters = {"keyId": arn, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
    return Asked(parameters, None, (("AWS::KMS::Key", arn),))


def _log_group(rng: Random, props: Props) -> Asked:
    return Asked({"logGroupName": f"/aws/lambda/{rng.choice(props.functions)}"})


def _role(rng: Random, props: Props) -> Asked:
    return Asked({"roleName": rng.choice(("app-server", "service-role", "batch"))})


def _ecs(rng: Random, props: Props) -> Asked:
    cluster = props.arn("ecs", "cluster/main")
    return Asked({"cluster": cluster, "service": rng.choice(("shop", "checkout"))})


def _query(rng: Random, props: Props) -> Asked:
    return Asked({"queryString": "***OMITTED***", "workGroup": "primary"})


def _identity(rng: Random, props: Props) -> Asked:
    return Asked()


WRITERS: dict[str, Writer] = {
    "GetBucketLocation": _bucket,
    "GetBucketPolicy": _bucket,
    "ListObjects": _bucket,
    "PutBucketPolicy": _bucket,
    "PutBucketTagging": _bucket,
    "GetObject": _object,
    "PutObject": _object,
    "DescribeInstances": _describe,
    "StartInstances": _instances,
    "StopInstances": _instances,
    "RebootInstances": _instances,
    "RunInstances": _run,
    "CreateTags": _tags,
    "AuthorizeSecurityGroupIngress": _ingress,
    "GetFunction20150331v2": _function,
    "UpdateFunctionCode20150331v2": _function,
    "DescribeStacks": _stack,
    "CreateStack": _stack,
    "UpdateStack": _stack,
    "DescribeTable": _table,
    "UpdateTable": _table,
    "DescribeDBInstances": _database,
    "ModifyDBInstance": _database,
    "GetSecretValue": _secret,
    "Decrypt": _decrypt,
    "GenerateDataKey": _decrypt,
    "FilterLogEvents": _log_group,
    "CreateLogStream": _log_group,
    "GetRole": _role,
    "CreateRole": _role,
    "AttachRolePolicy": _role,
    "PassRole": _role,
    "UpdateService": _ecs,
    "DescribeServices": _ecs,
    "StartQueryExecution": _query,
    "GetCallerIdentity": _identity,
}


def asked(name: str, rng: Random, props: Props) -> Asked:
    """What a call of this name says; nothing where AWS's records say nothing either."""
    writer = WRITERS.get(name)
    return writer(rng, props) if writer else Asked()
