"""The classes that the portal judges, against what the users of the sample organisation really are:
after a collection over HTTP and a month of logs. The world's word comes from what it was written
with, and no call of AWS tells it."""

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory.sample_org.following import SampleLogs
from inventory.sample_org.process import SampleOrganization

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
WORDS = {"human": "human", "service": "workload", "mixed": "mixed"}
DATABASES = ("DATABASE_URL", "REDIS_URL", "CLOUDTRAIL_SOURCE")
# The story's month covers four weeks wholly at any hour of the day.
WINDOW = """
from migrations_plan.models import ThresholdSettings
ThresholdSettings.objects.create(pk=1, window_days=28)
"""
ROWS = """
    select user_arn, kind from migrations_plan_identityclass
    where access_key_id = '' and account_id is not null
"""


def _manage(env: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(
    scope="module", params=["fifty", pytest.param("fourteen", marks=pytest.mark.nightly)]
)
def judged(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Any]:
    """(what each user really is, what the portal says it is used as), by ARN."""
    data_dir = tmp_path_factory.mktemp(request.param)
    own = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PORTAL_"))}
    own = {name: value for name, value in own.items() if name not in DATABASES}
    with SampleOrganization.start(world=request.param, data_dir=data_dir) as organization:
        env = own | organization.environment() | {"DATA_DIR": str(data_dir / "data")}
        with SampleLogs.start(request.param, data_dir) as logs:
            _manage(env, "migrate", "-v0")
            _manage(env, "shell", "-c", WINDOW)
            _manage(env, "collect")
            logs.wait()
            _manage(env, "import_cloudtrail", logs.uri)
        world = {row["arn"]: WORDS[row["kind"]] for row in organization.world("classes")}
    with sqlite3.connect(data_dir / "data" / "portal.db") as database:
        yield world, dict(database.execute(ROWS).fetchall())


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
