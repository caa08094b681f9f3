"""A mail server and a Slack of the test's own, and an outbox that sends to them."""

from datetime import timedelta

import pytest

from migrations_plan.notify import outbox
from tests import messaging
from tests.mail_server import MailServer
from tests.slack_server import SlackServer


@pytest.fixture
def mail(settings):
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_FROM = "Access Portal <portal@example.com>"
        settings.EMAIL_TLS, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "none", False, False
        settings.EMAIL_TIMEOUT = settings.PORTAL_NOTIFY_TIMEOUT = 5
        yield server


@pytest.fixture
def slack(settings):
    with SlackServer() as server:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = server.url, "xoxb-very-secret"
        settings.PORTAL_NOTIFY_TIMEOUT = 5
        yield server


@pytest.fixture
def wave(db):
    return messaging.wave(messaging.plan())


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = messaging.NOW

    def __call__(self):
        return self.now

    def move(self, **more):
        self.now += timedelta(**more)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def work(clock):
    """Sends one message; which one, as it is then."""

    def once():
        message = outbox.work_one("test", clock)
        if message is not None:
            message.refresh_from_db()
        return message

    return once
