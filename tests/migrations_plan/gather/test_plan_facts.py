"""What the gates of a plan are judged by, from rows: decisions, sessions, roles, guardrails."""

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
from migrations_plan.artefacts.legacy import source_ip_policy
from migrations_plan.artefacts.scp import Guardrail, OneRole, strong_policy
from migrations_plan.gather.plan_facts import gather
from migrations_plan.models import (
    BreakGlassReview,
    Declaration,
    DisabledDecision,
    ExceptionTerms,
    ForecastVerdict,
    Handout,
    IdentityClass,
    Message,
    Plan,
    WorkloadMove,
)
from migrations_plan.rules.checklist import WHOLE
from migrations_plan.rules.plan_gates import JUDGES
from tests import builders, ready, usage_rows
from tests.migrations_plan.policy.test_proofs import FULL
from tests.waves import a_plan, a_wave, asked

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROOT_UNIT = "r-root"


@pytest.fixture
def world():
    made = ready.World()
    made.user.attached_policies = []
    made.user.save()
    asked(made.user, at=made.now - ready.MINUTES)
    made.plan = a_plan()
    made.wave = a_wave(made.plan, made.person)
    made.judged()
    return made


def facts(world, now=None):
    (one,) = gather([Plan.objects.get(pk=world.plan.pk)], now or world.now)
    return one.facts


def answer(world, gate, key=WHOLE, now=None):
    return JUDGES[gate](facts(world, now))[key]


def handed_out(world, at):
    return Handout.objects.create(
        plan=world.plan, wave=world.wave, by="lead", at=at, as_of=at, roles=[], scripts=[],
        users=[{"arn": world.user.arn}], production=False, started_by="lead", started_at=at,
    )  # fmt: skip


def declared(user, kind, until):
    IdentityClass.objects.filter(user_arn=user.arn).update(
        kind=kind, declared=True, declared_until=until
    )
    return Declaration.objects.create(
        subject=user.arn, user_arn=user.arn, kind=kind, declared_by="lead",
        declared_at=until - 30 * DAY, reason="Old", until=until,
    )  # fmt: skip


def test_a_cutover_that_was_withdrawn_did_not_begin(world):
    before = answer(world, "tails-quiet", world.user.arn).verdict
    one = handed_out(world, world.now - 40 * HOUR)
    during = answer(world, "tails-quiet", world.user.arn).verdict
    one.withdrawn_at = world.now
    one.save()

    assert (before, during) == ("blocked", "ready")
    assert answer(world, "tails-quiet", world.user.arn).verdict == "blocked"


def test_a_session_from_before_the_cutover_keeps_tails_open(world):
    handed_out(world, world.now - 5 * HOUR)
    usage_rows.session(world.old, world.now - 8 * HOUR, kind="session_token")

    found = answer(world, "tails-quiet", world.user.arn)
    assert found.verdict == "blocked"
    assert f"until {world.now + 28 * HOUR:%Y-%m-%d %H:%M} UTC" in found.sentence


def test_the_newest_decision_about_a_disabled_user_counts(world):
    world.user.active_keys, world.user.console_password = 0, False
    world.user.save()
    before = answer(world, "disabled-decided", world.user.arn).verdict
    for fate, until, hours in (("delete", None, 3), ("keep", world.now - HOUR, 2)):
        DisabledDecision.objects.create(
            user_arn=world.user.arn, fate=fate, by="lead", at=world.now - hours * HOUR,
            reason="r", until=until,
        )  # fmt: skip
    over = answer(world, "disabled-decided", world.user.arn).verdict
    at_first = answer(world, "disabled-decided", world.user.arn, now=world.now - 90 * ready.MINUTES)

    assert (before, over) == ("blocked", "blocked")
    assert "to be decided again" not in at_first.sentence


def test_an_exception_is_bound_by_terms_and_a_policy_that_was_read(world):
    world.user.inline_policies = {}
    world.user.oldest_active_key_at = world.now - 10 * DAY
    world.user.save()
    declared(world.user, "exception", world.now + 30 * DAY)
    without = answer(world, "exceptions-bound", world.user.arn)
    ExceptionTerms.objects.create(
        user_arn=world.user.arn, owner="erp@example.com", rotation_days=90,
        addresses=["8.8.8.0/24"], by="lead", at=world.now, reason="r",
    )  # fmt: skip
    unbound = answer(world, "exceptions-bound", world.user.arn)
    world.user.inline_policies = {"ip": source_ip_policy(["8.8.8.0/24"])}
    world.user.save()
    bound = answer(world, "exceptions-bound", world.user.arn)
    world.user.inline_policies = None
    world.user.save()
    unread = answer(world, "exceptions-bound", world.user.arn)

    assert "lacks its terms" in without.sentence
    assert "aws:SourceIp" in unbound.sentence
    assert [one.verdict for one in (without, unbound, bound, unread)] == [
        "blocked", "blocked", "ready", "unknown",
    ]  # fmt: skip


def guard(world, document):
    OrganizationalUnit.objects.create(
        **builders._fact(), unit_id=ROOT_UNIT, arn="arn:root", name="Root", path="Root"
    )
    world.account.parent_id = ROOT_UNIT
    world.account.save()
    for number, text in enumerate((json.loads(FULL.text), document), 1):
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
    for number, state in enumerate(states, 1):
        Message.objects.create(
            plan=world.plan, person=world.person, stage="announcement", round=number,
            channel="email", to="a@example.com", subject="s", body="b", state=state,
            queued_by="lead", queued_at=world.now + number * HOUR,
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
