"""What is generated from the sample organisation after a real collection, against the
organisation's own lists: every assignment, every import id, every hostile name."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from benchmarks.collecting import Portal
from inventory.aws.rates import no_limits
from inventory.models import (
    AccountAssignment,
    CollectionRun,
    IdentityCenterInstance,
    IdentityStoreGroup,
    PermissionSet,
)
from inventory.sample_org.process import SampleOrganization
from inventory.sample_org.worlds.fifty_directory import EMPTY_GROUP
from inventory.sample_org.worlds.fifty_users import STAGING
from migrations_plan.policy.lint import problems
from tests import builders
from tests.terraform_checks import assert_formatted, imports, resources

pytestmark = [
    pytest.mark.slow,
    pytest.mark.embedded,
    pytest.mark.django_db(transaction=True),
]
SET, ASSIGNMENT = "aws_ssoadmin_permission_set", "aws_ssoadmin_account_assignment"


@pytest.fixture
def world(tmp_path, monkeypatch):
    """The portal has collected the organisation."""
    with SampleOrganization.start("fifty", tmp_path) as organization:
        for name, value in organization.environment().items():
            monkeypatch.setenv(name, value)
        Portal(organization, no_limits()).collect()
        yield organization


def text(name, **query):
    answer = builders.signed_in("lead").get(reverse(name), query)
    assert answer.status_code == 200
    return answer.content.decode()


def assert_assignments_are_the_worlds(organization, made, taken):
    """By account, set and who: as the organisation lists them, which names people; a group of
    nobody is on its list of no one."""
    names = dict(PermissionSet.objects.values_list("arn", "name"))
    nobody = IdentityStoreGroup.objects.get(display_name=EMPTY_GROUP).group_id
    identifiers = [one.split(",") for key, one in taken.items() if key.startswith(ASSIGNMENT)]
    instance = IdentityCenterInstance.objects.get().instance_arn
    found = {(account, names[arn], kind, who) for who, kind, account, _, arn, _ in identifiers}
    wanted = {
        (one["account_id"], one["permission_set"], one["principal_type"], one["principal"])
        for one in organization.world("assignments")
    }

    assert {one for one in found if one[3] != nobody} == {one for one in wanted if one[3] != nobody}
    assert [one[:3] for one in found if one[3] == nobody] == [
        (STAGING, "ProductionReadOnly", "GROUP")
    ]
    assert {one[5] for one in identifiers} == {instance}
    assert sum(key[0] == ASSIGNMENT for key in made) == AccountAssignment.objects.count()


def assert_terraform_is_the_organisation(world, folder):
    """Every set, group and assignment, with its import id."""
    whole = text("generated-center", file="identity-center.tf")
    made, taken = resources(whole), imports(whole)

    assert_assignments_are_the_worlds(world, made, taken)
    sets = {label: one for (kind, label), one in made.items() if kind == SET}
    live = PermissionSet.objects.all()
    assert {json.loads(one["name"]) for one in sets.values()} == {one.name for one in live}
    said = {json.loads(one["name"]): one for one in sets.values()}
    for one in live:
        assert json.loads(said[one.name]["description"]) == one.description
        assert problems(one.inline_policy or {"Statement": []}) == ()
    relayed = [one for one in sets.values() if "relay_state" in one]
    assert len(relayed) == sum(bool(one.relay_state) for one in live) == 1
    missing = [key for key in made if f"{key[0]}.{key[1]}" not in taken]
    assert missing == []
    assert_formatted(whole, folder)


def assert_every_page_is_made_from_it():
    """Catalogue, guardrail, break-glass and runbooks, and no hostile name becomes markup."""
    catalogue = builders.signed_in("auditor").get(reverse("generated-catalogue"))
    equal = {
        row.one.name
        for row in catalogue.context["rows"]
        if any(match.equal and match.name == row.one.name for match in row.matches)
    }
    assert equal >= {"OrgAdmin", "ProductionReadOnly", "BillingViewer"}
    assert "ProductionAdmin" not in equal
    guardrail = builders.signed_in("auditor").get(reverse("generated-guardrail"))
    (there,) = guardrail.context["found"]
    assert [spot.name for spot in there.targets] == ["Root/Sandbox"]
    runbook = text("generated-runbooks", file="runbook-new-engineer.html")
    assert "aws-developers" in runbook
    for page in (catalogue.content.decode(), guardrail.content.decode(), runbook):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def assert_a_refused_read_stops_the_file():
    now = CollectionRun.objects.order_by("-pk")[0].started_at + timedelta(seconds=1)
    builders.run("account_assignments", at=now, outcome="denied", error="AccessDeniedException")
    answer = builders.signed_in("lead").get(reverse("generated-center"))

    assert "Not known: Account assignments of the organization" in answer.content.decode()
    assert answer.context["made"].texts == ()


def test_what_is_generated_is_what_the_organisation_is(world, tmp_path):
    """One long test, because a collection takes a while."""
    assert_every_page_is_made_from_it()
    assert_terraform_is_the_organisation(world, tmp_path)
    assert_a_refused_read_stops_the_file()
