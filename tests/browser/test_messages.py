"""A lead tells a wave, settles a doubt and copies a text, in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import Message
from migrations_plan.notify import outbox
from tests import builders, messaging
from tests.mail_server import MailServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mail(settings):
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_FROM, settings.EMAIL_TIMEOUT = "portal@example.com", 5
        settings.EMAIL_TLS, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "none", False, False
        settings.SLACK_BOT_TOKEN = ""
        yield server


@pytest.fixture
def wave(db):
    people = [builders.person(f"{name}@example.com", name=name) for name in ("Ana", "Ben", "Cem")]
    return messaging.wave(
        messaging.plan(), *people, cutover_on=timezone.now().date() + timedelta(days=30)
    )


@pytest.fixture
def open_page(page, live_server, wave, settings):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    builders.portal_user("lead", "lead@example.com", sample=True)

    def go(url):
        return page.goto(f"{live_server.url}{url}")

    go("/sign-in/")
    page.get_by_role("button", name="Security lead").click()
    return go


def send_all():
    while outbox.work_one("test", timezone.now) is not None:
        pass


def test_a_lead_tells_a_wave_settles_a_doubt_and_tells_one_by_hand(
    page, open_page, wave, mail, console_errors
):
    url = reverse("plan-messages", args=[wave.plan_id])
    open_page(url)
    page.get_by_text("0 of 3 people of Wave 1 have been told").wait_for()
    page.get_by_label("Choose Ana").check()
    page.get_by_label("Choose Ben").check()
    page.get_by_role("button", name="Queue for the chosen").click()
    page.get_by_text("2 messages queued").wait_for()
    outbox.work_one("test", timezone.now)
    mail.behaviour.gone_at = "text"
    send_all()
    page.reload()
    page.get_by_role("heading", name="In doubt: please settle").wait_for()
    page.get_by_label("How do you know").fill("Ben does not have it.")
    page.get_by_role("button", name="Send again").click()
    page.get_by_text("A new message to Ben is queued").wait_for()
    mail.behaviour.gone_at = ""
    send_all()
    page.reload()
    page.get_by_text("2 of 3 people of Wave 1 have been told").wait_for()
    page.get_by_role("link", name="Preview for Cem").click()
    page.get_by_text("Hello Cem,").wait_for()
    assert page.get_by_role("link", name="Open in your mail program").is_visible()
    page.get_by_role("button", name="I told them by hand").click()
    page.get_by_text("Cem counts as told, by hand.").wait_for()

    told = Message.objects.filter(state__in=("sent", "copied")).values_list("to", "round")
    assert set(told) == {
        ("Ana@example.com", 1), ("Ben@example.com", 2), ("Cem@example.com", 1)
    }  # fmt: skip
    assert console_errors == []


def test_a_lead_tests_a_channel(page, open_page, mail, console_errors):
    open_page("/channels/")
    page.get_by_role("button", name="Send a test to me").click()
    page.get_by_text("The server took a test message to lead@example.com.").wait_for()

    assert [one["To"] for one in mail.mails] == ["lead@example.com"]
    assert console_errors == []
