"""E-mail over a real connection: taken, refused, lost before, lost after."""

import pytest

from migrations_plan.notify import channels, mail, outbox
from tests import builders, messaging

HOSTILE = "Bobby\r\nBcc: everybody@example.com"


def test_a_message_goes_out_whole_with_the_same_id_each_time(mail, wave, work, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "pass"
    person = builders.person("nora@example.com", name="Nöra")
    message = messaging.message(wave, person, body="Hello Nöra,\n\n.a line with a dot\n")

    sent = work()

    (got,) = mail.mails
    assert sent.state == "sent"
    assert sent.sent_at == messaging.NOW
    assert (got["To"], got["Subject"]) == ("nora@example.com", "Please test")
    assert got["From"] == "Access Portal <portal@example.com>"
    assert got.get_content().splitlines() == ["Hello Nöra,", "", ".a line with a dot"]
    assert got["Message-ID"] == f"<{outbox.letter_of(message).message_id}>"
    assert got["Message-ID"].endswith("@example.com>")
    assert work() is None
    assert len(mail.taken) == 1


@pytest.mark.parametrize(
    ("word", "answer"),
    [("rcpt", "550 no such user"), ("mail", "553 not you"), ("text", "554 no"), ("data", "502 no")],
)
def test_a_refusal_for_good_fails_at_once_and_says_why(mail, wave, work, word, answer):
    mail.behaviour.answers[word] = answer
    messaging.message(wave)

    failed = work()

    assert failed.state == "failed"
    assert answer in failed.error
    assert work() is None


@pytest.mark.parametrize(
    ("word", "answer"),
    [("rcpt", "450 later"), ("text", "451 later"), ("data", "421 later"), ("greeting", "554 no")],
)
def test_a_refusal_for_now_is_tried_again_later(mail, wave, work, clock, word, answer):
    mail.behaviour.answers[word] = answer
    messaging.message(wave)

    waiting = work()
    again_at_once = work()
    mail.behaviour.answers.clear()
    clock.move(minutes=1)
    sent = work()

    assert (waiting.state, waiting.attempts, waiting.owner) == ("queued", 1, "")
    assert answer.split()[0] in waiting.error
    assert again_at_once is None
    assert (sent.state, sent.attempts, sent.error) == ("sent", 2, "")
    assert len(mail.taken) == (2 if word == "text" else 1)


def test_after_the_last_attempt_it_has_failed(wave, work, clock, mail, settings):
    settings.EMAIL_PORT = 1
    messaging.message(wave)
    states = []
    for _ in range(outbox.MOST_ATTEMPTS):
        states.append(work().state)
        clock.move(hours=1)

    assert states == ["queued"] * (outbox.MOST_ATTEMPTS - 1) + ["failed"]
    assert work() is None


@pytest.mark.parametrize("word", ["greeting", "ehlo", "mail", "rcpt", "data"])
def test_a_connection_lost_before_the_text_is_no_doubt(mail, wave, work, word):
    mail.behaviour.gone_at = word
    messaging.message(wave)

    assert work().state == "queued"
    assert mail.taken == []


def test_a_connection_lost_after_the_text_is_a_doubt_that_nobody_settles_alone(
    mail, wave, work, clock
):
    mail.behaviour.gone_at = "text"
    messaging.message(wave)

    doubtful = work()
    mail.behaviour.gone_at = ""
    clock.move(days=3)
    outbox.sweep(clock())

    assert doubtful.state == "doubtful"
    assert "may have arrived" in doubtful.error
    assert work() is None
    assert len(mail.taken) == 1


def test_an_answer_that_makes_no_sense_after_the_text_is_a_doubt(mail, wave, work):
    mail.behaviour.answers["text"] = "what?"
    messaging.message(wave)

    assert work().state == "doubtful"


def test_a_goodbye_that_fails_does_not_unsend_a_message(mail, wave, work):
    mail.behaviour.answers["quit"] = "500 what?"
    messaging.message(wave)

    assert work().state == "sent"


@pytest.mark.parametrize(
    "to",
    [
        "",
        "not an address",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com, b@example.com",
        "a@example.com\nRCPT TO:<b@example.com>",
    ],
)
def test_an_address_that_is_not_one_is_refused_before_anything_is_said(mail, wave, work, to):
    messaging.message(wave, to=to)

    failed = work()

    assert failed.state == "failed"
    assert [line for line in mail.lines if "b@example.com" in line] == []
    assert mail.taken == []


def test_a_subject_cannot_begin_a_header(mail, wave, work):
    messaging.message(wave, subject=HOSTILE)

    assert work().state == "failed"
    assert mail.taken == []


def test_a_hostile_body_stays_a_body(mail, wave, work):
    messaging.message(wave, body=f"Hello {HOSTILE},\r\n.\r\nMAIL FROM:<x@example.com>\r\n")

    assert work().state == "sent"
    (got,) = mail.mails
    assert got["Bcc"] is None
    assert "MAIL FROM:<x@example.com>" in got.get_content()
    assert len([line for line in mail.lines if line.startswith("mail")]) == 1


def test_a_refused_sign_in_waits_and_never_says_the_password(mail, wave, work, settings, caplog):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "hunter2-secret"
    mail.behaviour.answers["auth"] = "535 no"
    messaging.message(wave)

    waiting = work()

    assert waiting.state == "queued"
    assert "refused the sign-in" in waiting.error
    assert "hunter2" not in waiting.error + caplog.text


def test_an_expected_encryption_that_is_not_offered_sends_nothing(mail, wave, work, settings):
    settings.EMAIL_TLS, settings.EMAIL_USE_TLS = "starttls", True
    messaging.message(wave)

    assert work().state == "queued"
    assert mail.taken == []


def test_a_server_that_says_nothing_is_given_up(mail, wave, work, settings):
    settings.EMAIL_TIMEOUT = 0.3
    mail.behaviour.hold_at = "text"
    messaging.message(wave)

    assert work().state == "doubtful"


def test_a_channel_without_server_or_sender_is_not_set_up(settings):
    settings.EMAIL_HOST, settings.EMAIL_FROM, settings.SLACK_BOT_TOKEN = "mail", "", ""

    assert channels.configured() == []
    assert not mail.configured()
