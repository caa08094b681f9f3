"""People answer for themselves, with a line of the journal; nobody answers for another."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from inventory.models import AccessKey
from migrations_plan.actions.plans import answering
from migrations_plan.models import AccountNeed, JournalEntry, KeyStory, TestConfirmation
from tests import builders, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return ready.World()


@pytest.fixture
def ana(world):
    return builders.portal_user("engineer", person=world.person)


def journal():
    return list(JournalEntry.objects.order_by("seq").values_list("action", "actor", "reason"))


def need(ana, world, account_id, needed=True):
    return answering.say_need(
        by=ana, account_id=account_id, needed=needed, note="on call", now=world.now
    )


def test_a_tested_access_is_confirmed_once_and_taken_back(world, ana):
    answering.confirm_test(by=ana, note=" console and Terraform ", now=world.now)
    with pytest.raises(ValidationError):
        answering.confirm_test(by=ana, note="again", now=world.now)
    assert TestConfirmation.objects.get().note == "console and Terraform"

    answering.take_back_test(by=ana, reason="plan fails", now=world.now + timedelta(hours=1))

    assert TestConfirmation.objects.get().ended_at == world.now + timedelta(hours=1)
    assert journal() == [
        ("confirm-test", ana.username, "console and Terraform"),
        ("take-back-test", ana.username, "plan fails"),
    ]
    with pytest.raises(ValidationError):
        answering.take_back_test(by=ana, reason="once more", now=world.now)


def test_a_needed_account_that_is_not_assigned_blocks_at_once(world, ana):
    assert world.judged()["assigned"] == "ready"

    need(ana, world, "999999999999")

    assert world.gates()["assigned"] == "blocked"
    assert "999999999999 (as they say)" in world.sentence("assigned")


def test_the_name_of_an_account_is_not_told_to_whoever_types_its_id(world, ana):
    hidden = builders.account("secret-acquisition")

    need(ana, world, hidden.account_id)

    assert "secret" not in world.sentence("assigned")


def test_a_needed_account_that_is_assigned_blocks_nothing(world, ana):
    need(ana, world, world.account.account_id)

    assert world.judged()["assigned"] == "ready"


def test_what_is_needed_no_more_blocks_no_more(world, ana):
    need(ana, world, "999999999999")

    need(ana, world, "999999999999", needed=False)

    assert world.gates()["assigned"] == "ready"
    assert AccountNeed.objects.count() == 1


def test_an_answer_can_be_forgotten(world, ana):
    need(ana, world, "999999999999")

    answering.forget_need(by=ana, account_id="999999999999", now=world.now)

    assert world.gates()["assigned"] == "ready"
    assert [line[0] for line in journal()] == ["say-account-need", "forget-account-need"]


def test_a_used_account_stays_needed_whatever_is_said_of_it(world, ana):
    world.grant.delete()
    world.person.targets.all().delete()
    assert world.judged()["assigned"] == "blocked"

    need(ana, world, world.account.account_id, needed=False)

    assert world.gates()["assigned"] == "blocked"


def test_what_is_only_said_asks_for_no_logs_of_that_account(world, ana):
    unread = builders.account("unread")

    need(ana, world, unread.account_id)

    assert world.gates()["quiet"] == world.judged()["quiet"] == "ready"


def test_a_word_does_not_make_an_unread_assignment_known(world, ana):
    builders.run("account_assignments", outcome="denied", error="refused", at=world.now)

    need(ana, world, world.account.account_id)

    assert world.gates()["assigned"] == "unknown"


@pytest.mark.parametrize("account_id", ["", "12", "1" * 13, "\u0661" * 12, "12345678901 "])
def test_what_is_no_account_id_is_refused(world, ana, account_id):
    with pytest.raises(ValidationError):
        need(ana, world, account_id)


def told(by, key, now, **more):
    values = {"place": "ci", "got_how": "over Slack", "removed_on": None, **more}
    return answering.tell_key(by=by, access_key_id=key.access_key_id, now=now, **values)


def test_the_story_of_a_key_is_told_and_told_again(world, ana):
    told(ana, world.key, world.now)
    told(ana, world.key, world.now, place="vault", removed_on=world.now.date())

    story = KeyStory.objects.get()
    assert (story.place, story.removed_on) == ("vault", world.now.date())
    assert story.user_arn == world.user.arn
    assert [line[0] for line in journal()] == ["tell-key", "tell-key"]


def test_nobody_tells_the_story_of_anothers_key(world, ana):
    other = ready.World(name="bob", account=world.account)

    with pytest.raises(AccessKey.DoesNotExist):
        told(ana, other.key, world.now)

    assert not KeyStory.objects.exists()
    assert journal() == []


@pytest.mark.parametrize(
    "wrong", [{"place": "cellar"}, {"got_how": "x" * 1001}, {"removed_on": "tomorrow"}]
)
def test_a_story_that_cannot_be_true_is_refused(world, ana, wrong):
    tomorrow = world.now.date() + timedelta(days=1)
    wrong = {name: tomorrow if value == "tomorrow" else value for name, value in wrong.items()}
    with pytest.raises(ValidationError):
        told(ana, world.key, world.now, **wrong)


@pytest.mark.parametrize("role", ["lead", "auditor", "engineer"])
def test_a_sign_in_of_nobody_answers_nothing(world, role):
    who = builders.portal_user(role)
    for answer in (
        lambda: answering.confirm_test(by=who, note="x", now=world.now),
        lambda: answering.take_back_test(by=who, reason="x", now=world.now),
        lambda: need(who, world, "999999999999"),
        lambda: answering.forget_need(by=who, account_id="999999999999", now=world.now),
        lambda: told(who, world.key, world.now),
    ):
        with pytest.raises(PermissionDenied):
            answer()


@pytest.mark.parametrize("wrong", [{"is_active": False}, {"role": ""}])
def test_a_sign_in_that_may_do_nothing_answers_nothing(world, wrong):
    who = builders.portal_user(**{"role": "engineer", "person": world.person, **wrong})
    with pytest.raises(PermissionDenied):
        answering.confirm_test(by=who, note="x", now=world.now)
