"""What the portal may do is what it does, no more and no less, and the documents say the same."""

import ast
import json
import re
import shutil
import subprocess
from pathlib import Path

import botocore.session
import pytest
from cfnlint import api as cfnlint  # type: ignore[import-untyped]
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]

import inventory.aws
from inventory.aws import policies
from inventory.aws.explain import iam_name
from inventory.aws.permissions import (
    LOG_BUCKET_ACTIONS,
    LOG_READER_ACTIONS,
    MANAGEMENT_ACTIONS,
    READER_ACTIONS,
    READER_ROLE_NAME,
)
from inventory.aws.s3_get import OPERATION

ROOT = Path(__file__).parents[3]
MODULES = sorted(Path(str(inventory.aws.__file__)).parent.glob("*.py"))
ASKING = {"call", "call_or_none", "pages", "parsed", "broken"}
NEEDS_NO_PERMISSION = "sts:GetCallerIdentity"
# Signed by hand in s3_get.py, because log objects are many.
PAST_BOTO3 = iam_name("s3", OPERATION)
ALL_READER_ACTIONS = {*READER_ACTIONS, *LOG_READER_ACTIONS}
READ_VERBS = ("List", "Get", "Describe", "Lookup", "Generate")


def operations_used():
    """(service, operation) of every literal question to AWS in the island."""
    found = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ASKING:
                names = [getattr(argument, "value", None) for argument in node.args[:2]]
                if len(names) == 2 and all(isinstance(name, str) for name in names):
                    found.add(tuple(names))
    return found


def actions_used():
    session = botocore.session.get_session()
    actions = {PAST_BOTO3}
    for service, operation in operations_used():
        known = {
            botocore.xform_name(name): name
            for name in session.get_service_model(service).operation_names
        }
        actions.add(iam_name(service, known[operation]))
    return actions


def actions_of(policy):
    return [action for one in policy["Statement"] for action in one["Action"]]


def test_every_action_used_is_granted_and_every_action_granted_is_used():
    granted = {*MANAGEMENT_ACTIONS, *ALL_READER_ACTIONS, *LOG_BUCKET_ACTIONS}
    assert actions_used() == granted | {"sts:AssumeRole", NEEDS_NO_PERMISSION}


def test_the_portal_only_reads():
    allowed = {"sts:AssumeRole"}
    for action in actions_used() - allowed:
        assert action.partition(":")[2].startswith(READ_VERBS)


def test_no_client_is_asked_past_the_one_way():
    for module in MODULES:
        text = module.read_text(encoding="utf-8")
        assert "get_paginator" not in text
        if module.name != "session.py":
            assert not re.search(r"^(import|from) boto3", text, re.M)


@pytest.mark.parametrize(
    "policy", [policies.management_policy("trail-logs"), policies.reader_policy()]
)
def test_policies_name_each_action_once_with_a_sid_and_no_wildcard(policy):
    actions = actions_of(policy)
    assert len(actions) == len(set(actions))
    assert not [action for action in actions if "*" in action]
    sids = [one["Sid"] for one in policy["Statement"]]
    assert len(sids) == len(set(sids))
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
    assert len(json.dumps(policy)) < 6144


def test_the_management_role_may_become_readers_only_and_read_one_bucket_only():
    statements = {one["Sid"]: one for one in policies.management_policy("logs")["Statement"]}
    assume = statements["BecomeReaderInEachAccount"]
    assert assume["Resource"] == f"arn:*:iam::*:role/{READER_ROLE_NAME}"
    assert statements["ListTrailBucket"]["Resource"] == "arn:*:s3:::logs"
    assert statements["ReadTrailObjects"]["Resource"] == "arn:*:s3:::logs/*AWSLogs/*"
    assert "s3:GetObject" not in actions_of(policies.management_policy())


def test_the_reader_trusts_one_role_and_its_external_id():
    role = "arn:aws:iam::111122223333:role/access-portal"
    (statement,) = policies.reader_trust_policy(role, "long-random")["Statement"]
    assert statement["Principal"] == {"AWS": role}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "long-random"}}


@pytest.mark.parametrize("name", policies.generated_files())
def test_the_committed_files_are_what_the_code_generates(name):
    path = ROOT / "docs" / "aws" / name
    assert path.read_text(encoding="utf-8") == policies.generated_files()[name], (
        "run: python -m inventory.aws.policies docs/aws"
    )


@pytest.mark.parametrize("template", ["cloudformation_template", "management_template"])
def test_templates_pass_cfn_lint(template):
    text = getattr(policies, template)()
    assert cfnlint.lint(text, config=ManualArgs(regions=["us-east-1", "eu-west-1"])) == []


def test_the_templates_grant_exactly_the_policies():
    reader = json.loads(policies.cloudformation_template())["Resources"]["Reader"]["Properties"]
    assert reader["Policies"][0]["PolicyDocument"] == policies.reader_policy()
    resources = json.loads(policies.management_template())["Resources"]
    portal = resources["Portal"]["Properties"]["Policies"][0]["PolicyDocument"]
    assert actions_of(portal) == actions_of(policies.management_policy())
    assert resources["Reader"]["Properties"]["Policies"] == reader["Policies"]


def test_terraform_grants_exactly_the_policies():
    granted = set(re.findall(r'^ {6}"([a-z0-9]+:\w+)",$', policies.terraform(), re.M))
    assert granted == {*MANAGEMENT_ACTIONS, *ALL_READER_ACTIONS, "sts:AssumeRole"}


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_is_formatted():
    path = ROOT / "docs" / "aws" / "main.tf"
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-diff", "-no-color", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_documentation_gives_a_reason_for_every_action_and_no_other():
    text = (ROOT / "docs" / "aws-permissions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+:\w+)` \| (management|reader) \| (.+) \|$", text, re.M)
    logs = actions_of(policies.management_policy("logs"))
    expected = [(action, "management") for action in logs]
    expected += [(action, "reader") for action in ALL_READER_ACTIONS]
    assert sorted((action, role) for action, role, _why in rows) == sorted(expected)


def test_the_documentation_counts_the_calls_of_every_source():
    text = (ROOT / "docs" / "aws-calls.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| .+ \|$", text, re.M)
    sources = {
        function.name.removeprefix("fetch_")
        for module in MODULES
        for function in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef) and function.name.startswith("fetch_")
    }
    assert {row for row in rows if row != "source"} == sources
