"""The command import_cloudtrail: its last line, its exit status, again and again, interrupted."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from inventory.models import CollectionRun, LogState, TrailObject
from inventory.usage import working
from tests.inventory.usage.counted import cells
from tests.log_files import make_logs
from tests.schema import put_schema

ROOT = Path(__file__).resolve().parents[3]
NAMES = [
    "objects", "skipped", "quarantined", "events", "counted", "duplicates", "ignored", "seconds",
]  # fmt: skip


@pytest.fixture(scope="module")
def logs():
    return make_logs(30)


@pytest.fixture
def folder(logs, tmp_path):
    return logs.write(tmp_path / "logs")


def run(*addresses, **options):
    """Exit status, the last line as numbers, and what was told."""
    out, err = StringIO(), StringIO()
    status: Any = 0
    try:
        call_command("import_cloudtrail", *map(str, addresses), stdout=out, stderr=err, **options)
    except SystemExit as end:
        status = end.code
    lines = out.getvalue().splitlines()
    return status, json.loads(lines[-1]), err.getvalue()


@pytest.mark.django_db
def test_the_last_line_says_what_became_of_everything(logs, folder):
    status, totals, _ = run(folder)
    events = sum(logs.cells.values())
    assert status == 0
    assert list(totals) == NAMES
    assert (totals["objects"], totals["skipped"], totals["quarantined"]) == (
        len(logs.objects),
        0,
        0,
    )
    assert totals["counted"] == events
    assert totals["events"] == totals["counted"] + totals["duplicates"] + totals["ignored"]
    assert totals["duplicates"] > 0
    assert cells() == logs.cells


@pytest.mark.django_db
def test_again_everything_is_skipped_and_nothing_is_read(logs, folder, monkeypatch):
    run(folder)
    monkeypatch.setattr(working, "decode", None)
    status, totals, _ = run(folder)
    assert (status, totals["skipped"], totals["events"]) == (0, len(logs.objects), 0)
    assert cells() == logs.cells


@pytest.mark.django_db
def test_the_same_files_elsewhere_count_as_duplicates_only(logs, folder, tmp_path):
    run(folder)
    _, totals, _ = run(logs.write(tmp_path / "copy"))
    assert totals["counted"] == 0
    assert totals["duplicates"] == totals["events"] > 0
    assert cells() == logs.cells


@pytest.mark.django_db
def test_the_import_is_a_run_with_who_asked_for_it(logs, folder):
    run(folder, by="ana")
    done = CollectionRun.objects.get()
    assert (done.source, done.outcome, done.requested_by) == ("log_import", "complete", "ana")
    assert done.items == len(logs.objects)
    assert done.file_name == str(folder)


@pytest.mark.django_db
def test_a_bad_object_is_named_and_the_rest_is_counted(logs, folder):
    (folder / "bad.json").write_bytes(b"{")
    status, totals, told = run(folder)
    assert (status, totals["quarantined"]) == (0, 1)
    assert "bad.json: not_json" in told
    assert cells() == logs.cells


@pytest.mark.django_db
def test_a_path_that_is_not_there_is_status_one(tmp_path):
    status, totals, told = run(tmp_path / "none")
    assert (status, totals["objects"]) == (1, 0)
    assert told == f"file: {tmp_path}/none cannot be read (No such file or directory)\n"
    assert CollectionRun.objects.get().outcome == "failed"


@pytest.mark.django_db
def test_a_path_that_is_not_there_beside_one_that_is_is_status_three(logs, folder, tmp_path):
    status, totals, _ = run(folder, tmp_path / "none")
    assert (status, totals["objects"]) == (3, len(logs.objects))
    assert CollectionRun.objects.get().outcome == "partial"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("gopher://logs", "'gopher' is none of file, mirror, s3 and lookup"),
        ("lookup://prod", "should be lookup://"),
        ("s3:///x", "does not name a bucket"),
    ],
)
def test_an_address_that_makes_no_sense_is_one_sentence(address, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(address)


@pytest.mark.django_db
def test_a_number_of_workers_that_makes_no_sense_is_one_sentence(folder):
    with pytest.raises(CommandError, match="--workers: 0 is not a number from 1 to 64"):
        run(folder, workers=0)


@pytest.mark.django_db
def test_what_a_killed_import_of_this_host_held_is_not_waited_for(logs, folder):
    run(folder)
    row = TrailObject.objects.order_by("pk")[0]
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    held = f"{os.uname().nodename}:{gone.pid}/1#aa"
    TrailObject.objects.filter(pk=row.pk).update(
        state=LogState.PENDING, attempts=1, owner=held, lease_until="2100-01-01T00:00Z"
    )
    assert run(folder)[0] == 0
    row.refresh_from_db()
    assert row.state == LogState.DONE


def portal(tmp_path, url):
    """The environment of a portal's commands, over a database of its own with the schema."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = keep | {"DATABASE_URL": url, "DATA_DIR": str(tmp_path / "data")}
    if url.startswith("sqlite"):
        put_schema(tmp_path)
    else:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True
        )
    return environment


def started(environment, *words):
    command = [sys.executable, "manage.py", "import_cloudtrail", *map(str, words)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finished(environment, *words):
    process = started(environment, *words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def some_are_done(url):
    query = "SELECT id FROM inventory_trailobject WHERE state = 'done' LIMIT 1"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as line:
            return line.execute(query).fetchone() is not None
    with psycopg.connect(url) as line:
        return line.execute(query).fetchone() is not None


def interrupted_and_run_again(environment, tmp_path, workers):
    logs = make_logs(300, seed=11)
    folder = logs.write(tmp_path / "many")
    process = started(environment, folder, "--workers", workers)
    while not some_are_done(environment["DATABASE_URL"]):
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode in (0, 130), err
    assert "Traceback" not in err
    again = finished(environment, folder, "--workers", workers)
    once_more = finished(environment, folder)
    assert again["objects"] == once_more["skipped"] == len(logs.objects)
    look = [sys.executable, "-m", "tests.faults.log_inspection", "state"]
    found = subprocess.run(look, cwd=ROOT, env=environment, capture_output=True, check=True)
    counted = json.loads(found.stdout)["cells"]
    assert counted == sorted([*cell, count] for cell, count in logs.cells.items())


@pytest.mark.embedded
def test_interrupted_and_run_again_it_counts_the_rest(tmp_path):
    environment = portal(tmp_path, f"sqlite:///{tmp_path}/portal.db")
    interrupted_and_run_again(environment, tmp_path, 1)


@pytest.mark.nightly
@pytest.mark.postgres
def test_several_processes_interrupted_and_run_again_count_the_rest(tmp_path, postgres_url):
    environment = portal(tmp_path, postgres_url)
    interrupted_and_run_again(environment, tmp_path, 3)
