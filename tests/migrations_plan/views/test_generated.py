"""What is generated: from whole reads only, the same on the page and as a file, by readers only."""

import hashlib
import re

import pytest
from django.urls import reverse

from inventory.models import (
    IamRole,
    IdentityCenterInstance,
    OrganizationalUnit,
    ServiceControlPolicy,
)
from migrations_plan.models import TargetAccess
from tests import builders, plans, usage_rows
from tests.terraform_checks import imports, resources

pytestmark = pytest.mark.django_db
INSTANCE = "arn:aws:sso:::instance/ssoins-1"
TEXTS = {
    "generated-center": "identity-center.tf",
    "generated-catalogue": "catalogue-004.tf",
    "generated-guardrail": "denylonglivedcredentials.tf",
    "generated-break-glass": "break-glass-000000000042.md",
    "generated-runbooks": "runbook-leaver.html",
}


def fact(**values):
    return builders._fact(**values)


@pytest.fixture
def company():
    """An account, a set, a group of an identity provider with somebody in it, all wholly read."""
    account = builders.account(
        "acme-app", account_id="000000000042", environment="prod", parent_id="r-abcd"
    )
    builders.read_everything(account)
    IdentityCenterInstance.objects.create(
        **fact(instance_arn=INSTANCE, identity_store_id="d-1", owner_account_id="1", region="x")
    )
    OrganizationalUnit.objects.create(
        **fact(unit_id="r-abcd", arn="arn:x", name="Root", path="Root")
    )
    one = builders.permission_set(
        "ProductionReadOnly",
        managed_policies=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        customer_managed_policies=[],
        tags={},
    )
    group = builders.store_group('readers "${x}"', external_ids=["okta 1"])
    user = builders.store_user("ana@example.com", user_id="u-1")
    builders.membership(group, user)
    builders.assignment(account, one, group.group_id)
    return {"account": account, "set": one, "group": group}


def page(name, query="", role="lead"):
    return builders.signed_in(role).get(reverse(name) + query)


@pytest.mark.parametrize(("name", "file"), TEXTS.items())
def test_a_download_is_the_very_text_of_the_page(company, name, file):
    client = builders.signed_in("auditor")
    shown = client.get(reverse(name)).content.decode()
    answer = client.get(reverse(name), {"file": file})

    assert "attachment" in answer["Content-Disposition"]
    if not file.endswith(".html"):
        assert hashlib.sha256(answer.content).hexdigest() in shown


@pytest.mark.parametrize(("name", "file"), TEXTS.items())
def test_nothing_is_made_from_reads_that_were_refused(company, name, file):
    refused = "organization" if name == "generated-guardrail" else "permission_sets"
    builders.run(refused, outcome="denied", error="AccessDenied in 000000000001")
    shown = page(name).content.decode()

    assert "Not known: " in shown
    assert "AccessDenied in 000000000001" in shown
    assert page(name, f"?file={file}").status_code == 404


@pytest.mark.parametrize("name", TEXTS)
def test_without_any_read_it_says_that_nothing_was_read(name):
    shown = page(name).content.decode()

    assert "never read" in shown.lower()
    assert "data-copy" not in shown


def test_a_file_that_is_not_made_is_no_page(company):
    assert page("generated-center", "?file=passwords.txt").status_code == 404


def test_the_index_says_of_each_whether_it_can_be_made(company):
    builders.run("account_assignments", outcome="denied", error="AccessDenied")
    shown = page("generated").content.decode()

    assert shown.count("Account assignments of the organization (AccessDenied)") >= 4
    assert re.search(r"Guardrail.*?state-good", shown, re.DOTALL)


def test_a_set_whose_contents_were_not_read_makes_no_file(company):
    builders.permission_set("Half", managed_policies=None, customer_managed_policies=None)

    assert "Half" in page("generated-center").content.decode()
    assert page("generated-center", "?file=identity-center.tf").status_code == 404


def test_the_live_file_imports_what_is_there_and_keeps_hostile_names(company):
    text = page("generated-center", "?file=identity-center.tf").content.decode()
    (only,) = [
        one for (kind, _), one in resources(text).items() if kind.endswith("account_assignment")
    ]

    assert "000000000042" in str(only["target_id"])
    assert f"store-group-{company['group'].group_id[12:]},GROUP,000000000042,AWS_ACCOUNT," in str(
        imports(text)
    )
    assert '"readers \\"$${x}\\""' in text


def test_what_is_assigned_to_a_group_that_is_gone_is_said_in_the_file(company):
    builders.assignment(company["account"], company["set"], "no-such-group")
    text = page("generated-center", "?file=identity-center.tf").content.decode()

    assert "# Not in this file: 1 assignment to a group" in text


def test_the_target_makes_a_group_and_says_who_belongs_into_it(company):
    ana = builders.person("ana@example.com", name="Ana", identity_center_user_id="u-1")
    ben = builders.person("ben@example.com", name="Ben")
    for somebody, name in (
        (ana, "ProductionReadOnly"),
        (ben, "ProductionReadOnly"),
        (ben, "OrgAdmin"),
    ):
        TargetAccess.objects.create(
            person=somebody,
            account_id="000000000042",
            permission_set=name,
            confirmed_by="x",
            confirmed_at=company["set"].observed_at,
        )
    members = {one.group: one for one in page("generated-center", "?of=target").context["members"]}
    text = page("generated-center", "?of=target&file=identity-center.tf").content.decode()

    assert members['readers "${x}"'].to_add == ("Ben",)
    assert (members["aws-orgadmin"].exists, members["aws-orgadmin"].to_add) == (False, ("Ben",))
    assert len([key for key in resources(text) if key[0].endswith("account_assignment")]) == 2
    assert sum("account_assignment" in one for one in imports(text)) == 1


def test_a_target_of_an_unknown_set_makes_no_file(company):
    TargetAccess.objects.create(
        person=builders.person(),
        account_id="000000000042",
        permission_set="Mystery",
        confirmed_by="x",
        confirmed_at=company["set"].observed_at,
    )

    assert (
        "Not known: what Mystery shall hold"
        in page("generated-center", "?of=target").content.decode()
    )


def test_the_catalogue_says_how_a_live_set_resembles_it(company):
    rows = {row.one.name: row for row in page("generated-catalogue").context["rows"]}
    (match,) = rows["ProductionReadOnly"].matches

    assert (match.name, match.equal) == ("ProductionReadOnly", True)
    assert match.how == "by name and by evaluation"
    assert rows["ReadOnly"].matches[0].how == "by evaluation"
    assert rows["OrgAdmin"].matches == ()


def test_a_set_that_was_not_read_is_not_called_different(company):
    builders.permission_set("OrgAdmin", managed_policies=None, customer_managed_policies=None)
    rows = {row.one.name: row for row in page("generated-catalogue").context["rows"]}

    assert any("OrgAdmin" in one for one in rows["OrgAdmin"].unknown)


def test_the_guardrail_hangs_where_the_plan_says_unless_told_otherwise(company):
    OrganizationalUnit.objects.create(
        **fact(
            unit_id="ou-abcd-12345678", arn="a", name="Prod", path="Root/Prod", parent_id="r-abcd"
        )
    )

    assert page("generated-guardrail").context["targets"] == ["r-abcd"]
    plans.plan()
    assert page("generated-guardrail").context["targets"] == ["ou-abcd-12345678"]
    asked = page("generated-guardrail", "?target=000000000042&variant=strong")
    assert asked.context["targets"] == ["000000000042"]


def test_a_guardrail_for_more_roles_than_it_takes_is_refused_and_none_left_out(company):
    roles = "+".join(f"arn:aws:iam::000000000042:role/r{number}" for number in range(21))
    found = page("generated-guardrail", f"?variant=strong&cutover_roles={roles}")

    assert found.context["problems"] == ("Cutover roles: Please name 20 at most.",)
    assert "arn:aws:iam::000000000042:role/r0" not in str(found.context.get("text"))


def test_the_guardrail_finds_a_policy_that_denies_some_of_it_already(company):
    document = {"Statement": [{"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}]}
    ServiceControlPolicy.objects.create(
        **fact(policy_id="p-1", arn="a", name="NoUsers", aws_managed=False, document=document)
    )
    (found,) = page("generated-guardrail").context["found"]

    assert (found.denies, found.conditional, found.targets) == (1, False, ())


def test_the_guardrail_names_whom_it_would_stop(company):
    user = builders.iam_user("maker", account=company["account"])
    actor = usage_rows.actor_of(user)
    usage_rows.called(
        actor, usage_rows.days_ago(3), "CreateAccessKey", 2, source="iam.amazonaws.com"
    )
    (found,) = page("generated-guardrail-use").context["lately"].doers

    assert (found.who, found.action, found.calls, found.bound) == (
        user.arn,
        "iam:CreateAccessKey",
        2,
        True,
    )
    elsewhere = page("generated-guardrail-use", "?target=ou-none&role=")
    assert elsewhere.context["lately"].whole is False


def test_a_role_of_the_root_is_said_to_be_of_the_whole_account(company):
    IamRole.objects.create(
        **fact(
            account=company["account"],
            arn="arn:aws:iam::000000000042:role/BreakGlass",
            role_id="AROA1",
            role_name="BreakGlass",
            path="/",
            created_at=company["set"].observed_at,
            trust_policy={
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::000000000042:root"},
                    "Action": "sts:AssumeRole",
                }
            },
        )
    )
    builders.iam_user("boss", account=company["account"], admin=True)
    shown = page("generated-break-glass").content.decode()

    assert "root&#x27; here means the whole account" in shown
    assert "a root user cannot assume a role" in shown
    assert "1 IAM user of the trusted account is an administrator" in shown


def test_runbooks_name_the_group_and_say_what_is_not_known(company):
    shown = page("generated-runbooks").content.decode()

    assert "readers &quot;${x}&quot;" in shown
    assert "How long a sign-in lasts is not known" in shown
    assert "How to use break-glass is not made" in shown
    text = page("generated-runbooks", "?portal_hours=8&file=runbook-leaver.md").content.decode()
    assert "for up to 8 hours" in text


@pytest.mark.parametrize("name", [*TEXTS, "generated", "generated-guardrail-use"])
def test_engineers_see_none_of_it(company, name):
    assert page(name, role="engineer").status_code == 403
