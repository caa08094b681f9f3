"""Scripts of a wave: handed out, approved by somebody else, said to have run, taken back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from inventory.again import SOURCES
from inventory.models import Job, UserRead
from migrations_plan.actions.plans import handing_out
from migrations_plan.artefacts.cutover_kept import ChangedTextError, again
from migrations_plan.gather.wave_roles import roles_of
from migrations_plan.models import Assessment, Handout, JournalEntry, PlanState
from tests import builders, usage_rows
from tests.wave_pages import Cut

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut():
    return Cut()


@pytest.fixture
def prod():
    return Cut("prod")


def test_scripts_are_made_for_whoever_may_be_cut_over(cut):
    made = cut.hand_out()

    assert [one["arn"] for one in made.users] == [cut.user.arn]
    assert made.users[0]["keys"] == [{"id": cut.key.access_key_id, "active": True}]
    assert [one["kind"] for one in made.scripts] == [
        "cutover", "rollback", "verify", "login-profiles", "deny",
    ]  # fmt: skip
    assert made.production is False
    line = JournalEntry.objects.get(action="hand-out-scripts")
    assert line.details["scripts"] == {one["name"]: one["sha256"] for one in made.scripts}


def test_a_blocked_person_is_refused_by_name_and_gate_and_the_others_go(cut):
    bob = builders.person(name="Bob")
    builders.owner(builders.iam_user(account=cut.account, attached_policies=[]), bob)
    cut.wave.members.create(plan=cut.plan, kind="person", person=bob)
    cut.judged()
    made = cut.hand_out()

    assert [one["name"] for one in made.refused] == ["Bob"]
    assert "(gate" in made.refused[0]["sentence"]
    assert [one["person"] for one in made.users] == ["ana"]


def test_nobody_gets_scripts_while_everybody_is_refused(cut):
    Assessment.objects.filter(gate="quiet").update(verdict="blocked")

    with pytest.raises(ValidationError, match="0 people of Wave 1 may be cut over now; 1 are"):
        cut.hand_out()


@pytest.mark.parametrize("state", [PlanState.PAUSED, PlanState.CANCELLED, PlanState.FINISHED])
def test_a_plan_that_does_not_run_hands_out_nothing(cut, state):
    cut.plan.state = state
    cut.plan.save()

    with pytest.raises(ValidationError, match="hands out no scripts"):
        cut.hand_out()


@pytest.mark.parametrize("role", ["auditor", "engineer", ""])
def test_only_a_lead_hands_out(cut, role):
    with pytest.raises(PermissionDenied):
        cut.hand_out(by=builders.portal_user(role))


def test_a_reason_is_asked_for(cut):
    with pytest.raises(ValidationError, match="reason"):
        cut.hand_out(reason=" ")


def test_two_sets_of_scripts_do_not_wait_beside_each_other(cut):
    cut.hand_out()

    with pytest.raises(ValidationError, match="withdraw them first"):
        cut.hand_out()


@pytest.mark.parametrize("environment", ["prod", "unknown", "management"])
def test_production_needs_somebody_else(environment):
    cut = Cut(environment)
    made = cut.hand_out()
    assert made.production
    assert not made.usable

    with pytest.raises(ValidationError, match="Somebody else"):
        cut.approve(made, by=cut.lead)
    cut.approve(made)
    made.refresh_from_db()
    assert made.usable
    assert made.approved_by == cut.other.username


def test_an_approval_asks_the_interlock_again(prod):
    made = prod.hand_out()
    Assessment.objects.filter(gate="forecast").update(verdict="blocked", sentence="2 denied.")

    with pytest.raises(ValidationError, match=r"Not any more: ana: .*gate forecast"):
        prod.approve(made)
    made.refresh_from_db()
    assert not made.usable


def test_what_touches_no_production_needs_no_approval(cut):
    with pytest.raises(ValidationError, match="0 approvals"):
        cut.approve(cut.hand_out())


def test_scripts_that_nobody_approved_cannot_have_run(prod):
    with pytest.raises(ValidationError, match="Nobody has approved"):
        prod.started(prod.hand_out())


def test_once_they_ran_the_accounts_users_are_read_again_at_once(cut):
    assert cut.started(cut.hand_out()) == len(SOURCES)
    wanted = set(Job.objects.values_list("source", "account_id"))
    assert ("access_keys", cut.account.account_id) in wanted
    assert {account for _, account in wanted} == {cut.account.account_id}
    assert set(UserRead.objects.values_list("report_digest", flat=True)) == {"asked again"}


@pytest.mark.parametrize("hours", [-1, 1])
def test_they_ran_between_the_handing_out_and_now(cut, hours):
    made = cut.hand_out()

    with pytest.raises(ValidationError, match="Please give a time between"):
        cut.started(made, at=cut.now + timedelta(hours=hours))


def test_what_was_withdrawn_is_used_no_more_and_what_ran_is_not_withdrawn(cut):
    made = cut.hand_out()
    handing_out.withdraw(by=cut.lead, handout=made, reason="Wrong wave.", now=cut.now)
    made.refresh_from_db()
    assert not made.usable
    with pytest.raises(ValidationError, match="were withdrawn"):
        cut.started(made)

    later = cut.hand_out()
    cut.started(later)
    with pytest.raises(ValidationError, match="run their rollback"):
        handing_out.withdraw(by=cut.lead, handout=later, reason="x", now=cut.now)


def test_the_texts_come_out_again_byte_by_byte(cut):
    made = Handout.objects.get(pk=cut.hand_out().pk)
    found = again(made.users, made.roles, made.scripts, made.as_of)

    assert {name: one.sha256 for name, one in found.items()} == {
        one["name"]: one["sha256"] for one in made.scripts
    }


def test_texts_that_come_out_otherwise_are_refused(cut):
    made = cut.hand_out()
    made.users[0]["keys"][0]["active"] = False

    with pytest.raises(ChangedTextError, match="otherwise than it was handed out"):
        again(made.users, made.roles, made.scripts, made.as_of)


def assumed(cut, role="arn:aws:iam::{}:role/deploy", **more):
    return usage_rows.actor_of(
        cut.user, "role", role_arn=role.format(cut.account.account_id), **more
    )


def test_roles_that_they_assumed_are_named_with_who_else_used_each(cut):
    ours = assumed(cut)
    usage_rows.used(ours, usage_rows.days_ago(3))
    other = usage_rows.actor(
        arn="arn:aws:iam::1:user/ci", user_name="ci", role_arn=ours.role_arn, credential="role"
    )
    usage_rows.used(other, usage_rows.days_ago(2), account_id=cut.account.account_id)

    (role,) = roles_of([cut.user.arn], cut.now, 30)
    assert (role.arn, role.also_used_by) == (ours.role_arn, ("ci",))
    assert cut.hand_out().roles == [{"arn": ours.role_arn, "also_used_by": ["ci"]}]


def test_a_session_that_was_only_begun_counts_as_use_of_the_role(cut):
    usage_rows.session(
        usage_rows.actor_of(cut.user, "none"), cut.now, "role",
        role_arn=f"arn:aws:iam::{cut.account.account_id}:role/r",
    )  # fmt: skip

    (role,) = roles_of([cut.user.arn], cut.now, 30)
    assert role.also_used_by == ()


def test_who_else_uses_a_role_is_not_known_where_logs_were_not_read(cut):
    usage_rows.used(assumed(cut, "arn:aws:iam::999988887777:role/far"), usage_rows.days_ago(3))

    (role,) = roles_of([cut.user.arn], cut.now, 30)
    assert role.also_used_by is None
    made = cut.hand_out()
    assert made.production, "an account that nobody knows counts as production"


def test_a_session_of_nobody_known_makes_who_else_unknown(cut):
    ours = assumed(cut)
    usage_rows.used(ours, usage_rows.days_ago(3))
    pending = usage_rows.actor(
        "unknown", arn=ours.role_arn, role_arn=ours.role_arn, session_key="ASIA1"
    )
    usage_rows.used(pending, usage_rows.days_ago(1), account_id=cut.account.account_id)

    assert roles_of([cut.user.arn], cut.now, 30)[0].also_used_by is None
