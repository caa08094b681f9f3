"""The classes that the portal judges, against what the users of the sample organisation really are:
after a collection over HTTP and a month of logs. The world's word comes from what it was written
with, and no call of AWS tells it."""

import sqlite3
from collections import Counter
from typing import Any

import pytest

from inventory.sample_org.following import SampleLogs
from tests.journeys.shared_world import shared_world

pytestmark = pytest.mark.slow
WORDS = {"human": "human", "service": "workload", "mixed": "mixed"}
# The story's month covers four weeks wholly at any hour of the day.
JUDGE = """
from django.utils import timezone
from migrations_plan.models import ThresholdSettings
from migrations_plan.passes.classifying import make_classes
ThresholdSettings.objects.create(pk=1, window_days=28)
make_classes(timezone.now())
"""
ROWS = """
    select user_arn, kind from migrations_plan_identityclass
    where access_key_id = '' and account_id is not null
"""


@pytest.fixture(
    scope="module", params=["fifty", pytest.param("fourteen", marks=pytest.mark.nightly)]
)
def judged(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Any:
    """(what each user really is, what the portal says it is used as), by ARN."""
    made = shared_world(tmp_path_factory, request.param)
    # Every event was counted from the bucket already; a whole copy says that no day lacks one.
    with SampleLogs.start(request.param, made.home / "organization") as logs:
        logs.wait()
        made.portal.import_logs(logs.uri)
    made.portal.manage("shell", "-v0", "-c", JUDGE)
    world = {row["arn"]: WORDS[row["kind"]] for row in made.told["classes"]}
    with sqlite3.connect(made.home / "portal" / "portal.db") as database:
        return world, dict(database.execute(ROWS).fetchall())


def test_every_user_that_is_used_is_what_it_is_called(judged: Any) -> None:
    world, found = judged
    certain = {arn: kind for arn, kind in found.items() if kind not in ("dormant", "unknown")}

    assert world.keys() == found.keys()
    assert {arn: kind for arn, kind in certain.items() if world[arn] != kind} == {}


def test_every_workload_and_every_shared_user_is_found(judged: Any) -> None:
    world, found = judged
    programs = {arn for arn, kind in world.items() if kind in ("workload", "mixed")}

    assert {found[arn] for arn in programs} <= {"workload", "mixed"}
    assert Counter(found.values())["unknown"] <= len(world) // 10
