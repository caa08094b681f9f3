"""What the gates of a plan are judged by, from rows: guardrails, roles, reviews, refusals."""

import json
from datetime import timedelta

import pytest

from inventory.models import (
    CredentialReportRow,
    IamRole,
    OrganizationalUnit,
    PolicyTarget,
    ServiceControlPolicy,
)
from migrations_plan import journal
from migrations_plan.artefacts.scp import Guardrail, OneRole, strong_policy
from migrations_plan.gather.letters import drafts
from migrations_plan.models import (
    BreakGlassReview,
    ForecastVerdict,
    Message,
    WorkloadMove,
)
from migrations_plan.rules.plan_gates import JUDGES
from tests import builders, usage_rows
from tests.migrations_plan.policy.test_proofs import FULL
from tests.plan_world import answer, declared, facts, made_world

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROOT_UNIT = "r-root"


@pytest.fixture
def world():
    return made_world()


def guard(world, document):
    OrganizationalUnit.objects.create(
        **builders._fact(), unit_id=ROOT_UNIT, arn="arn:root", name="Root", path="Root"
    )
    world.account.parent_id = ROOT_UNIT
    world.account.save()
    for number, text in enumerate((json.loads(str(FULL.text)), document), 1):
        ServiceControlPolicy.objects.create(
            **builders._fact(), policy_id=f"p-{number}", arn=f"arn:p-{number}",
            name=f"policy {number}", aws_managed=False, document=text,
        )  # fmt: skip
        for target in (ROOT_UNIT, world.account.account_id)[: 3 - number]:
            PolicyTarget.objects.create(
                **builders._fact(), policy_id=f"p-{number}", target_id=target, target_type="T"
            )


def test_the_guardrail_is_proven_by_the_policies_as_they_stand(world):
    key = world.account.account_id
    before = answer(world, "guardrail-proven", key)
    role = f"arn:aws:iam::{key}:role/emergency"
    guard(world, strong_policy(Guardrail(OneRole(role))))
    found = facts(world)

    assert before.verdict == "blocked"
    assert JUDGES["guardrail-proven"](found)[key].verdict == "ready"
    assert found.exempt == (f"emergency ({role})",)


def test_a_guardrail_that_leaves_something_open_says_what(world):
    guard(world, {"Statement": {"Effect": "Deny", "Action": "iam:Create*", "Resource": "*"}})

    found = answer(world, "guardrail-proven", world.account.account_id)
    assert found.verdict == "blocked"
    assert "9 of 13 attacks are open" in found.sentence


def role(world, name="ci", **more):
    values = {
        "account": world.account, "arn": f"arn:aws:iam::{world.account.account_id}:role/{name}",
        "role_id": name, "role_name": name, "path": "/", "created_at": world.now, **more,
    }  # fmt: skip
    return IamRole.objects.create(**builders._fact(), **values)


def test_roles_with_the_tag_are_exempt_whatever_the_case_of_its_key(world):
    role(world, "one", tags={"allowiamusers": "true"})
    role(world, "two", tags={"AllowIAMUsers": "false"})

    assert [one.split(" ")[0] for one in facts(world).exempt] == ["one"]


def test_the_role_of_a_program_is_as_narrow_as_its_use(world):
    declared(world.user, "workload", world.now + DAY)
    allow = {"Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": "*"}
    one = role(world, inline_policies={"p": {"Statement": allow}})
    WorkloadMove.objects.create(
        user_arn=world.user.arn, pattern="github", role_arn=one.arn, by="lead", at=world.now,
        reason="r",
    )  # fmt: skip
    who = usage_rows.actor("workload", role_arn=one.arn)
    usage_rows.called(who, usage_rows.days_ago(3), "GetObject")
    wide = answer(world, "workload-policies-narrow", world.user.arn)
    one.inline_policies = {"p": {"Statement": {**allow, "Action": "s3:GetObject"}}}
    one.save()

    assert wide.verdict == "blocked"
    assert wide.sentence.endswith("1 service that it never calls: sqs.")
    assert answer(world, "workload-policies-narrow", world.user.arn).verdict == "ready"


def test_every_use_of_break_glass_awaits_its_review(world):
    builders.permission_set("ProdBreakGlass", tags={"tier": "breakglass"})
    one = usage_rows.session(
        world.new, world.now - 3 * DAY, kind="permission_set", permission_set="ProdBreakGlass"
    )
    before = answer(world, "break-glass-reviewed")
    BreakGlassReview.objects.create(session=one.key, by="lead", at=world.now, outcome="Added.")

    assert before.verdict == "blocked"
    assert "The use by ana" in before.sentence
    assert answer(world, "break-glass-reviewed", one.key).verdict == "ready"


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ([], "blocked"),
        (["queued"], "blocked"),
        (["doubtful"], "blocked"),
        (["sent"], "ready"),
        (["copied"], "ready"),
        (["sent", "withdrawn"], "ready"),
        (["failed", "copied"], "ready"),
    ],
)
def test_only_what_went_out_tells(world, states, verdict):
    (draft,) = drafts(world.wave, "announcement", [world.person], world.now)
    for number, state in enumerate(states, 1):
        Message.objects.create(
            plan=world.plan, person=world.person, stage="announcement", round=number,
            channel="email", to="a@example.com", subject=draft.subject, body=draft.body,
            state=state, queued_by="lead", queued_at=world.now + number * HOUR,
        )  # fmt: skip

    assert answer(world, "told", f"person:{world.person.pk}").verdict == verdict


def test_a_refusal_on_the_new_path_counts_until_it_is_repaired(world):
    action = {"person": world.person, "account_id": world.account.account_id}
    ForecastVerdict.objects.create(
        **action, action="s3:GetObject", decision="allowed", since=world.now - 20 * DAY,
        permission_sets=[world.set.name],
    )  # fmt: skip
    key = f"person:{world.person.pk}"
    before = answer(world, "no-new-denials", key)
    new = usage_rows.sso_actor(
        world.store.user_id, world.set.name, account_id=world.account.account_id
    )
    usage_rows.called(new, usage_rows.days_ago(2), error="AccessDenied")
    refused = answer(world, "no-new-denials", key)
    usage_rows.called(new, usage_rows.days_ago(1))

    assert before.verdict == "ready"
    assert refused.verdict == "blocked"
    assert "s3:GetObject" in refused.sentence
    assert answer(world, "no-new-denials", key).verdict == "ready"


def test_a_review_counts_for_the_set_as_it_stands(world):
    def review(actor, digest, reason="Looked at it"):
        journal.write(
            actor=builders.portal_user(username=actor),
            action="review-permission-set",
            subject=world.set.arn,
            reason=reason,
            details={"digest": digest},
            now=world.now - DAY,
        )

    review("lea", "before")
    before = answer(world, "sets-reviewed", world.set.arn)
    review("max", world.set.digest, "See https://example.com/pull/7")

    assert before.verdict == "blocked"
    assert answer(world, "sets-reviewed", world.set.arn).verdict == "ready"
    assert answer(world, "sets-as-code", world.set.arn).verdict == "ready"


def test_both_ways_are_open_since_the_last_needed_account_was(world):
    key = f"person:{world.person.pk}"
    world.grant.first_seen_at = world.now - 47 * HOUR
    world.grant.save()
    early = answer(world, "parallel-long-enough", key).verdict
    world.grant.first_seen_at = world.now - 48 * HOUR
    world.grant.save()
    enough = answer(world, "parallel-long-enough", key).verdict
    world.grant.gone_at = world.now
    world.grant.save()
    lost = answer(world, "parallel-long-enough", key)

    assert (early, enough, lost.verdict) == ("blocked", "ready", "blocked")
    assert f"not open to them in {world.account.name}" in lost.sentence


def test_a_root_user_that_the_log_shows_is_not_at_rest(world):
    builders.account_summary(world.account, root_mfa_enabled=True)
    arn = f"arn:aws:iam::{world.account.account_id}:root"
    CredentialReportRow.objects.create(
        **builders._fact(account=world.account, user_name="<root_account>", arn=arn)
    )
    before = answer(world, "root-unused", world.account.account_id)
    who = usage_rows.actor("root", kind="Root", account_id=world.account.account_id)
    usage_rows.used(who, usage_rows.days_ago(3))

    assert before.verdict == "ready"
    assert answer(world, "root-unused", world.account.account_id).verdict == "blocked"
    assert answer(world, "root-mfa", world.account.account_id).verdict == "ready"
