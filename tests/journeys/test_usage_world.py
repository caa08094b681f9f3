"""What the portal counts against what happened: `export usage` equals the story's truth, cell by
cell, over files, over S3 and over LookupEvents.

The truth is told by the sample organisation and shares no code with counting.
"""

import json
import random
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inventory.sample_org.logs import truth
from inventory.sample_org.logs.files import Logs
from inventory.sample_org.logs.story import Story
from inventory.sample_org.process import SampleOrganization
from tests.journeys.portal_process import Rows, portal_at
from tests.journeys.shared_world import shared_world

pytestmark = pytest.mark.slow
SEED = 47
# Long past, so that nothing of it lies in the future of the test.
EPOCH = datetime(2026, 9, 25, 15, 30, 12, tzinfo=UTC)
# By then everything that was late has come; the days in between are told as well.
DELIVERED = EPOCH + timedelta(days=9)
LAST_DAY = (EPOCH + timedelta(days=3)).date()
PARTS = 4


def logs_of(world: str, data_dir: Path) -> Logs:
    data_dir.mkdir(exist_ok=True)
    clock = {"epoch": EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (data_dir / "sample-org-clock.json").write_text(json.dumps(clock))
    logs = Logs(world, SEED, data_dir)
    logs.write(DELIVERED)
    return logs


def differences(found: Rows, expected: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Rows of either side that the other has not; both are empty when every cell is equal."""
    here = {json.dumps(row, sort_keys=True) for row in found}
    there = {json.dumps(row, sort_keys=True) for row in expected}
    assert len(here) == len(found)
    return {"portal": sorted(here - there)[:5], "truth": sorted(there - here)[:5]}


EQUAL: dict[str, list[str]] = {"portal": [], "truth": []}


@pytest.mark.nightly
@pytest.mark.parametrize("world", ["fifty", "fourteen"])
def test_files_in_random_order_and_twice_count_as_what_happened(world: str, tmp_path: Path) -> None:
    logs, portal = logs_of(world, tmp_path / "logs"), portal_at(tmp_path / "portal")
    objects = logs.directory / "objects"
    files = sorted(str(path) for path in objects.rglob("*.gz"))
    random.Random(3).shuffle(files)
    counted = 0
    for part in range(PARTS):
        counted += portal.import_logs(*files[part::PARTS])["counted"]
    copy = tmp_path / "copy"
    shutil.copytree(objects, copy)
    again = portal.import_logs(str(copy))
    skipped = portal.import_logs(objects.as_uri())

    assert counted > 0
    assert again["counted"] == 0
    assert again["duplicates"] > counted
    assert skipped["skipped"] == len(files)
    happenings, starts = logs.bucket.told(DELIVERED)
    told = [row for row in truth.usage(happenings) if row["day"] <= LAST_DAY.isoformat()]
    assert differences(portal.export("usage", "--to", LAST_DAY.isoformat()), told) == EQUAL
    assert starts


def test_s3_over_http_counts_as_what_happened(tmp_path_factory: Any) -> None:
    world = shared_world(tmp_path_factory)
    # What may still be under way is left aside.
    last = (datetime.now(UTC) - timedelta(days=5)).date().isoformat()
    told = [row for row in world.told["usage"] if row["day"] <= last]
    found = world.portal.export("usage", "--to", last)

    first, again = world.imports
    assert again["skipped"] >= first["objects"]
    assert differences(found, told) == EQUAL


@pytest.mark.nightly
def test_lookups_count_one_accounts_management_events(tmp_path: Path) -> None:
    with SampleOrganization.start("fourteen", tmp_path / "organization") as organization:
        epoch = datetime.fromisoformat(organization.info["epoch"])
        story = Story("fourteen", SEED, epoch)
        account, last = story.cast.own_trail, (epoch - timedelta(days=1)).date()
        # Twice a second in an account and region: one region takes a minute as it is.
        region = story.cast.home
        portal = portal_at(tmp_path / "portal", **organization.environment())
        portal.import_logs(f"lookup://{account}/{region}", "--workers", "1")
        found = portal.export("usage", "--to", last.isoformat())

    happenings = [
        one
        for day in story.days(last)
        for one in day.happenings
        if one.record["recipientAccountId"] == account
        and one.record["awsRegion"] == region
        and one.record["eventCategory"] == "Management"
    ]
    assert differences(found, truth.usage(happenings)) == EQUAL
