"""Queued once; again only with a reason; doubts are a lead's."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from migrations_plan.actions.plans import telling
from migrations_plan.actions.plans.telling import Who
from migrations_plan.models import JournalEntry, Message
from tests import builders, messaging

pytestmark = pytest.mark.django_db
NOW = messaging.NOW


@pytest.fixture(autouse=True)
def channels(settings):
    settings.EMAIL_HOST, settings.EMAIL_FROM = "mail.example.com", "portal@example.com"
    settings.SLACK_BOT_TOKEN = ""


@pytest.fixture
def people():
    return [builders.person(f"{name}@example.com", name=name) for name in ("ana", "ben", "cem")]


@pytest.fixture
def wave(people):
    return messaging.wave(messaging.plan(), *people)


@pytest.fixture
def lead():
    return builders.portal_user("lead", "lea@example.com")


@pytest.fixture
def who(lead):
    return Who(lead, NOW)


def with_reason(who, reason="They lost it."):
    return Who(who.by, who.now + timedelta(minutes=5), reason)


def counts(outcome):
    return outcome.queued, outcome.told, outcome.unreachable, outcome.wrong


def test_a_wave_is_queued_once_however_often_somebody_presses(who, wave, people):
    first = telling.queue(who, wave, "test", "email")
    second = telling.queue(who, wave, "test", "email")

    assert (counts(first), counts(second)) == ((3, 0, 0, 0), (0, 3, 0, 0))
    assert {(one.person, one.round, one.state) for one in Message.objects.all()} == {
        (person, 1, "queued") for person in people
    }
    line = JournalEntry.objects.get()
    assert line.action == "queue-messages"
    assert line.details["to"] == ["ana@example.com", "ben@example.com", "cem@example.com"]


def test_each_gets_their_own_words(who, wave):
    telling.queue(who, wave, "test", "email")

    message = Message.objects.get(to="ben@example.com")
    assert message.subject == "Please test your new access to AWS by Thursday"
    assert message.body.startswith("Hello ben,\n")
    assert "ana" not in message.body


def test_only_the_chosen_are_told(who, wave, people):
    telling.queue(who, wave, "test", "email", [people[1].pk])

    assert [one.person for one in Message.objects.all()] == [people[1]]


def test_somebody_outside_the_wave_cannot_be_chosen(who, wave):
    with pytest.raises(ValidationError, match="people of this wave"):
        telling.queue(who, wave, "test", "email", [builders.person().pk])
    with pytest.raises(ValidationError, match="people of this wave"):
        telling.queue(who, wave, "test", "email", [])


def test_without_an_address_nothing_is_queued_and_it_is_said(who, wave, people):
    people[0].email = ""
    people[0].save()

    assert counts(telling.queue(who, wave, "test", "email")) == (2, 0, 1, 0)


def test_again_needs_a_reason_and_begins_another_round(who, wave, people):
    telling.queue(who, wave, "test", "email")
    Message.objects.update(state="sent")
    with pytest.raises(ValidationError, match="reason"):
        telling.queue(who, wave, "test", "email", [people[0].pk], again=True)

    again = telling.queue(with_reason(who), wave, "test", "email", [people[0].pk], again=True)
    once_more = telling.queue(with_reason(who), wave, "test", "email", [people[0].pk], again=True)

    assert (again.queued, once_more.queued) == (1, 0)
    rounds = Message.objects.filter(person=people[0]).values_list("round", "state")
    assert set(rounds) == {(1, "sent"), (2, "queued")}


@pytest.mark.parametrize("state", ["queued", "sending", "doubtful"])
def test_again_is_nothing_while_one_is_on_the_way_or_in_doubt(who, wave, people, state):
    messaging.message(wave, people[0], state=state)

    done = telling.queue(with_reason(who), wave, "test", "email", [people[0].pk], again=True)

    assert counts(done) == (0, 1, 0, 0)


def test_what_is_not_true_now_is_not_queued(who, wave):
    done = telling.queue(who, wave, "today", "email")

    assert counts(done) == (0, 0, 0, 3)
    assert done.why == "the cutover is on 2026-12-04, not today"
    assert JournalEntry.objects.count() == 0


def test_nobody_is_told_that_it_is_done_while_keys_are_active(lead, wave, people):
    account = builders.account()
    builders.read_everything(account, at=NOW)
    builders.owner(builders.iam_user(account=account, active_keys=1), people[0])
    after = Who(lead, NOW.replace(day=4, hour=20))

    done = telling.queue(after, wave, "done", "email")

    assert counts(done) == (2, 0, 0, 1)
    assert "1 active key" in done.why


@pytest.mark.parametrize("state", ["paused", "cancelled"])
def test_a_plan_that_rests_tells_nobody(who, wave, state):
    wave.plan.state = state
    wave.plan.save()

    with pytest.raises(ValidationError, match=state):
        telling.queue(who, wave, "test", "email")


@pytest.mark.parametrize(
    ("stage", "channel"), [("test", "slack"), ("test", "hand"), ("x", "email")]
)
def test_a_channel_that_is_not_set_up_and_a_stage_that_is_none_are_refused(
    who, wave, stage, channel
):
    with pytest.raises(ValidationError):
        telling.queue(who, wave, stage, channel)
    assert Message.objects.count() == 0


@pytest.mark.parametrize("role", ["auditor", "engineer", ""])
def test_only_leads_tell_anybody(wave, people, role):
    who = Who(builders.portal_user(role), NOW, "x")
    message = messaging.message(wave, people[0], state="doubtful")
    deeds = [
        lambda: telling.queue(who, wave, "test", "email"),
        lambda: telling.mark_copied(who, wave, "test", people[1]),
        lambda: telling.withdraw(who, message),
        lambda: telling.arrived(who, message),
        lambda: telling.send_again(who, message),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()
    assert JournalEntry.objects.count() == 0


def test_told_by_hand_counts_and_is_in_the_journal(who, wave, people):
    message = telling.mark_copied(who, wave, "test", people[0])

    assert (message.state, message.channel, message.sent_at) == ("copied", "hand", NOW)
    assert message.body.startswith("Hello ana,")
    assert JournalEntry.objects.get().action == "copy-message"
    assert telling.queue(who, wave, "test", "email").queued == 2
    with pytest.raises(ValidationError, match="reason"):
        telling.mark_copied(who, wave, "test", people[0])


def test_what_would_not_be_true_is_not_told_by_hand_either(who, wave, people):
    with pytest.raises(ValidationError, match="not be true now: the cutover is on"):
        telling.mark_copied(who, wave, "done", people[0])

    assert Message.objects.count() == 0


@pytest.mark.parametrize("state", ["failed", "withdrawn"])
def test_what_came_to_nothing_can_be_told_by_hand(who, wave, people, state):
    messaging.message(wave, people[0], state=state)

    assert telling.mark_copied(who, wave, "test", people[0]).round == 2


@pytest.mark.parametrize("state", ["queued", "sending", "doubtful"])
def test_nothing_is_told_by_hand_while_one_is_on_the_way(who, wave, people, state):
    messaging.message(wave, people[0], state=state)

    with pytest.raises(ValidationError, match="on its way"):
        telling.mark_copied(with_reason(who), wave, "test", people[0])


def test_what_waits_can_be_taken_back_and_nothing_else(who, wave, people):
    waiting = messaging.message(wave, people[0])
    telling.withdraw(with_reason(who), waiting)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == ("withdrawn", "lea@example.com")
    for state in ("sending", "sent", "doubtful", "failed", "withdrawn"):
        other = messaging.message(wave, state=state)
        with pytest.raises(ValidationError, match="no longer waiting"):
            telling.withdraw(with_reason(who), other)


def test_a_doubt_is_settled_as_arrived(who, wave, people):
    message = messaging.message(wave, people[0], state="doubtful", tried_at=NOW)
    telling.arrived(with_reason(who, "She has it."), message)

    message.refresh_from_db()
    assert (message.state, message.sent_at, message.decided_by) == ("sent", NOW, "lea@example.com")
    assert JournalEntry.objects.get().reason == "She has it."
    with pytest.raises(ValidationError, match="no longer in doubt"):
        telling.arrived(with_reason(who), message)


def test_a_doubt_is_settled_by_a_new_round_with_the_facts_of_now(who, wave, people):
    message = messaging.message(wave, people[0], state="doubtful", body="old words")
    made = telling.send_again(with_reason(who), message)

    message.refresh_from_db()
    assert (message.state, message.round, message.decided_by) == ("failed", 1, "lea@example.com")
    assert (made.state, made.round, made.channel) == ("queued", 2, "email")
    assert made.body.startswith("Hello ana,")
    with pytest.raises(ValidationError, match="no longer in doubt"):
        telling.send_again(with_reason(who), message)
    assert Message.objects.count() == 2


def test_a_doubt_needs_a_reason(who, wave, people):
    message = messaging.message(wave, people[0], state="doubtful")

    for deed in (telling.arrived, telling.send_again):
        with pytest.raises(ValidationError, match="reason"):
            deed(who, message)
