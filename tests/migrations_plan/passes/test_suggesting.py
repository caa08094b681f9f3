"""Suggestions as rows: owners by names and places, targets by the calls that were made."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from migrations_plan.actions.targets import confirm_suggested, confirm_targets, remove_target
from migrations_plan.models import JournalEntry, OwnerSuggestion, SuggestedTarget, TargetAccess
from migrations_plan.passes import suggesting
from tests import builders, usage_rows
from tests.migrations_plan import identities

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    """A person whose IAM user called S3 in the window."""
    account = identities.company()
    person = builders.person("ana.silva@example.com", name="Ana Silva")
    user = identities.console_user(account, "ana.silva")
    builders.owner(user, person)
    return person, account, user


def offer(name, document, **more):
    values = {"managed_policies": [], "customer_managed_policies": [], **more}
    return builders.permission_set(name, inline_policy=document, **values)


def test_an_unowned_user_gets_suggestions_and_a_leaver_may_be_one():
    account = builders.account()
    builders.person("ana.silva@example.com", name="Ana Silva", left_on="2025-01-31")
    user = builders.iam_user("ana.silva", account=account, tags={"Owner": "ana.silva@example.com"})

    suggesting.suggest_all(timezone.now())

    one = OwnerSuggestion.objects.get()
    assert (one.iam_user_arn, one.score, one.place, one.tied) == (user.arn, 140, 1, 1)
    assert one.reasons[0] == [80, "the tag Owner is ana.silva@example.com"]


def test_a_place_from_which_both_work_is_a_reason():
    account = identities.company()
    builders.store_user("x@example.com", user_id="u-1")
    builders.person("x@example.com", name="Xenia Kovacs", identity_center_user_id="u-1")
    user = builders.iam_user("k-17", account=account)
    for who in (usage_rows.actor_of(user), usage_rows.sso_actor("u-1")):
        day = usage_rows.days_ago(2)
        usage_rows.used(who, day, account_id=account.account_id)
        usage_rows.came_from(who, day, "192.0.2.0/24", "aws-cli-v2")

    suggesting.suggest_all(timezone.now())

    assert OwnerSuggestion.objects.get().reasons[0][0] == 30


def test_a_confirmed_user_has_no_suggestions_any_more(ana):
    suggesting.suggest_all(timezone.now())

    assert not OwnerSuggestion.objects.exists()


def test_the_set_that_is_enough_and_can_do_least_is_suggested(ana):
    person, account, _ = ana
    offer("Admin", identities.ALLOW_ALL)
    offer("Storage", identities.ALLOW_S3)
    offer("EmergencyAdmin", identities.ALLOW_ALL)

    suggesting.suggest_all(timezone.now())

    one = SuggestedTarget.objects.get()
    assert (one.person, one.account_id) == (person, account.account_id)
    assert (one.permission_set, one.calls, one.covered) == ("Storage", 1, 1)
    assert not one.administrator


def test_a_set_that_was_not_read_is_not_promised_and_said(ana):
    offer("Unread", None, managed_policies=None)

    suggesting.suggest_all(timezone.now())

    one = SuggestedTarget.objects.get()
    assert one.permission_set == ""
    assert "No permission set allows any" in one.sentence
    assert "Unread could not be judged: its policies were not read" in one.sentence


def test_calls_that_were_refused_need_nothing(ana):
    _, _, user = ana
    offer("Storage", identities.ALLOW_S3)
    who = usage_rows.actor_of(user, credential="console")
    day = usage_rows.days_ago(3)
    usage_rows.called(who, day, "CreateUser", source="iam.amazonaws.com", error="AccessDenied")

    suggesting.suggest_all(timezone.now())

    assert SuggestedTarget.objects.get().calls == 1


def test_a_pass_is_due_when_calls_or_decisions_changed(ana):
    now = timezone.now()
    suggesting.settle(now)
    before = list(SuggestedTarget.objects.values())
    suggesting.settle(now + timedelta(minutes=1))
    assert list(SuggestedTarget.objects.values()) == before

    offer("Storage", identities.ALLOW_S3)
    suggesting.settle(now + timedelta(hours=2))
    assert SuggestedTarget.objects.get().permission_set == "Storage"


def test_suggestions_are_confirmed_once_each_with_its_own_line(ana):
    offer("Storage", identities.ALLOW_S3)
    suggesting.suggest_all(timezone.now())
    lead, rows = builders.portal_user("lead"), list(SuggestedTarget.objects.all())
    given = {"by": lead, "suggestions": rows, "reason": "agreed", "now": timezone.now()}

    assert confirm_suggested(**given) == 1
    assert confirm_suggested(**given) == 0

    line = JournalEntry.objects.get()
    assert (line.action, line.subject) == ("confirm-target", "ana.silva@example.com")
    assert line.details["permission_set"] == "Storage"


def test_a_target_is_removed_with_a_reason_and_by_a_lead_only(ana):
    person, account, _ = ana
    lead, now = builders.portal_user("lead"), timezone.now()
    confirm_targets(
        by=lead, wanted=[(person, account.account_id, "Storage")], reason="agreed", now=now
    )
    target = TargetAccess.objects.get()

    with pytest.raises(PermissionDenied):
        remove_target(by=builders.portal_user("auditor"), target=target, reason="x", now=now)
    remove_target(by=lead, target=target, reason="moved on", now=now)

    assert not TargetAccess.objects.exists()
    assert JournalEntry.objects.order_by("-seq")[0].action == "remove-target"
