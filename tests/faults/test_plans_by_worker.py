"""A real worker over real servers judges plans by itself: once they are made, and again at once
after a decision."""

import pytest

from tests import services
from tests.faults.deployment import Deployment, Servers
from tests.faults.test_log_kill import Nobody

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
PATIENCE_SECONDS = 120
JUDGED = "SELECT count(*) FROM migrations_plan_plan WHERE judged_at IS NOT NULL"
DONE = "SELECT count(*) FROM migrations_plan_standing WHERE item = 'document' AND verdict = 'done'"
MAKE = """
from datetime import date
from django.utils import timezone
from tests.waves import a_plan
a_plan(start=date.today(), made_at=timezone.now())
"""
TICK = """
from django.utils import timezone
from migrations_plan.models import Plan, Tick
now = timezone.now()
plan = Plan.objects.get()
Tick.objects.create(plan=plan, item="document", by="lead", at=now, on=now.date(), note="Done")
"""


@pytest.fixture
def deployment(tmp_path):
    try:
        servers = Servers()
    except services.Unavailable as reason:
        pytest.skip(str(reason))
    running = Deployment(servers, servers.empty_database(), Nobody(), tmp_path)
    running.manage("migrate", "-v0")
    yield running
    running.stop()
    servers.stop()


def test_a_plan_is_judged_and_a_tick_is_seen(deployment):
    deployment.start_worker()
    deployment.start_beat()
    deployment.manage("shell", "-c", MAKE)
    deployment.wait_for(JUDGED, lambda found: found == 1, PATIENCE_SECONDS)
    before = deployment.ask(DONE)
    deployment.manage("shell", "-c", TICK)
    deployment.wait_for(DONE, lambda found: found == 1, PATIENCE_SECONDS)

    assert before == 0
