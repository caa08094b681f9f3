"""Policy documents that several worlds use: statements, trust policies, AWS's own policies."""

from inventory.aws.permissions import (
    MANAGEMENT_ACTIONS,
    MANAGEMENT_ROLE_NAME,
    READER_ACTIONS,
    READER_ROLE_NAME,
)
from inventory.sample_org.constants import AWS_POLICY_PREFIX, EXTERNAL_ID, MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.spec import ControlPolicy, Document, Role, Tags

ADMIN = f"{AWS_POLICY_PREFIX}AdministratorAccess"
DENY_ALL = f"{AWS_POLICY_PREFIX}AWSDenyAll"
READ_ONLY = f"{AWS_POLICY_PREFIX}ReadOnlyAccess"
POWER_USER = f"{AWS_POLICY_PREFIX}PowerUserAccess"
SECURITY_AUDIT = f"{AWS_POLICY_PREFIX}SecurityAudit"
BILLING_READ = f"{AWS_POLICY_PREFIX}AWSBillingReadOnlyAccess"
BILLING = f"{AWS_POLICY_PREFIX}job-function/Billing"
VIEW_ONLY = f"{AWS_POLICY_PREFIX}job-function/ViewOnlyAccess"
S3_FULL = f"{AWS_POLICY_PREFIX}AmazonS3FullAccess"
S3_READ = f"{AWS_POLICY_PREFIX}AmazonS3ReadOnlyAccess"
EC2_FULL = f"{AWS_POLICY_PREFIX}AmazonEC2FullAccess"
SES_FULL = f"{AWS_POLICY_PREFIX}AmazonSESFullAccess"
BACKUP_FULL = f"{AWS_POLICY_PREFIX}AWSBackupFullAccess"
CHANGE_PASSWORD = f"{AWS_POLICY_PREFIX}IAMUserChangePassword"
CLOUDWATCH_READ = f"{AWS_POLICY_PREFIX}CloudWatchReadOnlyAccess"
CODECOMMIT = f"{AWS_POLICY_PREFIX}AWSCodeCommitPowerUser"
LAMBDA_BASIC = f"{AWS_POLICY_PREFIX}service-role/AWSLambdaBasicExecutionRole"
SSM_CORE = f"{AWS_POLICY_PREFIX}AmazonSSMManagedInstanceCore"

GITHUB = "token.actions.githubusercontent.com"


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, resource: str = "*") -> Document:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def deny(sid: str, *actions: str) -> Document:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": "*"}


STAR: Document = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
NO_IAM_WRITES: Document = document(
    deny(
        "NoIamWrites",
        "iam:Create*",
        "iam:Delete*",
        "iam:Put*",
        "iam:Attach*",
        "iam:Detach*",
        "iam:Update*",
    )
)


def trusts_service(service: str) -> Document:
    principal = {"Service": service}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def trusts_github(account_id: str, subject: str) -> Document:
    provider = f"arn:aws:iam::{account_id}:oidc-provider/{GITHUB}"
    condition = {
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{GITHUB}:sub": subject},
    }
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
    )


def trusts_account(account_id: str, external_id: str | None = None) -> Document:
    statement: Document = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
        "Action": "sts:AssumeRole",
    }
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return document(statement)


def portal_roles(account_ids: tuple[str, ...]) -> tuple[Role, ...]:
    """The portal's own role in the management account and its reader role in every account."""
    home = MANAGEMENT_ACCOUNT_ID
    tags: Tags = (("owner", "security"),)
    hop = allow("sts:AssumeRole", resource=f"arn:aws:iam::*:role/{READER_ROLE_NAME}")
    portal = Role(
        home,
        MANAGEMENT_ROLE_NAME,
        trusts_service("ecs-tasks.amazonaws.com"),
        inline=(("read", document(allow(*MANAGEMENT_ACTIONS), hop)),),
        description="Access Portal reads the organization",
        tags=tags,
        created=20,
        used=0.1,
    )
    trust = document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{home}:role/{MANAGEMENT_ROLE_NAME}"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
        }
    )
    readers = (
        Role(
            account_id,
            READER_ROLE_NAME,
            trust,
            inline=(("read", document(allow(*READER_ACTIONS))),),
            description="Access Portal reads IAM",
            tags=tags,
            created=20,
            used=0.1,
        )
        for account_id in account_ids
    )
    return (portal, *readers)


def deny_iam_users(units: tuple[tuple[str, ...], ...]) -> ControlPolicy:
    """The control policy of the seed story, weaknesses included."""
    statement = deny(
        "DenyIAMUserCreation", "iam:CreateUser", "iam:CreateLoginProfile", "iam:CreateAccessKey"
    )
    statement["Condition"] = {"StringNotEquals": {"aws:PrincipalTag/AllowIAMUsers": "true"}}
    return ControlPolicy(
        "DenyIAMUserCreation", "No new IAM users without the tag", document(statement), units
    )
