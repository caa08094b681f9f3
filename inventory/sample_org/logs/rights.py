"""Whether a user or a permission set of the world may make a call: roughly, for the story.

AWS's managed policies are known by what they are for. Resources and conditions are left aside: the
world's policies do not use them where it matters here.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from inventory.sample_org.spec import PermissionSet, User, World

_BILLING = ("ce:*", "budgets:*", "cur:*", "billing:*", "aws-portal:*")
_MANAGED: dict[str, tuple[str, ...]] = {
    "AdministratorAccess": ("*",),
    "AWSBillingReadOnlyAccess": _BILLING,
    "Billing": _BILLING,
    "AmazonS3FullAccess": ("s3:*",),
    "AmazonS3ReadOnlyAccess": ("s3:Get*", "s3:List*"),
    "AmazonEC2FullAccess": ("ec2:*", "autoscaling:*", "elasticloadbalancing:*", "cloudwatch:*"),
    "AmazonSESFullAccess": ("ses:*",),
    "AWSBackupFullAccess": ("backup:*", "ec2:Describe*", "rds:Describe*", "dynamodb:List*"),
    "CloudWatchReadOnlyAccess": ("cloudwatch:Get*", "cloudwatch:List*", "logs:Get*", "logs:Des*"),
    "IAMFullAccess": ("iam:*",),
}
_READERS = ("ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess")
_SECRET_READS = ("secretsmanager:GetSecretValue", "kms:Decrypt", "sts:AssumeRole")
# Needs no permission: AWS answers it to anybody whom it can identify.
_FREE = ("sts:GetCallerIdentity", "sts:GetSessionToken")


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _fits(patterns: Iterable[str], action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)


def _says(document: Any, effect: str, action: str) -> bool:
    return any(
        statement["Effect"] == effect and _fits(_many(statement["Action"]), action)
        for statement in document["Statement"]
    )


class Rights:
    """Judges calls by the policies of one world."""

    def __init__(self, world: World) -> None:
        self._own = {
            (policy.account, policy.name): policy.versions[(policy.default or 0) - 1]
            for policy in world.policies
        }
        self._groups = {(group.account, group.name): group for group in world.groups}

    def _managed(self, account: str, name: str, action: str, *, write: bool) -> bool:
        short = name.rsplit("/", 1)[-1]
        if (account, name) in self._own:
            return _says(self._own[(account, name)], "Allow", action)
        if short == "PowerUserAccess":
            return not _fits(("iam:*", "organizations:*", "account:*"), action)
        if short in _READERS:
            return not write and action not in _SECRET_READS
        return _fits(_MANAGED.get(short, ()), action)

    def user_may(self, user: User, action: str, *, write: bool) -> bool:
        """For an IAM user: its policies, its groups', less what is denied or outside its
        boundary."""
        groups = [self._groups[(user.account, name)] for name in user.groups]
        policies = [*user.policies, *(one for group in groups for one in group.policies)]
        documents = [*user.inline, *(one for group in groups for one in group.inline)]
        if action in _FREE:
            return True
        if any(name.endswith("/AWSDenyAll") for name in policies):
            return False
        if user.boundary and not self._managed(user.account, user.boundary, action, write=write):
            return False
        return any(
            self._managed(user.account, name, action, write=write) for name in policies
        ) or any(_says(document, "Allow", action) for _name, document in documents)

    def set_may(self, spec: PermissionSet, account: str, action: str, *, write: bool) -> bool:
        """For a session of a permission set."""
        if action in _FREE:
            return True
        if spec.inline and _says(spec.inline, "Deny", action):
            return False
        allowed = any(self._managed(account, name, action, write=write) for name in spec.policies)
        for name, _path in spec.customer:
            allowed = allowed or self._managed(account, name, action, write=write)
        return allowed or bool(spec.inline and _says(spec.inline, "Allow", action))
