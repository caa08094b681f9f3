"""Whether a permission set makes an administrator, and whom it reaches."""

import pytest

from inventory.models import PermissionSet
from migrations_plan.gather.permission_sets import administrator_like, set_rows
from tests import builders

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NONE = {"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
SOME = {"Statement": [{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}


def one(**values):
    return PermissionSet(**{"managed_policies": [], "customer_managed_policies": [], **values})


@pytest.mark.parametrize(
    ("values", "documents", "expected"),
    [
        ({}, {}, False),
        ({"managed_policies": [ADMIN]}, {}, True),
        ({"managed_policies": ["arn:aws-cn:iam::aws:policy/AdministratorAccess"]}, {}, True),
        ({"managed_policies": ["arn:aws:iam::123456789012:policy/AdministratorAccess"]}, {}, False),
        ({"inline_policy": ALL}, {}, True),
        ({"managed_policies": [ADMIN], "inline_policy": SOME}, {}, True),
        ({"managed_policies": [ADMIN], "inline_policy": NONE}, {}, False),
        ({"customer_managed_policies": ["/ops/all"]}, {"/ops/all": [ALL]}, True),
        ({"customer_managed_policies": ["/ops/all"]}, {"/ops/all": [SOME]}, False),
        ({"customer_managed_policies": ["/ops/all"]}, {"/ops/all": [SOME, None]}, None),
        ({"customer_managed_policies": ["/ops/all"]}, {}, None),
        ({"managed_policies": None}, {}, None),
        ({"customer_managed_policies": None}, {}, None),
    ],
)
def test_administrator_like(values, documents, expected):
    assert administrator_like(one(**values), documents).yes is expected


def test_a_boundary_is_told_beside_it():
    limited = one(managed_policies=[ADMIN], permissions_boundary={"ManagedPolicyArn": "x"})

    assert administrator_like(limited, {}).limited


@pytest.fixture
def shared(db):
    """A set for a group of two in two accounts, one of them named directly too."""
    found = builders.permission_set("Shared", managed_policies=[], customer_managed_policies=[])
    group, first = builders.store_group(), builders.store_user()
    builders.membership(group, first)
    builders.membership(group, builders.store_user())
    for account in (builders.account(), builders.account()):
        builders.assignment(account, found, group.group_id)
        builders.assignment(account, found, first.user_id, "USER")
    return found


def test_people_and_accounts_count_once(shared):
    (row,) = set_rows([shared], assignments_read=True, people_read=True)

    assert (row.accounts, row.people) == (2, 2)


def test_what_was_not_read_is_not_zero(shared):
    (row,) = set_rows([shared], assignments_read=False, people_read=True)
    (other,) = set_rows([shared], assignments_read=True, people_read=False)

    assert (row.accounts, row.people) == (None, None)
    assert (other.accounts, other.people) == (2, None)
