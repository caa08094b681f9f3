"""Real workers over real Redis and PostgreSQL, killed in the middle: nothing lost, nothing twice.

The whole world of fifty users is collected (12 accounts, 19 sources, some 130 jobs); only the lease
(3 s) and the tick (1 s) are shorter than in production. Jobs that were killed four times are given
up, as they should be; they are then asked for again, as a person would.
"""

import contextlib
import os
import random
import signal
import subprocess
import time

import pytest

from tests import services
from tests.faults.deployment import (
    ALL_JOBS,
    DONE_JOBS,
    GIVEN_UP_JOBS,
    OPEN_JOBS,
    RUNNING_JOBS,
    RUNNING_RUNS,
    Deployment,
    Servers,
    children_of,
)

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
KILLS = 20


@pytest.fixture(scope="module")
def servers():
    try:
        running = Servers()
    except services.Unavailable as reason:
        pytest.skip(str(reason))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def undisturbed(servers, organization, tmp_path_factory):
    """The facts of a collection in which nothing happened, and an empty database as a template."""
    template = servers.empty_database()
    quiet = Deployment(servers, template, organization, tmp_path_factory.mktemp("quiet"))
    quiet.manage("migrate", "-v0")
    copy = servers.empty_database(template.rsplit("/", 1)[1])
    quiet.environment["DATABASE_URL"] = copy
    quiet.manage("collect")
    facts = quiet.inspect("facts")
    assert len(facts) > 500
    return facts, template.rsplit("/", 1)[1]


@pytest.fixture
def deployment(servers, organization, undisturbed, tmp_path_factory):
    database = servers.empty_database(undisturbed[1])
    running = Deployment(servers, database, organization, tmp_path_factory.mktemp("portal"))
    yield running
    running.stop()


def finish(deployment, seconds=60):
    """Waits until the list is empty, then once more for what was given up."""
    deployment.wait_for(ALL_JOBS, lambda jobs: jobs > 100, seconds)
    deployment.wait_for(OPEN_JOBS, lambda jobs: jobs == 0, seconds)
    if deployment.ask(GIVEN_UP_JOBS):
        deployment.inspect("request")
        deployment.wait_for(OPEN_JOBS, lambda jobs: jobs == 0, seconds)


def check(deployment, undisturbed):
    """Everything is there, once, and nothing claims to be still at work."""
    state = deployment.inspect("state")
    assert state["chain"] == ""
    assert state["appeared twice"] == []
    assert set(state["changes"]) == {"appeared"}
    assert state["slots twice"] == 0
    assert set(state["jobs"]) <= {"done", "given up"}
    assert set(state["runs"]) <= {"complete", "lost", "failed"}
    assert deployment.ask(RUNNING_RUNS) == 0
    assert deployment.inspect("facts") == undisturbed[0]
    return state


def kill(chance, worker):
    """kill -9 of the whole group, the parent or one child. Returns whether the parent lives."""
    kind = chance.choice(("group", "parent", "child"))
    children = children_of(worker.pid)
    with contextlib.suppress(ProcessLookupError):
        if kind == "child" and children:
            os.kill(chance.choice(children), signal.SIGKILL)
            return True
        if kind == "group":
            os.killpg(worker.pid, signal.SIGKILL)
        else:
            os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    return False


def test_workers_killed_twenty_times_leave_every_fact_exactly_once(deployment, undisturbed):
    chance = random.Random(50)
    deployment.start_beat()
    worker = deployment.start_worker()
    lost = 0
    for _ in range(KILLS):
        with contextlib.suppress(AssertionError):
            deployment.wait_for(RUNNING_JOBS, lambda jobs: jobs > chance.randint(0, 1), 6)
        time.sleep(chance.random() / 3)
        lost += deployment.ask(RUNNING_JOBS) or 0
        if not kill(chance, worker):
            worker = deployment.start_worker()
    assert lost >= KILLS / 2, "the kills came when nothing was being read"
    finish(deployment)
    state = check(deployment, undisturbed)
    assert state["runs"]["lost"] > 0


def eventually(true):
    end = time.monotonic() + 30
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.2)
    return found


@pytest.mark.nightly
def test_the_containers_health_checks_tell_a_working_process_from_a_dead_one(deployment):
    def well(*process):
        try:
            deployment.manage("healthcheck", *process)
        except subprocess.CalledProcessError as problem:
            if b"Traceback" in problem.stderr:
                raise
            return False
        return True

    assert (well("worker"), well("beat")) == (False, False)
    deployment.start_beat()
    worker = deployment.start_worker()
    deployment.wait_for("select count(*) from inventory_heartbeat", lambda ticks: ticks == 1, 30)
    assert (well("worker"), well("beat")) == (True, True)
    os.killpg(worker.pid, signal.SIGKILL)
    assert not well("worker")
    deployment.start("worker", "-c", "1", "-n", "large@%h", "-l", "WARNING")
    assert eventually(lambda: well("worker"))
    assert not well("worker", "--node", "small@elsewhere")


@pytest.mark.nightly
def test_two_schedulers_two_workers_a_command_and_messages_sent_thrice_do_everything_once(
    deployment, undisturbed
):
    for _ in range(2):
        deployment.start_beat()
        deployment.start_worker()
    for _ in range(8):
        deployment.send("inventory.tick", 3)
        deployment.send("inventory.work", 3)
        time.sleep(0.25)
    deployment.manage("collect")
    finish(deployment)
    state = check(deployment, undisturbed)
    assert set(state["runs"]) == {"complete"}
    assert state["runs"]["complete"] == state["jobs"]["done"]


@pytest.mark.nightly
def test_redis_and_postgresql_that_crash_in_the_middle_cost_only_time(
    deployment, servers, undisturbed
):
    deployment.start_beat()
    deployment.start_worker()
    deployment.wait_for(DONE_JOBS, lambda jobs: jobs >= 20, 60)
    servers.crash_redis()
    time.sleep(1)
    servers.crash_postgres()
    before = deployment.ask(DONE_JOBS)
    deployment.wait_for(DONE_JOBS, lambda jobs: jobs > before, 30)
    finish(deployment)
    check(deployment, undisturbed)
