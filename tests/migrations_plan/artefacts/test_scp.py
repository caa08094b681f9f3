"""The guardrail is attacked: every way to a credential, by an administrator of a member account."""

import json
from datetime import UTC, datetime

import pytest

from migrations_plan.artefacts import scp
from migrations_plan.artefacts.scp import (
    Guardrail,
    GuardrailError,
    HolderOfTag,
    OneRole,
    first_policy,
    policy_text,
    strong_policy,
)
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import parse_policy
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
from migrations_plan.policy.statements import request

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ALLOW_ALL = parse_policy({"Version": "2012-10-17", "Statement": EVERYTHING}, name="all")
EXEMPT = "arn:aws:iam::555555555555:role/emergency-provisioning"
CUTOVER = "arn:aws:iam::555555555555:role/cutover"
DEPLOY = "arn:aws:iam::555555555555:role/deploy"
ADMIN = "arn:aws:sts::555555555555:assumed-role/Admin/somebody"
BY_ROLE = Guardrail(OneRole(EXEMPT), (CUTOVER,), federation_roles=(DEPLOY,), mfa_devices=True)
BY_TAG = Guardrail(HolderOfTag(), (CUTOVER,), federation_roles=(DEPLOY,), mfa_devices=True)
BOTH = pytest.mark.parametrize("wanted", [BY_ROLE, BY_TAG], ids=["role", "tag"])

MAKING = (*scp.MAKING_ACTIONS, *scp.MFA_ACTIONS, *scp.BEARER_ACTIONS)
ATTACKS = (*MAKING, *scp.WAKING_ACTIONS, *scp.FEDERATION_ACTIONS)


def session(role_arn: str) -> str:
    return f"arn:aws:sts::555555555555:assumed-role/{role_arn.rsplit('/', 1)[-1]}/x"


def ask(document, action, principal=ADMIN, resource="*", scps=True, **context):
    """What an administrator gets, with the policy beside AWS's FullAWSAccess."""
    guard = parse_policy(document, name="guardrail")
    policies = Policies((ALLOW_ALL,), scps=((ALLOW_ALL,), (ALLOW_ALL, guard)) if scps else None)
    given = {key.replace("__", ":"): value for key, value in context.items()}
    asked = request(
        action, resource, context=request_context(given, principal=principal), principal=principal
    )
    return evaluate(asked, policies)


def exempt(wanted):
    """Who may, and with which tags."""
    if wanted is BY_ROLE:
        return session(EXEMPT), {}
    return ADMIN, {"aws__PrincipalTag/AllowIAMUsers": "true"}


@BOTH
@pytest.mark.parametrize("action", ATTACKS)
def test_an_administrator_of_a_member_account_is_denied(wanted, action):
    decision = ask(strong_policy(wanted), action)

    assert (decision.outcome, decision.explicit) == (Outcome.DENIED, True)


@BOTH
@pytest.mark.parametrize("action", ATTACKS)
def test_the_root_user_of_a_member_account_is_denied(wanted, action):
    decision = ask(strong_policy(wanted), action, "arn:aws:iam::555555555555:root")

    assert decision.outcome is Outcome.DENIED


@BOTH
@pytest.mark.parametrize("action", ATTACKS)
def test_the_exempt_may(wanted, action):
    principal, tags = exempt(wanted)

    assert ask(strong_policy(wanted), action, principal, **tags).outcome is Outcome.ALLOWED


@BOTH
@pytest.mark.parametrize("action", ATTACKS)
def test_the_management_account_is_not_bound(wanted, action):
    assert ask(strong_policy(wanted), action, scps=False).outcome is Outcome.ALLOWED


@BOTH
@pytest.mark.parametrize("action", scp.WAKING_ACTIONS)
def test_the_cutover_can_put_credentials_to_sleep(wanted, action):
    assert ask(strong_policy(wanted), action, session(CUTOVER)).outcome is Outcome.ALLOWED


@BOTH
@pytest.mark.parametrize("action", [*MAKING, *scp.FEDERATION_ACTIONS])
def test_the_cutover_cannot_make_any(wanted, action):
    assert ask(strong_policy(wanted), action, session(CUTOVER)).outcome is Outcome.DENIED


@BOTH
def test_deployments_may_change_trust_but_make_no_credential(wanted):
    policy, principal = strong_policy(wanted), session(DEPLOY)

    assert ask(policy, "iam:UpdateAssumeRolePolicy", principal).outcome is Outcome.ALLOWED
    assert ask(policy, "iam:CreateAccessKey", principal).outcome is Outcome.DENIED


@BOTH
def test_who_was_denied_everything_stays_denied(wanted):
    policy = strong_policy(wanted)
    deny_all = {"iam__PolicyARN": "arn:aws:iam::aws:policy/AWSDenyAll"}
    other = {"iam__PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}

    def detach(principal, context):
        return ask(policy, "iam:DetachUserPolicy", principal, **context).outcome

    assert detach(ADMIN, deny_all) is Outcome.DENIED
    assert detach(session(CUTOVER), deny_all) is Outcome.ALLOWED
    assert detach(ADMIN, other) is Outcome.ALLOWED


@pytest.mark.parametrize("action", scp.TAGGING_ACTIONS)
@pytest.mark.parametrize("key", ["AllowIAMUsers", "allowiamusers"])
def test_nobody_gives_himself_the_tag(action, key):
    tagging = {"aws__TagKeys": ["team", key]}

    assert ask(strong_policy(BY_TAG), action, **tagging).outcome is Outcome.DENIED
    assert ask(first_policy(), action, **tagging).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("action", scp.TAGGING_ACTIONS)
def test_other_tags_are_free(action):
    tagging = {"aws__TagKeys": ["team"]}

    assert ask(strong_policy(BY_TAG), action, **tagging).outcome is Outcome.ALLOWED


@pytest.mark.parametrize("action", scp.ROLE_CHANGES)
def test_nobody_changes_the_exempt_role(action):
    policy = strong_policy(BY_ROLE)

    assert ask(policy, action, session(DEPLOY), EXEMPT).outcome is Outcome.DENIED
    assert ask(policy, action, session(DEPLOY), f"{EXEMPT}2").outcome is Outcome.ALLOWED


def test_a_role_of_the_same_name_in_another_account_is_not_exempt():
    decision = ask(
        strong_policy(BY_ROLE),
        "iam:CreateUser",
        "arn:aws:sts::888888888888:assumed-role/emergency-provisioning/x",
    )

    assert decision.outcome is Outcome.DENIED


@pytest.mark.parametrize("action", ["s3:GetObject", "iam:GetUser", "iam:DeleteAccessKey"])
def test_daily_work_goes_on(action):
    assert ask(strong_policy(BY_ROLE), action).outcome is Outcome.ALLOWED


def test_the_well_known_policy_leaves_the_rest_open():
    """What it is compared with: only its three actions are denied."""
    denied = [one for one in ATTACKS if ask(first_policy(), one).outcome is Outcome.DENIED]

    assert denied == list(scp.FIRST_ACTIONS)


@BOTH
def test_it_fits_and_is_json(wanted):
    made = scp.scp(wanted, as_of=datetime(2026, 11, 30, 22, tzinfo=UTC))

    assert json.loads(made.text) == strong_policy(wanted)
    assert len(made.text) <= 5120
    assert made.name == "denylonglivedcredentials-20261130T220000Z.json"


def test_where_indentation_does_not_fit_it_goes():
    roles = tuple(f"arn:aws:iam::555555555555:role/deploy-{n:03}" for n in range(55))
    text = policy_text(strong_policy(Guardrail(OneRole(EXEMPT), federation_roles=roles)))

    assert len(text) <= 5120
    assert "\n" not in text


def test_what_does_not_fit_is_refused():
    roles = tuple(f"arn:aws:iam::555555555555:role/deploy-{n:03}" for n in range(100))

    with pytest.raises(GuardrailError, match="AWS takes 5120"):
        policy_text(strong_policy(Guardrail(OneRole(EXEMPT), federation_roles=roles)))


@pytest.mark.parametrize(
    "wanted",
    [
        Guardrail(OneRole("arn:aws:iam::*:role/emergency-provisioning")),
        Guardrail(OneRole("arn:aws:iam::555555555555:role/*")),
        Guardrail(OneRole("arn:aws:iam::555555555555:user/x")),
        Guardrail(OneRole(EXEMPT), ('x"',)),
        Guardrail(HolderOfTag("a*b")),
        Guardrail(HolderOfTag("", "true")),
        Guardrail(HolderOfTag("AllowIAMUsers", "")),
    ],
)
def test_an_exemption_that_is_not_one_is_refused(wanted):
    with pytest.raises(GuardrailError):
        strong_policy(wanted)


def test_what_it_does_not_stop_is_said():
    assert any("management account" in said for said in scp.uncovered(BY_ROLE))
    assert any("session tag" in said for said in scp.uncovered(BY_TAG))
    assert not any("session tag" in said for said in scp.uncovered(BY_ROLE))
