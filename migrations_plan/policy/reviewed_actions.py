"""Calls whose IAM action has another name, or which need more than one; reviewed one by one.

Source: the user guide of each service as named; the Service Authorization Reference for which
actions there are (a test proves that each of these is one). Event names in lower case.
"""

from collections.abc import Mapping

from migrations_plan.policy.needs import Needed
from migrations_plan.policy.s3_actions import S3_ACTIONS

_HANDS_ROLE = "the call hands a role to the service"
_HANDS_SOME = "a role in the request must be passed"
_MAY_PASS = ("iam:PassRole",)
_ANYBODY = "AWS lets every caller do this"
_LONG_TERM = "only a user's own credentials may ask for it"

_SIGN_IN = (
    "checkmfa",
    "consolelogin",
    "credentialverification",
    "exitrole",
    "getsignintoken",
    "renewrole",
    "switchrole",
    "userauthentication",
)


def _dynamodb(*names: str) -> tuple[str, ...]:
    return tuple(f"dynamodb:{name}" for name in names)


def _passing(*actions: str) -> dict[str, Needed]:
    """Calls that always name a role, which the caller must be allowed to pass."""
    return {
        action.split(":")[1].lower(): Needed((action, "iam:PassRole"), why=_HANDS_ROLE)
        for action in actions
    }


def _may_pass(*actions: str) -> dict[str, Needed]:
    """Calls that may name a role."""
    return {
        action.split(":")[1].lower(): Needed((action,), _MAY_PASS, why=_HANDS_SOME)
        for action in actions
    }


_LAMBDA = {
    **_passing("lambda:CreateFunction"),
    **_may_pass("lambda:UpdateFunctionConfiguration"),
    "invoke": Needed(("lambda:InvokeFunction",), why="IAM says what is invoked"),
    "invokewithresponsestream": Needed(("lambda:InvokeFunction",), why="streaming is invoking"),
    "getlayerversionbyarn": Needed(("lambda:GetLayerVersion",), why="by ARN or by name alike"),
}
_EC2 = {
    **_may_pass(
        "ec2:RunInstances",
        "ec2:AssociateIamInstanceProfile",
        "ec2:ReplaceIamInstanceProfileAssociation",
        "ec2:RequestSpotInstances",
        "ec2:CreateFlowLogs",
    ),
    **_passing("ec2:RequestSpotFleet"),
}
_DYNAMODB = {
    "transactgetitems": Needed(("dynamodb:GetItem",), why="a transaction is its items"),
    "transactwriteitems": Needed(
        (),
        _dynamodb("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"),
        why="a transaction is its items, and the counts do not say which",
    ),
    **{
        name: Needed(
            (),
            _dynamodb("PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"),
            why="the statement decides which",
        )
        for name in ("executestatement", "executetransaction", "batchexecutestatement")
    },
}
_BUDGETS = {
    **{
        name: Needed(("budgets:ViewBudget",), why="viewing is one right")
        for name in (
            "describebudget",
            "describebudgets",
            "describebudgetperformancehistory",
            "describebudgetnotificationsforaccount",
            "describenotificationsforbudget",
            "describesubscribersfornotification",
        )
    },
    **{
        f"{verb}{noun}": Needed(("budgets:ModifyBudget",), why="changing is one right")
        for verb in ("create", "update", "delete")
        for noun in ("budget", "notification", "subscriber")
    },
}

# By IAM prefix, then by event.
REVIEWED: Mapping[str, Mapping[str, Needed]] = {
    "s3": S3_ACTIONS,
    "lambda": _LAMBDA,
    "ec2": _EC2,
    "dynamodb": _DYNAMODB,
    "budgets": _BUDGETS,
    "sts": {
        "getcalleridentity": Needed((), why=_ANYBODY),
        "getsessiontoken": Needed((), never_by_roles=True, why=_LONG_TERM),
        "getfederationtoken": Needed(
            ("sts:GetFederationToken",), never_by_roles=True, why=_LONG_TERM
        ),
        "assumerolewithsaml": Needed((), why="the assertion is the right"),
        "assumerolewithwebidentity": Needed((), why="the token is the right"),
    },
    "signin": {
        name: Needed((), why="a sign-in is decided by the credential, not by policies")
        for name in _SIGN_IN
    },
    "kms": {
        "reencrypt": Needed(("kms:ReEncryptFrom", "kms:ReEncryptTo"), why="from one key to another")
    },
    "bedrock": {
        "converse": Needed(("bedrock:InvokeModel",), why="a conversation invokes the model"),
        "conversestream": Needed(
            ("bedrock:InvokeModelWithResponseStream",), why="the same, streamed"
        ),
    },
    "iam": _may_pass("iam:AddRoleToInstanceProfile"),
    "cloudformation": _may_pass(
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        "cloudformation:DeleteStack",
        "cloudformation:CreateChangeSet",
        "cloudformation:CreateStackSet",
        "cloudformation:UpdateStackSet",
    ),
    "ecs": _may_pass("ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:CreateService")
    | _may_pass("ecs:UpdateService", "ecs:StartTask"),
    "eks": _passing("eks:CreateCluster", "eks:CreateNodegroup", "eks:CreateFargateProfile"),
    "glue": _passing("glue:CreateJob", "glue:CreateCrawler", "glue:CreateDevEndpoint")
    | _may_pass("glue:UpdateJob", "glue:UpdateCrawler"),
    "states": _passing("states:CreateStateMachine") | _may_pass("states:UpdateStateMachine"),
    "codebuild": _passing("codebuild:CreateProject") | _may_pass("codebuild:UpdateProject"),
    "codepipeline": _passing("codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"),
    "sagemaker": _passing(
        "sagemaker:CreateNotebookInstance",
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateProcessingJob",
    )
    | _may_pass("sagemaker:CreateModel"),
    "elasticmapreduce": _may_pass("elasticmapreduce:RunJobFlow"),
    "events": _may_pass("events:PutTargets"),
    "scheduler": _passing("scheduler:CreateSchedule", "scheduler:UpdateSchedule"),
    "config": _may_pass("config:PutConfigurationRecorder"),
    "cloudtrail": _may_pass("cloudtrail:CreateTrail", "cloudtrail:UpdateTrail"),
    "rds": _may_pass("rds:CreateDBInstance", "rds:ModifyDBInstance", "rds:CreateDBCluster"),
    "redshift": _may_pass("redshift:CreateCluster", "redshift:ModifyClusterIamRoles"),
    "firehose": _may_pass("firehose:CreateDeliveryStream", "firehose:UpdateDestination"),
    "autoscaling": _may_pass(
        "autoscaling:CreateLaunchConfiguration", "autoscaling:PutLifecycleHook"
    ),
    "ssm": _may_pass("ssm:SendCommand", "ssm:StartAutomationExecution")
    | _passing("ssm:CreateActivation"),
}
