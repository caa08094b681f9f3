"""Prepares moto before its first backend exists: few managed policies, our clock, AWS's id shapes.

moto parses 1,582 AWS managed policies per account, 2.5 seconds each; the sample needs a few.
Classes and functions are replaced in moto's modules because that is where moto looks them up.
"""

import json
import os
from typing import Any

from moto.cloudtrail import models as cloudtrail_models
from moto.iam import models as iam_models
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.organizations import models as organizations_models
from moto.organizations import utils as organizations_utils
from moto.ssoadmin import models as sso_models
from moto.ssoadmin import responses as sso_responses

from inventory.sample_org.clock import naive_now, now_seconds
from inventory.sample_org.ids import Ids

MANAGED_POLICIES = (
    "AWSBackupFullAccess",
    "AWSBillingReadOnlyAccess",
    "AWSCodeCommitPowerUser",
    "AWSDenyAll",
    "AWSLambdaBasicExecutionRole",
    "AdministratorAccess",
    "AmazonEC2FullAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSESFullAccess",
    "AmazonSSMManagedInstanceCore",
    "Billing",
    "CloudWatchReadOnlyAccess",
    "IAMFullAccess",
    "IAMUserChangePassword",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
)


def replace(owner: Any, **members: Any) -> None:
    """Puts our member in the place of moto's."""
    for name, member in members.items():
        setattr(owner, name, member)


def _fresh(prefix: str, length: int = 17) -> str:
    """An id for something created while running: unique, never repeated by a restart."""
    return Ids(os.urandom(8).hex()).unique(prefix, length=length)


class SampleUser(iam_models.User):
    """moto's user with what it forgets: its login profile's dates and its permissions boundary."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.id = _fresh("AIDA")
        self.login_created: Any = None
        self.password_changed: Any = None
        self.permissions_boundary_arn: str | None = None

    @property
    def permissions_boundary(self) -> dict[str, str] | None:
        if self.permissions_boundary_arn is None:
            return None
        return {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": self.permissions_boundary_arn,
        }


class SampleGroup(iam_models.Group):
    """moto's group with an id of AWS's shape."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.id = _fresh("AGPA")


class SampleTrail(cloudtrail_models.Trail):
    """A trail whose bucket need not exist: the sample keeps no log objects."""

    def check_bucket_exists(self) -> None:
        return None


class _AccountIds:
    """The id of the next account that moto creates; moto itself would draw one."""

    def __init__(self) -> None:
        self.upcoming: str | None = None
        self.drawn = 0

    def __call__(self) -> str:
        if self.upcoming is None:
            self.drawn += 1
            return f"{900000000000 + self.drawn}"
        chosen, self.upcoming = self.upcoming, None
        return chosen


ACCOUNT_IDS = _AccountIds()


def _record_use(account_id: str, access_key: str, service: str, region: str) -> None:
    """Key use is recorded as AWS does; role use is not, so reading does not change the world."""
    key = iam_models.iam_backends[account_id]["aws"].access_keys.get(access_key)
    if key is not None:
        key.last_used = iam_models.AccessKeyLastUsed(naive_now(), service, region)


def _permission_set_arn(instance_arn: str) -> str:
    """moto emits :instance/.../ps-..., AWS :permissionSet/ssoins-.../ps-..."""
    ending = Ids(os.urandom(8).hex()).hexadecimal(16)
    return f"{instance_arn.replace(':instance/', ':permissionSet/')}/ps-{ending}"


def managed_policies_slice() -> str:
    everything = json.loads(aws_managed_policies_data)
    return json.dumps({name: everything[name] for name in MANAGED_POLICIES})


def prepare() -> None:
    """Must run before the first backend is touched, since backends parse policies when made."""
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    few = managed_policies_slice()
    replace(
        iam_models,
        aws_managed_policies_data=few,
        utcnow=naive_now,
        User=SampleUser,
        Group=SampleGroup,
        mark_account_as_visited=_record_use,
        random_policy_id=lambda: _fresh("ANPA"),
    )
    replace(sso_models, aws_managed_policies_data=few, unix_time=now_seconds)
    replace(sso_models.PermissionSet, generate_id=staticmethod(_permission_set_arn))
    replace(sso_responses, unix_time=now_seconds)
    replace(organizations_models, utcnow=naive_now)
    replace(organizations_utils, make_random_account_id=ACCOUNT_IDS)
    replace(cloudtrail_models, utcnow=naive_now, Trail=SampleTrail)
