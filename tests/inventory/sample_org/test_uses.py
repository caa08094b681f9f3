"""IAM keeps up with the logs: after a restart days later, last uses are those of the story."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from inventory.sample_org.logs.story import Story
from inventory.sample_org.process import SampleOrganization


def started_days_ago(path, days):
    """A data directory whose organisation first started so many days ago."""
    epoch = (datetime.now(UTC) - timedelta(days=days)).replace(microsecond=0)
    text = epoch.strftime("%Y-%m-%dT%H:%M:%SZ")
    (path / "sample-org-clock.json").write_text(json.dumps({"epoch": text}))
    return epoch


def test_keys_used_after_the_epoch_were_last_used_then(tmp_path):
    epoch = started_days_ago(tmp_path, 3)
    now = datetime.now(UTC)
    expected = {}
    for day in Story("fourteen", 47, epoch).days(now.date()):
        for one in day.happenings:
            if epoch < one.at <= now - timedelta(minutes=5) and one.who.access_key_id:
                expected[one.who.access_key_id] = one.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    with SampleOrganization.start("fourteen", tmp_path) as organization:
        rows = {row["id"]: row["last_used_at"] for row in organization.world("credentials")}
    assert expected
    assert {key: rows[key] >= at for key, at in expected.items()} == dict.fromkeys(expected, True)
    assert sum(rows[key] == at for key, at in expected.items()) >= len(expected) - 1


def test_days_are_caught_up_one_by_one_and_each_once():
    """Nobody is answered while a day is told, so no more than one is told at a time."""
    asked = [
        sys.executable, "-c", "from datetime import *; from inventory.sample_org import uses\n"
        "start = datetime(2030, 1, 7, 15, 30, tzinfo=UTC)\n"
        "class Clock: epoch = start; now = staticmethod(lambda: start + timedelta(days=3))\n"
        "class Story:\n"
        "    class story:\n"
        "        def day(when): told.append(when.day); return Day\n"
        "class Day: happenings = []\n"
        "told = []; uses.CLOCK, uses.SHELF, uses._users = Clock, Story, lambda: []\n"
        "one = uses.Uses(); left = [one.catch_up_a_day() for _ in range(4)]\n"
        "print(told, left)",
    ]  # fmt: skip
    done = subprocess.run(asked, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[7, 8, 9, 10] [True, True, True, False]"


def test_nothing_changes_at_the_first_start(tmp_path):
    with SampleOrganization.start("fourteen", tmp_path) as organization:
        epoch = organization.info["epoch"]
        rows = organization.world("credentials")
    assert [row for row in rows if (row["last_used_at"] or "") > epoch] == []
