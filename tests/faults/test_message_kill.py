"""Senders killed in the middle, over real Redis and PostgreSQL: nothing twice, each doubt once.

Only the lease (3 s) and the tick (1 s) are shorter than in production. The mail server is the
test's own, and counts every text that came to its end.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests import services
from tests.faults.deployment import ROOT, Deployment, Servers, children_of
from tests.mail_server import MailServer

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
TABLE = "migrations_plan_message"
SENT, DOUBTFUL = (
    f"SELECT count(*) FROM {TABLE} WHERE state = '{word}'"  # noqa: S608 - words of this file
    for word in ("sent", "doubtful")
)
UNSETTLED = f"SELECT count(*) FROM {TABLE} WHERE state IN ('queued', 'sending')"  # noqa: S608
MESSAGES = 12


class NoOrganization:
    """Nothing is collected here."""

    def environment(self):
        return {"PORTAL_COLLECT": "0"}


@pytest.fixture(scope="module")
def servers():
    try:
        running = Servers()
    except services.Unavailable as reason:
        pytest.skip(str(reason))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def template(servers, tmp_path_factory):
    """The name of an empty database with its schema."""
    url = servers.empty_database()
    made = Deployment(servers, url, NoOrganization(), tmp_path_factory.mktemp("template"))
    made.manage("migrate", "-v0")
    return url.rsplit("/", 1)[1]


@pytest.fixture
def mail():
    with MailServer() as server:
        yield server


@pytest.fixture
def deployment(servers, template, mail, tmp_path):
    running = Deployment(servers, servers.empty_database(template), NoOrganization(), tmp_path)
    running.environment |= {
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail.port),
        "EMAIL_TLS": "none",
        "EMAIL_FROM": "portal@example.com",
        "PORTAL_NOTIFY_TIMEOUT": "30",
    }
    yield running
    running.stop()


def queue(deployment, number=MESSAGES):
    command = [sys.executable, "-m", "tests.faults.queueing", str(number)]
    subprocess.run(command, cwd=ROOT, env=deployment.environment, check=True)


def kill(worker):
    """The parent, its children, and with them whoever holds the connection to the mail server."""
    for child in children_of(worker.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def subjects(mail):
    return Counter(one["Subject"] for one in mail.mails)


def test_a_sender_killed_while_sending_leaves_one_doubt_and_nothing_goes_out_twice(
    deployment, mail
):
    mail.behaviour.hold_at = "text"
    queue(deployment, 1)
    deployment.start_beat()
    worker = deployment.start_worker()
    assert mail.behaviour.held.wait(60), deployment.log()
    kill(worker)
    mail.behaviour.hold_at = ""
    mail.behaviour.go_on.set()
    queue(deployment, 3)
    deployment.start_worker()
    deployment.wait_for(UNSETTLED, lambda left: left == 0, 60)

    assert (deployment.ask(DOUBTFUL), deployment.ask(SENT)) == (1, 3)
    time.sleep(4)
    assert set(subjects(mail).values()) == {1}
    assert len(mail.taken) == 4


@pytest.mark.nightly
def test_a_sender_killed_before_the_text_costs_only_time(deployment, mail):
    mail.behaviour.hold_at = "rcpt"
    queue(deployment, 2)
    deployment.start_beat()
    worker = deployment.start_worker()
    assert mail.behaviour.held.wait(60), deployment.log()
    kill(worker)
    mail.behaviour.hold_at = ""
    mail.behaviour.go_on.set()
    deployment.start_worker()
    deployment.wait_for(SENT, lambda sent: sent == 2, 60)

    assert deployment.ask(DOUBTFUL) == 0
    assert set(subjects(mail).values()) == {1}


@pytest.mark.nightly
def test_two_schedulers_two_workers_and_messages_sent_thrice_send_each_once(deployment, mail):
    for _ in range(2):
        deployment.start_beat()
        deployment.start_worker()
    queue(deployment)
    for _ in range(8):
        deployment.send("migrations_plan.send_messages", 3)
        time.sleep(0.25)
    deployment.wait_for(SENT, lambda sent: sent == MESSAGES, 60)

    assert len(mail.taken) == MESSAGES
    assert set(subjects(mail).values()) == {1}


@pytest.mark.nightly
def test_redis_and_postgresql_that_crash_in_the_middle_send_nothing_twice(
    deployment, servers, mail
):
    queue(deployment)
    deployment.start_beat()
    deployment.start_worker()
    deployment.wait_for(SENT, lambda sent: sent >= 1, 60)
    servers.crash_redis()
    servers.crash_postgres()
    deployment.wait_for(UNSETTLED, lambda left: left == 0, 90)

    assert set(subjects(mail).values()) == {1}
    assert deployment.ask(SENT) + deployment.ask(DOUBTFUL) == MESSAGES
    assert len(mail.taken) <= MESSAGES
