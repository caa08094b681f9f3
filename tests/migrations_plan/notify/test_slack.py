"""Slack over a real connection."""

import json

import pytest

from migrations_plan.notify.slack import escaped
from tests import builders, messaging
from tests.slack_server import LOOKUP, POST


@pytest.fixture
def nora(slack, db):
    slack.people["nora+x@example.com"] = "U1"
    return builders.person("nora+x@example.com")


def test_the_person_gets_it_as_plain_text(slack, nora, wave, work):
    messaging.message(wave, nora, channel="slack", body="Hello <!channel> & *you*")

    sent = work()

    assert (sent.state, sent.error) == ("sent", "")
    (posted,) = slack.posted
    assert posted["channel"] == "U1"
    assert posted["text"] == "Please test\n\nHello &lt;!channel&gt; &amp; *you*"
    assert posted["mrkdwn"] is False
    assert slack.tokens == ["Bearer xoxb-very-secret"] * 2


def test_somebody_whom_slack_does_not_know_fails_at_once(slack, wave, work):
    messaging.message(wave, channel="slack")

    failed = work()

    assert failed.state == "failed"
    assert "knows nobody" in failed.error
    assert slack.posted == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"ok": False, "error": "invalid_auth"}), (403, b"no"), (404, b"no")],
)
def test_a_refusal_waits_and_never_says_the_token(slack, nora, wave, work, status, body, caplog):
    slack.answers[POST] = status, body
    messaging.message(wave, nora, channel="slack")

    waiting = work()

    assert waiting.state == "queued"
    assert waiting.attempts == 1
    assert "xoxb" not in waiting.error + caplog.text


def test_a_wish_for_patience_is_no_attempt(slack, nora, wave, work, clock):
    slack.answers[LOOKUP] = 429, b""
    messaging.message(wave, nora, channel="slack")

    waiting = work()
    slack.answers.clear()
    clock.move(seconds=6)
    early = work()
    clock.move(seconds=1)

    assert (waiting.state, waiting.attempts) == ("queued", 0)
    assert early is None
    assert work().state == "sent"


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"oops"),
        (200, b"<html>"),
        (200, json.dumps({"ok": False, "error": "internal_error"}).encode()),
        (200, b"{}"),
        (302, b""),
    ],
)
def test_an_answer_that_does_not_say_whether_is_a_doubt(slack, nora, wave, work, answer):
    slack.answers[POST] = answer
    messaging.message(wave, nora, channel="slack")

    assert work().state == "doubtful"
    assert work() is None


def test_a_connection_lost_after_the_post_is_a_doubt(slack, nora, wave, work):
    slack.gone_at = POST
    messaging.message(wave, nora, channel="slack")

    assert work().state == "doubtful"
    assert len(slack.posted) == 1


@pytest.mark.parametrize("answer", [(500, b"oops"), (200, b"<html>")])
def test_a_lookup_that_went_wrong_is_no_doubt(slack, nora, wave, work, answer):
    slack.answers[LOOKUP] = answer
    messaging.message(wave, nora, channel="slack")

    assert work().state == "queued"
    assert slack.posted == []


def test_a_slack_that_is_away_is_no_doubt(slack, nora, wave, work, settings):
    settings.SLACK_API_URL = "http://127.0.0.1:1/api"
    messaging.message(wave, nora, channel="slack")

    assert work().state == "queued"


def test_text_cannot_become_a_mention():
    assert escaped("<@U1> & <!here>") == "&lt;@U1&gt; &amp; &lt;!here&gt;"
