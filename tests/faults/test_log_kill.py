"""Workers that count logs are killed, Redis forgets, PostgreSQL crashes: every cell is right.

Real workers over real servers; only the lease (2 s) and the tick (1 s) are shorter than in life.
The reference is counted when the logs are made and shares no code with the portal.
"""

import random
import secrets

import pytest

from tests import services
from tests.faults.deployment import Deployment, Servers
from tests.faults.log_drill import PATIENCE_SECONDS, PENDING, Drill, Size
from tests.log_files import Logs, make_logs

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
SMALL = Size(objects=150, kills=4, flushes=1, crashes=1)
LARGE = Size(objects=2000, kills=50, flushes=5, crashes=5)


class Nobody:
    """No organisation: nothing is collected here."""

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


@pytest.fixture
def deployment(servers, tmp_path):
    running = Deployment(servers, servers.empty_database(), Nobody(), tmp_path)

    running.manage("migrate", "-v0")
    yield running
    running.stop()


def check(deployment, logs: Logs, objects):
    """Every cell as it really happened, every object done once, nothing left."""
    state = deployment.inspect_logs("state")
    assert state["states"] == {"done": objects}
    assert state["cells"] == sorted([*cell, count] for cell, count in logs.cells.items())
    events, counted, duplicates, ignored = state["sums"]
    assert events == counted + duplicates + ignored
    assert counted == sum(logs.cells.values())


def survive(servers, deployment, size, seed):
    logs = make_logs(size.objects, seed=seed, most=40)
    drill = Drill(servers, deployment, random.Random(seed))
    drill.run(logs, size)
    check(deployment, logs, len(logs.objects))
    assert drill.caught >= size.mishaps * 0.9, "nothing was at work"
    fresh_objects_are_counted_too(deployment, logs, seed)


def fresh_objects_are_counted_too(deployment, logs, seed):
    """Work flows again after the last mishap."""
    fresh = make_logs(5, seed=seed + 1000)
    folder = fresh.write(deployment.home / f"fresh-{secrets.token_hex(4)}")
    deployment.inspect_logs("list", str(folder))
    deployment.wait_for(PENDING, lambda left: left == 0, PATIENCE_SECONDS)
    both = Logs(logs.objects | fresh.objects, logs.cells + fresh.cells)
    check(deployment, both, len(both.objects))


@pytest.mark.nightly
def test_a_few_kills_and_crashes_cost_no_count(servers, deployment):
    survive(servers, deployment, SMALL, seed=1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fifty_kills_and_ten_crashes_cost_no_count(servers, deployment, seed):
    survive(servers, deployment, LARGE, seed=seed)
