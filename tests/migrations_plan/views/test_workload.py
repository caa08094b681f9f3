"""The page of one program: what it does, its texts, a decision, an exception, what is unknown."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import (
    DailyUsage,
    ResourceName,
    UsageCoverage,
    UsageOperation,
    UsageOrigin,
    UsageResource,
)
from migrations_plan.artefacts.legacy import source_ip_policy
from migrations_plan.models import ExceptionTerms, IamUserLink, IdentityClass, WorkloadMove
from tests import builders, usage_rows
from tests.migrations_plan import identities
from tests.terraform_checks import resources

pytestmark = pytest.mark.django_db
NETWORK = "52.10.20.0/24"
DEPLOY = {"pattern": "github-oidc", "repository": "acme/app", "branch": "main", "role_name": "app"}


@pytest.fixture
def company():
    account = identities.company(account_id="000000000042", environment="prod")
    user = identities.program(account, "ci-deploy")
    identities.passes()
    return {"account": account, "user": user, "row": IdentityClass.objects.get(subject=user.arn)}


def get(company, name="workload", role="lead", **query):
    return builders.signed_in(role).get(reverse(name, args=[company["row"].pk]), query)


def post(company, name, role="lead", **data):
    return builders.signed_in(role).post(reverse(name, args=[company["row"].pk]), data, follow=True)


def decide(company, **changes):
    return post(
        company,
        "workload-decide",
        **({**DEPLOY, "category": "ci-cd", "reason": "Agreed."} | changes),
    )


def bind(company, **changes):
    until = (timezone.now() + timedelta(days=60)).date().isoformat()
    given = {"owner": "Ana", "rotation_days": 90, "addresses": NETWORK, "until": until}
    return post(company, "workload-bind", **(given | {"reason": "SMTP."} | changes))


def test_the_policy_holds_what_was_used_on_what_it_was_used(company):
    operation = UsageOperation.objects.get(event_name="PutObject")
    arn = 'arn:aws:s3:::reports/${x}"\n'
    kept = ResourceName.objects.create(digest="d", arn=arn)
    for row in DailyUsage.objects.filter(operation=operation):
        UsageResource.objects.create(
            day=row.day, account_id=row.account_id, actor=row.actor, operation=operation,
            resource=kept, events=row.events,
        )  # fmt: skip
    text = get(company, "workload-use", file="ci-deploy-policy.tf").content.decode()
    ((_, policy),) = [(k, v) for k, v in resources(text).items() if k[0] == "aws_iam_policy"]

    assert "s3:PutObject" in str(policy)
    assert r'"arn:aws:s3:::reports/$${$}{x}\"\n"' in text
    assert "# Not known: Whether data events are logged is not known" in text


def test_calls_of_which_nobody_knows_the_permission_are_said(company):
    actor = usage_rows.actor_of(company["user"], access_key_id="AKIAX")
    usage_rows.called(actor, usage_rows.days_ago(2), "DoThings", source="unheardof.amazonaws.com")
    shown = get(company, "workload-use").content.decode()

    assert "the policy lacks them: unheardof DoThings" in shown


def test_without_any_call_no_policy_is_made(company):
    quiet = builders.iam_user("quiet", account=company["account"])
    row = IdentityClass.objects.create(
        subject=quiet.arn,
        user_arn=quiet.arn,
        user_name="quiet",
        account=company["account"],
        iam_user=quiet,
        kind="workload",
        judged="workload",
        made_at=timezone.now(),
    )
    shown = get(company | {"row": row}, "workload-use").content.decode()

    assert "Not known: what it needs." in shown
    assert get(company | {"row": row}, "workload-use", file="quiet-policy.tf").status_code == 404


PATTERNS = {
    "github-oidc": (
        {"repository": "acme/app", "branch": "main"},
        "repo:acme/app:ref:refs/heads/main",
    ),
    "gitlab-oidc": ({"project": "acme/app", "branch": "main"}, "project_path:acme/app"),
    "irsa": (
        {
            "provider": "oidc.eks.eu-west-1.amazonaws.com/id/ABC",
            "namespace": "prod",
            "service_account": "app",
        },
        "system:serviceaccount:prod:app",
    ),
    "compute-role": ({"runs_on": "ecs"}, "ecs-tasks.amazonaws.com"),
    "codepipeline": ({"pipeline": "build"}, "codepipeline.amazonaws.com"),
    "roles-anywhere": (
        {
            "trust_anchor": "arn:aws:rolesanywhere:eu-west-1:000000000042:trust-anchor/a",
            "profile": "arn:aws:rolesanywhere:eu-west-1:000000000042:profile/b",
            "common_name": "printer",
        },
        "rolesanywhere.amazonaws.com",
    ),
    "vendor-role": ({"vendor_account": "464622532012", "external_id": "ab-12"}, "sts:ExternalId"),
}


@pytest.mark.parametrize(("pattern", "given"), PATTERNS.items())
def test_each_pattern_has_its_trust_policy_role_and_steps(company, pattern, given):
    fields, said = given
    query = {"pattern": pattern, "role_name": "app", **fields}
    trust = get(company, "workload-use", file="app-trust-20260101T000000Z.json", **query)
    role = get(company, "workload-use", file="app.tf", **query).content.decode()

    assert said in json.dumps(json.loads(trust.content))
    assert ("aws_iam_role", "app") in resources(role)
    assert ("aws_iam_role_policy", "app") in resources(role)
    assert get(company, file="steps-ci-deploy.md", **query).status_code == 200


def test_a_whole_repository_is_refused_in_a_sentence(company):
    shown = get(company, "workload-use", pattern="github-oidc", repository="acme/app").content

    assert b"a whole repository is too much to trust" in shown


def test_a_decision_is_made_and_fills_the_page_again(company):
    shown = decide(company).content.decode()
    move = WorkloadMove.objects.get()

    assert move.role_arn == "arn:aws:iam::000000000042:role/app"
    assert "Decided. The journal has it." in shown
    assert 'value="acme/app"' in shown


@pytest.mark.parametrize("role", ["auditor", "engineer"])
def test_only_leads_decide(company, role):
    for name in ("workload-decide", "workload-bind"):
        assert post(company, name, role=role).status_code == 403
    assert get(company, role=role).status_code == (200 if role == "auditor" else 403)


def test_a_role_shared_across_environments_is_warned_of(company):
    decide(company)
    stage = builders.account(environment="stage")
    other = builders.iam_user("other", account=stage)
    WorkloadMove.objects.create(
        user_arn=other.arn,
        pattern="github-oidc",
        role_arn="arn:aws:iam::000000000042:role/app",
        by="x",
        at=timezone.now(),
        reason="x",
    )
    shown = get(company).content.decode()

    assert "used across environments (prod, stage)" in shown
    assert other.arn in shown


def live_policy(company, *networks):
    user = company["user"]
    user.attached_policies = []
    user.inline_policies = {"only": source_ip_policy(networks)} if networks else {}
    user.save()


def test_an_exception_is_verified_against_the_live_policy(company):
    assert "The exception has its terms" in bind(company).content.decode()
    live_policy(company)
    assert get(company).context["bound"].live.holds is False
    live_policy(company, NETWORK)
    assert get(company).context["bound"].live.holds is True
    live_policy(company, "52.10.0.0/16")
    assert get(company).context["bound"].live.holds is False
    company["user"].inline_policies = None
    company["user"].save()
    assert get(company).context["bound"].live.holds is None


def test_an_exception_says_whom_it_cuts_off_and_which_key_is_too_old(company):
    bind(company)
    found = get(company).context["bound"]

    assert found.cut_off == ("203.0.113.0/24",)
    assert len(found.too_old) == 1
    text = get(company, file="exception-ci-deploy.md").content.decode()
    assert "aws:SourceIp" in text
    assert NETWORK in text


def test_nobody_is_cut_off_unseen_however_many_networks_there_are(company):
    origin = UsageOrigin.objects.filter(actor__arn=company["user"].arn)[0]
    for number in range(250):
        origin.pk, origin.network = None, f"10.0.{number}.0/24"
        origin.save(force_insert=True)
    bind(company)
    answer = get(company)

    assert "203.0.113.0/24" in answer.context["bound"].cut_off
    assert len(answer.context["bound"].cut_off) == 251
    one = answer.context["one"]
    assert len(one.networks) - 200 == one.hidden_networks
    assert f"and {one.hidden_networks} more" in answer.content.decode()


def test_an_exception_that_has_ended_is_said_to_have_ended(company):
    bind(company)
    IdentityClass.objects.filter(pk=company["row"].pk).update(
        declared_until=timezone.now() - timedelta(days=1)
    )

    assert get(company).context["bound"].ended is True
    assert "no longer" in get(company).content.decode()


def test_an_exception_without_an_address_is_refused(company):
    shown = bind(company, addresses="10.0.0.0/8").content.decode()

    assert "is not public" in shown
    assert not ExceptionTerms.objects.exists()


def test_keys_that_were_not_read_are_unknown(company):
    company["user"].active_keys = None
    company["user"].save()

    assert "Its keys were not read." in get(company).content.decode()


def burn(role="lead"):
    return builders.signed_in(role).get(reverse("workload-burn-down")).context["found"]


def test_the_burn_down_counts_programs_whose_keys_work(company):
    found = burn()

    assert found.programs == 1
    assert found.days[0].left == 1
    assert found.burn.left == 1


def test_a_day_that_was_not_read_has_no_number(company):
    UsageCoverage.objects.filter(day=usage_rows.days_ago(3)).delete()
    found = {one.day: one.left for one in burn().days}

    assert found[usage_rows.days_ago(3)] is None
    assert found[usage_rows.days_ago(2)] is None
    assert found[usage_rows.days_ago(10)] == 1


def test_without_programs_there_is_nothing_to_burn_down():
    answer = builders.signed_in("lead").get(reverse("workload-burn-down"))

    assert "No user of a program is known" in answer.content.decode()


def test_a_portal_that_read_nothing_does_not_call_its_reads_fresh():
    shown = builders.signed_in("lead").get(reverse("workloads")).content.decode()

    assert "every read is whole and fresh" not in shown
    assert "nothing was read yet" in shown


def test_an_engineer_who_owns_the_program_sees_nothing_either(company):
    person = builders.person()
    IamUserLink.objects.create(
        iam_user_arn=company["user"].arn, person=person, confirmed_at=timezone.now()
    )
    client = builders.signed_in("engineer", person=person)

    assert client.get(reverse("workload", args=[company["row"].pk])).status_code == 403
