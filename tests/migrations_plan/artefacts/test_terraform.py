"""Terraform is what it says, is formatted, survives hostile names, and imports what exists."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from migrations_plan.artefacts.hcl_blocks import labels
from migrations_plan.artefacts.quoting import hcl, hcl_value
from migrations_plan.artefacts.terraform import (
    Assignment,
    CustomerPolicy,
    Directory,
    Group,
    PermissionSet,
    TerraformError,
    identity_center,
)
from tests.terraform_checks import assert_formatted, evaluated, imports, resources

AS_OF = datetime(2026, 11, 30, 22, tzinfo=UTC)
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
BILLING = "arn:aws:iam::aws:policy/job-function/Billing"
SET_ARN = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Own",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::homes/${aws:username}/*",
            "Condition": {"Bool": {"aws:SecureTransport": True}, "Null": {"aws:x": False}},
        },
        {"Effect": "Deny", "Action": [], "Resource": [], "Condition": {}},
    ],
}
HOSTILE = (
    'a"b\\c',
    '${file("/etc/passwd")}',
    "$${x}",
    "%{ if true }x%{ endif }",
    "%%{x}",
    "line\nbreak\ttab\r",
    "\x07\N{RIGHT-TO-LEFT OVERRIDE}\U000e0041",
    "$",
    "${",
    "é\N{SNOWMAN}",
    '" } resource "x" "y" {',
)


def directory(**changes):
    developer = PermissionSet(
        "Developer",
        "Read most things, write to dev/stage, no prod write",
        "PT8H",
        (READ_ONLY, BILLING),
        (CustomerPolicy("team", "/x/"),),
        POLICY,
        CustomerPolicy("limits"),
        (("tier", "daily"), ("a", "b")),
        SET_ARN,
    )
    glass = PermissionSet("ProdBreakGlass", "", "PT1H", boundary=READ_ONLY)
    facts: dict[str, Any] = {
        "instance_arn": INSTANCE,
        "identity_store_id": "d-1234567890",
        "sets": (glass, developer),
        "groups": (
            Group("aws-developers", id="g-1"),
            Group("local", "By hand", scim=False, id="g-2"),
            Group("new", scim=False),
        ),
        "assignments": (
            Assignment("Developer", "555555555555", "aws-developers", exists=True),
            Assignment("Developer", "888888888888", "local", exists=True),
            Assignment("ProdBreakGlass", "555555555555", "new"),
            Assignment("Developer", "555555555555", user_id="u-1", exists=True),
        ),
        "as_of": AS_OF,
    }
    return Directory(**(facts | changes))


# This parser, unlike Terraform, cannot read an escaped "${" that no "}" follows.
READABLE = tuple(text for text in HOSTILE if text != "${")


def hostile_directory(names=HOSTILE):
    sets = tuple(
        PermissionSet(name, name, name, (name,), (CustomerPolicy(name, name),), {name: name}, name)
        for name in names
    )
    groups = tuple(
        Group(name, name, scim=number % 2 == 0, id=name) for number, name in enumerate(names)
    )
    assignments = tuple(Assignment(name, "1" * 12, name, exists=True) for name in names)
    return directory(sets=sets, groups=groups, assignments=assignments)


WHOLE = identity_center(directory())
HOSTILE_WHOLE = identity_center(hostile_directory())
ALL = pytest.mark.parametrize("made", [WHOLE, HOSTILE_WHOLE], ids=["whole", "hostile"])


@ALL
def test_terraform_would_not_change_a_sign(made, tmp_path):
    assert_formatted(made.text, tmp_path)


@ALL
def test_it_says_of_when_it_is(made):
    assert "# Made from facts as of 2026-11-30T22:00:00Z.\n" in made.text


@pytest.mark.parametrize("text", HOSTILE)
def test_terraform_reads_a_hostile_string_as_it_was(text, tmp_path):
    assert evaluated(hcl(text), tmp_path) == text


def test_terraform_reads_a_policy_as_it_was(tmp_path):
    assert evaluated(hcl_value(POLICY), tmp_path) == POLICY


def test_a_parser_finds_every_resource():
    kinds = sorted(resources(WHOLE.text))

    assert kinds == sorted(
        [
            ("aws_identitystore_group", "local"),
            ("aws_identitystore_group", "new"),
            ("aws_ssoadmin_account_assignment", "developer_555555555555_aws_developers"),
            ("aws_ssoadmin_account_assignment", "developer_555555555555_u_1"),
            ("aws_ssoadmin_account_assignment", "developer_888888888888_local"),
            ("aws_ssoadmin_account_assignment", "prodbreakglass_555555555555_new"),
            ("aws_ssoadmin_customer_managed_policy_attachment", "developer_x_team"),
            ("aws_ssoadmin_managed_policy_attachment", "developer_job_function_billing"),
            ("aws_ssoadmin_managed_policy_attachment", "developer_readonlyaccess"),
            ("aws_ssoadmin_permission_set", "developer"),
            ("aws_ssoadmin_permission_set", "prodbreakglass"),
            ("aws_ssoadmin_permission_set_inline_policy", "developer"),
            ("aws_ssoadmin_permissions_boundary_attachment", "developer"),
            ("aws_ssoadmin_permissions_boundary_attachment", "prodbreakglass"),
        ]
    )


def test_what_a_parser_finds_in_a_permission_set():
    found = resources(WHOLE.text)[("aws_ssoadmin_permission_set", "developer")]

    assert found["name"] == '"Developer"'
    assert found["session_duration"] == '"PT8H"'
    assert found["instance_arn"] == "${local.instance_arn}"
    assert json.loads(found["description"]) == "Read most things, write to dev/stage, no prod write"


def test_hostile_names_make_no_resource_of_their_own():
    found = resources(identity_center(hostile_directory(READABLE)).text)
    sets = [label for kind, label in found if kind == "aws_ssoadmin_permission_set"]

    assert len(sets) == len(READABLE)
    assert ("x", "y") not in found


def test_what_exists_is_imported_by_the_providers_own_ids():
    found = imports(WHOLE.text)
    tail = f"{SET_ARN},{INSTANCE}"

    assert found == {
        "aws_ssoadmin_permission_set.developer": tail,
        "aws_ssoadmin_managed_policy_attachment.developer_readonlyaccess": f"{READ_ONLY},{tail}",
        "aws_ssoadmin_managed_policy_attachment.developer_job_function_billing": (
            f"{BILLING},{tail}"
        ),
        "aws_ssoadmin_customer_managed_policy_attachment.developer_x_team": f"team,/x/,{tail}",
        "aws_ssoadmin_permission_set_inline_policy.developer": tail,
        "aws_ssoadmin_permissions_boundary_attachment.developer": tail,
        "aws_identitystore_group.local": "d-1234567890/g-2",
        "aws_ssoadmin_account_assignment.developer_555555555555_aws_developers": (
            f"g-1,GROUP,555555555555,AWS_ACCOUNT,{tail}"
        ),
        "aws_ssoadmin_account_assignment.developer_888888888888_local": (
            f"g-2,GROUP,888888888888,AWS_ACCOUNT,{tail}"
        ),
        "aws_ssoadmin_account_assignment.developer_555555555555_u_1": (
            f"u-1,USER,555555555555,AWS_ACCOUNT,{tail}"
        ),
    }


def test_groups_of_an_identity_provider_are_only_looked_up():
    assert 'data "aws_identitystore_group" "aws_developers" {' in WHOLE.text
    assert 'resource "aws_identitystore_group" "aws_developers"' not in WHOLE.text
    assert "principal_id       = data.aws_identitystore_group.aws_developers.group_id" in WHOLE.text


def test_names_that_would_be_written_alike_are_told_apart():
    found = labels(["A b", "a-b", "c", "1", "=", "-"])

    assert len(set(found.values())) == len(found)
    assert found["c"] == "c"
    assert found["1"] == "n_1"


def test_the_order_of_the_facts_does_not_matter():
    one = directory()
    other = directory(
        sets=one.sets[::-1], groups=one.groups[::-1], assignments=one.assignments[::-1]
    )

    assert identity_center(other) == WHOLE


@pytest.mark.parametrize(
    "assignment",
    [
        Assignment("Nothing", "1" * 12, "local"),
        Assignment("Developer", "1" * 12, "nobody"),
        Assignment("Developer", "1" * 12),
        Assignment("Developer", "1" * 12, "local", "u-1"),
    ],
)
def test_facts_that_do_not_fit_are_refused(assignment):
    with pytest.raises(TerraformError):
        identity_center(directory(assignments=(assignment,)))
