"""What people and programs call: AWS's operations, by the work that needs them."""

from dataclasses import dataclass
from functools import cached_property

_PREFIXES = {"monitoring": "cloudwatch"}
# CloudTrail's names of some operations carry a version or differ; IAM's action does not.
_ACTIONS = {
    "ListObjects": "ListBucket",
    "ListBuckets": "ListAllMyBuckets",
    "ListFunctions20150331": "ListFunctions",
    "GetFunction20150331v2": "GetFunction",
    "UpdateFunctionCode20150331v2": "UpdateFunctionCode",
}
# Services that exist once: their records are in us-east-1, wherever the call came from.
_GLOBAL = ("iam", "organizations", "cloudfront", "route53", "ce", "budgets")


@dataclass(frozen=True)
class Operation:
    """source and name as CloudTrail writes them. data: a data event, which only some trails log."""

    source: str
    name: str
    write: bool = False
    data: bool = False

    @cached_property
    def service(self) -> str:
        return self.source.split(".")[0]

    @cached_property
    def action(self) -> str:
        prefix = _PREFIXES.get(self.service, self.service)
        return f"{prefix}:{_ACTIONS.get(self.name, self.name)}"

    def region(self, region: str) -> str:
        return "us-east-1" if self.service in _GLOBAL else region

    @property
    def denial(self) -> str:
        return "Client.UnauthorizedOperation" if self.service == "ec2" else "AccessDenied"


def _some(service: str, names: str, *, write: bool = False, data: bool = False) -> list[Operation]:
    source = f"{service}.amazonaws.com"
    return [Operation(source, name, write, data) for name in names.split()]


IDENTITY = Operation("sts.amazonaws.com", "GetCallerIdentity")
READS = {
    "s3": _some("s3", "ListBuckets ListObjects GetBucketLocation GetBucketPolicy"),
    "ec2": _some("ec2", "DescribeInstances DescribeVpcs DescribeSecurityGroups DescribeImages"),
    "iam": _some("iam", "ListRoles ListUsers GetRole ListPolicies"),
    "lambda": _some("lambda", "ListFunctions20150331 GetFunction20150331v2"),
    "cloudformation": _some("cloudformation", "ListStacks DescribeStacks"),
    "dynamodb": _some("dynamodb", "ListTables DescribeTable"),
    "rds": _some("rds", "DescribeDBInstances DescribeDBSnapshots"),
    "logs": _some("logs", "DescribeLogGroups FilterLogEvents"),
    "monitoring": _some("monitoring", "DescribeAlarms ListMetrics"),
    "ecs": _some("ecs", "ListServices DescribeServices DescribeTasks"),
    "ce": _some("ce", "GetCostAndUsage GetCostForecast"),
    "athena": _some("athena", "ListQueryExecutions GetQueryExecution"),
    "sagemaker": _some("sagemaker", "ListNotebookInstances ListTrainingJobs"),
    "cloudtrail": _some("cloudtrail", "DescribeTrails LookupEvents"),
    "config": _some("config", "DescribeConfigRules"),
    "secretsmanager": _some("secretsmanager", "ListSecrets"),
    "kms": _some("kms", "ListKeys ListAliases"),
    "sts": [IDENTITY],
    "backup": _some("backup", "ListBackupJobs ListRecoveryPointsByBackupVault"),
    "ses": _some("ses", "GetSendQuota GetSendStatistics"),
    "ecr": _some("ecr", "DescribeRepositories ListImages"),
}
WRITES = {
    "s3": _some("s3", "PutBucketPolicy PutBucketTagging", write=True),
    "ec2": _some(
        "ec2",
        "StartInstances StopInstances RebootInstances RunInstances CreateTags"
        " AuthorizeSecurityGroupIngress",
        write=True,
    ),
    "iam": _some("iam", "CreateRole AttachRolePolicy", write=True),
    "lambda": _some("lambda", "UpdateFunctionCode20150331v2", write=True),
    "cloudformation": _some("cloudformation", "CreateStack UpdateStack", write=True),
    "dynamodb": _some("dynamodb", "UpdateTable", write=True),
    "rds": _some("rds", "ModifyDBInstance", write=True),
    "ecs": _some("ecs", "UpdateService", write=True),
    "athena": _some("athena", "StartQueryExecution", write=True),
    "sagemaker": _some("sagemaker", "CreateTrainingJob", write=True),
    "backup": _some("backup", "StartBackupJob", write=True),
    "ses": _some("ses", "SendEmail", write=True),
    "ecr": _some("ecr", "PutImage", write=True),
    "secretsmanager": _some("secretsmanager", "GetSecretValue"),
    "kms": _some("kms", "Decrypt GenerateDataKey"),
}
OBJECTS = _some("s3", "GetObject", data=True) + _some("s3", "PutObject", write=True, data=True)
# What CloudFormation calls with the caller's rights, so the record keeps the caller's identity.
STACK_CALLS = _some("ec2", "AuthorizeSecurityGroupIngress CreateTags", write=True) + _some(
    "iam", "PassRole", write=True
)

# What somebody of the team works with: services, most used first.
TEAM_SERVICES = {
    "platform": ("ec2", "cloudformation", "iam", "s3", "ecs", "monitoring", "kms"),
    "backend": ("ecs", "lambda", "logs", "s3", "dynamodb", "cloudformation", "ecr"),
    "data": ("s3", "athena", "rds", "dynamodb", "logs", "kms"),
    "payments": ("rds", "lambda", "secretsmanager", "logs", "ecs", "kms"),
    "ml": ("sagemaker", "s3", "ec2", "ecr", "logs"),
    "finance": ("ce", "s3"),
    "security": ("cloudtrail", "config", "iam", "kms", "logs"),
}
ANY_SERVICES = ("ec2", "s3", "logs", "lambda", "cloudformation")


def services_of(title: str | None) -> tuple[str, ...]:
    """What the holder of a title works with: "Data engineer" is of team data."""
    return TEAM_SERVICES.get((title or "").split(" ")[0].lower(), ANY_SERVICES)


def work_on(services: tuple[str, ...], *, write: bool) -> list[Operation]:
    """The operations of some services; reading is everybody's fallback."""
    table = WRITES if write else READS
    found = [one for service in services for one in table.get(service, [])]
    return found or [one for service in services for one in READS[service]]
