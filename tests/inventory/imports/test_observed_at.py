"""When a file was true: what the person says, else the file; never the future."""

import json
import os
import time

import pytest
from django.core.management import CommandError

from inventory.models import CollectionRun, IamUser
from tests.inventory.imports.importing import MONDAY, payload, run, run_on

pytestmark = pytest.mark.django_db
COMMAND = "import_iam_snapshot"
SNAPSHOT = payload("authorization_details.json")


@pytest.mark.parametrize("when", ["2026-03-02T09:00:00", "yesterday", "2999-01-01T00:00:00Z"])
def test_an_observation_time_needs_a_time_zone_and_is_not_in_the_future(tmp_path, when):
    with pytest.raises(CommandError, match="--observed-at: "):
        run_on(tmp_path, COMMAND, SNAPSHOT, "--observed-at", when, at=None)


def test_without_a_time_the_file_is_as_old_as_its_last_change(tmp_path):
    run_on(tmp_path, COMMAND, SNAPSHOT, at=None)

    assert CollectionRun.objects.get().observed_at == MONDAY


def test_a_file_from_the_future_is_refused_and_leaves_a_failed_run(tmp_path):
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(SNAPSHOT))
    later = time.time() + 3600
    os.utime(path, (later, later))

    with pytest.raises(CommandError, match=r"snapshot.json: is from \S+Z, which is in the future"):
        run(COMMAND, path)

    assert CollectionRun.objects.get().outcome == "failed"
    assert not IamUser.objects.exists()


def test_a_clock_ten_minutes_fast_is_no_future_and_counts_as_now(tmp_path):
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(SNAPSHOT))
    later = time.time() + 600
    os.utime(path, (later, later))

    run(COMMAND, path)

    found = CollectionRun.objects.get()
    assert found.observed_at == found.started_at
