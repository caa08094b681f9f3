"""Who is an administrator, through what, and when we cannot tell."""

import json
from datetime import UTC, datetime

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from inventory.admin_access import AdminAccess, allows_all, denies_all, effective_admin
from inventory.records import IamGroupRecord, IamUserRecord

ACCOUNT = "123456789012"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
DENY = "arn:aws:iam::aws:policy/AWSDenyAll"
CUSTOM = f"arn:aws:iam::{ACCOUNT}:policy/ops"
NOT_ADMIN = AdminAccess(admin=False, how=())
NOT_KNOWN = AdminAccess(admin=None, how=())


def document(effect="Allow", action="*", resource="*", **more):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": effect, "Action": action, "Resource": resource, **more}],
    }


def user(*attached, groups=(), inline=None):
    return IamUserRecord(
        account_id=ACCOUNT,
        arn=f"arn:aws:iam::{ACCOUNT}:user/ana",
        user_id="AIDACKCEVSQ6C2EXAMPLE",
        user_name="ana",
        path="/",
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        groups=tuple(groups),
        attached_policies=tuple(attached),
        inline_policies=inline or {},
        permissions_boundary=None,
        tags={},
    )


def group(name, *attached, inline=None):
    return IamGroupRecord(
        account_id=ACCOUNT,
        arn=f"arn:aws:iam::{ACCOUNT}:group/{name}",
        group_id="AGPAI23HZ27SI6FQMGNQ2",
        group_name=name,
        path="/",
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        attached_policies=tuple(attached),
        inline_policies=inline or {},
    )


def test_all_four_ways_to_be_an_administrator_are_named():
    admins = group("admins", ADMIN, inline={"all": document(action="*:*")})
    ana = user(CUSTOM, groups=["admins"], inline={"root": document(action=["s3:*", "*"])})

    access = effective_admin(ana, {"admins": admins}, {CUSTOM: document(resource=["*"])})

    assert access == AdminAccess(
        admin=True,
        how=(f"direct:{CUSTOM}", f"group:admins:{ADMIN}", "group:admins:inline:all", "inline:root"),
    )


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_administrator_access_is_known_without_its_document(partition):
    arn = f"arn:{partition}:iam::aws:policy/AdministratorAccess"

    assert effective_admin(user(arn), {}, {}) == AdminAccess(admin=True, how=(f"direct:{arn}",))


def test_only_administrator_access_and_deny_all_need_to_be_known_by_name():
    bundled = {
        name: policy["Document"] for name, policy in json.loads(aws_managed_policies_data).items()
    }

    assert [name for name, text in bundled.items() if allows_all(text)] == ["AdministratorAccess"]
    assert [name for name, text in bundled.items() if denies_all(text)] == ["AWSDenyAll"]


def test_a_customer_policy_that_copies_the_name_is_not_believed():
    arn = f"arn:aws:iam::{ACCOUNT}:policy/AdministratorAccess"

    assert effective_admin(user(arn), {}, {}) == NOT_KNOWN


def test_a_shown_document_is_believed_before_the_name():
    assert effective_admin(user(ADMIN), {}, {ADMIN: document(action="s3:*")}) == NOT_ADMIN


def test_a_deny_of_everything_ends_it_even_beside_unknown_policies():
    assert effective_admin(user(ADMIN, DENY, CUSTOM), {}, {}) == NOT_ADMIN


def test_a_deny_of_everything_with_a_condition_does_not():
    unless_mfa = document("Deny", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})

    assert effective_admin(user(ADMIN, inline={"mfa": unless_mfa}), {}, {}).admin is True


def test_an_administrator_with_mfa_is_an_administrator():
    with_mfa = document(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})

    assert effective_admin(user(inline={"mfa": with_mfa}), {}, {}).admin is True


@pytest.mark.parametrize("policies", [{}, {CUSTOM: None}])
def test_a_policy_whose_document_nobody_showed_is_not_known(policies):
    assert effective_admin(user(CUSTOM), {}, policies) == NOT_KNOWN


@pytest.mark.parametrize("groups", [None, {}])
def test_a_group_that_nobody_showed_is_not_known(groups):
    assert effective_admin(user(groups=["ops"]), groups, {}) == NOT_KNOWN


def test_a_proven_administrator_stays_one_beside_unknown_policies():
    access = effective_admin(user(ADMIN, CUSTOM, groups=["ops"]), None, {})

    assert access == AdminAccess(admin=True, how=(f"direct:{ADMIN}",))


@pytest.mark.parametrize(
    "almost",
    [
        document(action="iam:*"),
        document(resource="arn:aws:s3:::*"),
        document(effect="allow"),
        {"Statement": [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]},
        {"Statement": [{"Effect": "Allow", "Action": "*", "NotResource": "x"}]},
        {"Statement": ["Allow", None]},
        document(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        document(Condition={"Bool": {"aws:IsMcpServiceAction": "true"}}),
        document(Condition="broken"),
        {},
    ],
)
def test_less_than_everything_is_not_an_administrator(almost):
    assert effective_admin(user(inline={"almost": almost}), {}, {}) == NOT_ADMIN


def test_a_single_statement_may_stand_without_a_list():
    single = {"Statement": {"Effect": "Allow", "Action": ["*"], "Resource": "*"}}

    assert effective_admin(user(inline={"one": single}), {}, {}).admin is True


def test_a_user_without_policies_is_no_administrator_even_when_groups_are_not_known():
    assert effective_admin(user(), None, {}) == NOT_ADMIN
