"""The pages of messages: who was told, what leads press, and what others may not."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import JournalEntry, Message
from tests import builders, messaging
from tests.forecasts import text
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db
HOSTILE = "Eve <script>alert(1)</script>"


@pytest.fixture
def mail(settings):
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_FROM, settings.EMAIL_TIMEOUT = "portal@example.com", 5
        settings.EMAIL_TLS, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "none", False, False
        settings.SLACK_BOT_TOKEN = ""
        yield server


@pytest.fixture(autouse=True)
def nothing_set_up(settings):
    settings.EMAIL_HOST = settings.EMAIL_FROM = settings.SLACK_BOT_TOKEN = ""


@pytest.fixture
def people():
    return [
        builders.person(f"p{n}@example.com", name=name) for n, name in enumerate(("Ana", "Ben"))
    ]


@pytest.fixture
def wave(people):
    """Far ahead, so that announcements are true at any hour."""
    day = timezone.now().date().replace(year=timezone.now().year + 1, month=6, day=5)
    return messaging.wave(messaging.plan(), *people, cutover_on=day)


@pytest.fixture
def lead():
    return builders.signed_in("lead")


def url(wave, stage="announcement", **more):
    query = "&".join(f"{name}={value}" for name, value in {"stage": stage, **more}.items())
    return f"{reverse('plan-messages', args=[wave.plan_id])}?{query}"


def queue(client, wave, whom="all", stage="announcement", **more):
    values = {"wave": wave.pk, "stage": stage, "channel": "email", "whom": whom, **more}
    address = reverse("plan-messages-queue", args=[wave.plan_id])
    return client.post(address, values, follow=True)


def decide(client, message, verb, reason="because"):
    address = reverse("plan-message-decide", args=[message.plan_id, message.pk])
    return client.post(address, {"verb": verb, "reason": reason}, follow=True)


def preview(wave, person, stage="announcement", name="plan-message"):
    return reverse(name, args=[wave.plan_id, wave.pk, stage, person.pk])


def test_without_a_channel_the_page_says_so_and_offers_the_text(lead, wave):
    body = text(lead.get(url(wave)))

    assert "No channel is set up, so the portal sends nothing." in body
    assert "Queue for" not in body
    assert "channel is not set up" in text(queue(lead, wave))
    assert Message.objects.count() == 0


def test_a_lead_queues_a_wave_and_a_second_press_says_that_nobody_got_a_second_one(
    lead, wave, mail
):
    first, second = text(queue(lead, wave)), text(queue(lead, wave))

    assert "2 messages queued" in first
    assert "2 people have this message already" in second
    assert "2 messages are on the way" in first
    assert Message.objects.count() == 2


def test_only_the_chosen_get_one_and_once_more_only_with_a_reason(lead, wave, people, mail):
    queue(lead, wave, "chosen", person=people[1].pk)
    Message.objects.update(state="sent")

    assert "reason" in text(queue(lead, wave, "again", person=people[1].pk))
    queue(lead, wave, "again", person=people[1].pk, reason="It went astray.")

    assert set(Message.objects.values_list("person", "round")) == {
        (people[1].pk, 1), (people[1].pk, 2)
    }  # fmt: skip


def test_what_is_not_true_is_not_queued_and_the_page_says_why(lead, wave, people, mail):
    assert "Not true for 2 people" in text(queue(lead, wave, stage="today"))
    page = text(lead.get(preview(wave, people[0], "today")))
    assert "Nobody is told this now" in page
    assert "I told them by hand" not in page
    assert "Queue it" not in page
    assert Message.objects.count() == 0


def test_a_wave_of_another_plan_is_none_of_this_one(lead, wave, mail):
    other = messaging.wave(messaging.plan("Other"))
    address = reverse("plan-messages-queue", args=[wave.plan_id])

    answer = lead.post(address, {"wave": other.pk, "stage": "test"}, follow=True)

    assert "choose a wave of this plan" in text(answer)
    assert lead.get(preview(other, builders.person()).replace(
        f"/plans/{other.plan_id}/", f"/plans/{wave.plan_id}/")).status_code == 404  # fmt: skip


def test_doubts_stand_on_top_and_wait_for_a_lead(lead, wave, people):
    doubt = messaging.message(
        wave, people[0], state="doubtful", tried_at=messaging.NOW, error="It may have arrived."
    )
    body = text(lead.get(url(wave)))

    assert body.index("In doubt: please settle") < body.index("No message")
    assert "It may have arrived." in body
    assert "reason" in text(decide(lead, doubt, "arrived", reason=" "))
    assert "Ana counts as told." in text(decide(lead, doubt, "arrived"))
    assert "no longer in doubt" in text(decide(lead, doubt, "arrived"))
    assert JournalEntry.objects.filter(action="settle-message").count() == 1


def test_a_doubt_can_be_sent_again_once(lead, wave, people, mail):
    doubt = messaging.message(wave, people[0], stage="announcement", state="doubtful")

    assert "is queued" in text(decide(lead, doubt, "again"))
    assert "no longer in doubt" in text(decide(lead, doubt, "again"))
    assert sorted(Message.objects.values_list("round", "state")) == [(1, "failed"), (2, "queued")]


def test_what_waits_is_taken_back(lead, wave, people):
    waiting = messaging.message(wave, people[0])

    assert "taken back" in text(decide(lead, waiting, "withdraw"))
    assert "no longer waiting" in text(decide(lead, waiting, "withdraw"))
    assert "choose what to do" in text(decide(lead, waiting, "x"))


def test_a_preview_holds_the_persons_own_facts_a_copy_button_and_a_mail_link(lead, wave, people):
    body = lead.get(preview(wave, people[0])).content.decode()

    assert "Hello Ana," in body
    assert "Ben" not in body
    assert 'data-copy="Hello Ana,' in body
    link = re.search(r'href="(mailto:[^"]+)"', body)
    assert link
    assert link[1].startswith("mailto:p0@example.com?subject=Your%20access")


def test_told_by_hand_counts(lead, wave, people):
    address = preview(wave, people[0], name="plan-message-copied")

    assert "Ana counts as told, by hand." in text(lead.post(address, follow=True))
    assert "1 of 2" in text(lead.get(url(wave)))


def test_hostile_names_stay_text(lead, wave):
    eve = builders.person("eve@example.com", name=HOSTILE)
    wave.members.create(plan=wave.plan, kind="person", person=eve)
    messaging.message(
        wave, eve, stage="announcement", state="doubtful", error=HOSTILE, tried_at=messaging.NOW
    )

    for address in (url(wave), preview(wave, eve)):
        assert "<script>alert(1)" not in lead.get(address).content.decode()


def test_a_list_shows_only_what_was_asked_for(lead, wave, people):
    messaging.message(wave, people[0], stage="announcement", state="failed", error="550 no")

    failed = text(lead.get(url(wave, kind="failed")))
    told = text(lead.get(url(wave, kind="told")))

    assert "550 no" in failed
    assert "Ben" not in failed
    assert "Nobody is in this state." in told


def test_a_paused_plan_says_that_nothing_goes_out(lead, wave):
    wave.plan.state = "paused"
    wave.plan.save()

    assert "nothing is queued, and what waits does not go out" in text(lead.get(url(wave)))


def test_a_plan_without_waves_says_so(lead):
    address = reverse("plan-messages", args=[messaging.plan().pk])

    assert "This plan has no wave yet." in text(lead.get(address))


def test_an_auditor_reads_and_is_offered_nothing(wave, people, mail):
    auditor = builders.signed_in("auditor")
    messaging.message(wave, people[0], state="doubtful", tried_at=messaging.NOW)

    for address in (url(wave), preview(wave, people[0])):
        body = auditor.get(address).content.decode()
        assert 'method="post"' not in body.split("<main", 1)[1]
        assert 'name="verb"' not in body
        assert 'name="whom"' not in body


def test_a_lead_sends_a_test_to_nobody_but_oneself(lead, mail):
    body = text(lead.post(reverse("channels-test"), {"channel": "email"}, follow=True))

    assert f"took a test message to {lead.user.username}" in body
    assert [one["To"] for one in mail.mails] == [lead.user.username]
    assert JournalEntry.objects.get().details == {"to": lead.user.username, "error": ""}


def test_a_test_that_goes_wrong_says_what_the_server_said(lead, mail):
    mail.behaviour.answers["rcpt"] = "550 go away"

    body = text(lead.post(reverse("channels-test"), {"channel": "email"}, follow=True))

    assert "The mail server refused it: 550 go away" in body
    assert Message.objects.count() == 0


def test_channels_show_servers_and_no_secret(lead, mail, settings):
    settings.SLACK_BOT_TOKEN, settings.EMAIL_HOST_PASSWORD = "xoxb-secret", "hunter2"

    body = lead.get(reverse("channels")).content.decode()

    assert f"127.0.0.1:{mail.port}, not encrypted, from portal@example.com" in text(
        lead.get(reverse("channels"))
    )
    assert "xoxb" not in body
    assert "hunter2" not in body


def test_a_channel_that_is_not_set_up_names_what_is_missing(lead):
    body = text(lead.get(reverse("channels")))

    assert "No channel is set up" in body
    assert "EMAIL_HOST and EMAIL_FROM" in body
    assert "not set up" in text(
        lead.post(reverse("channels-test"), {"channel": "slack"}, follow=True)
    )
