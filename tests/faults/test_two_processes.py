"""`manage.py collect` as a process: what it says, how it ends, who else may collect meanwhile."""

import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from inventory.sources import SOURCES
from tests.faults.collecting import ACCOUNT
from tests.schema import put_schema

ROOT = Path(__file__).resolve().parents[2]
PER_ACCOUNT = sum(1 for source in SOURCES if source.per_account)


class Portal:
    """The embedded portal over one data directory."""

    def __init__(self, home, organization):
        self.home = home
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | organization.environment()
        self.environment |= {
            "DATA_DIR": str(home),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PORTAL_LEASE_SECONDS": "3",
            "PORTAL_AWS_READ_TIMEOUT": "1",
            "PORTAL_AWS_MAX_ATTEMPTS": "2",
        }

    def start(self, *words, **changed):
        environment = {k: v for k, v in (self.environment | changed).items() if v is not None}
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, *words, **changed):
        process = self.start(*words, **changed)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def rows(self, query):
        with sqlite3.connect(self.home / "portal.db", timeout=30) as line:
            return line.execute(query).fetchall()

    def runs(self):
        return Counter(
            outcome for (outcome,) in self.rows("SELECT outcome FROM inventory_collectionrun")
        )

    def wait_for_reads(self, number, outcome="complete"):
        end = time.monotonic() + 60
        while self.runs()[outcome] < number:
            assert time.monotonic() < end
            time.sleep(0.05)

    def inspect(self, what):
        command = [sys.executable, "-m", "tests.faults.inspection", what]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, check=True
        )
        return json.loads(done.stdout)


@pytest.fixture
def portal(organization, tmp_path):
    put_schema(tmp_path / "data")
    return Portal(tmp_path / "data", organization)


def only_sentence(text):
    """The one sentence of a command that failed."""
    assert "Traceback" not in text
    [line] = [line for line in text.splitlines() if line.startswith("CommandError")]
    return line


def test_one_account_is_read_alone_and_whole(portal):
    done = portal.manage("collect", "--account", ACCOUNT)
    assert (done.returncode, portal.runs()) == (0, Counter(complete=PER_ACCOUNT))
    assert f"{PER_ACCOUNT} of {PER_ACCOUNT} reads complete" in done.stdout
    assert {row[0] for row in portal.rows("SELECT account_id FROM inventory_collectionrun")} == {
        ACCOUNT
    }


def test_one_source_of_one_account_is_one_read(portal):
    done = portal.manage("collect", "--account", ACCOUNT, "--source", "account_summary")
    assert (done.returncode, portal.runs()) == (0, Counter(complete=1))


def test_some_reads_refused_is_exit_status_three(portal, organization):
    organization.fault(kind="deny", service="iam", operation="GetLoginProfile")
    done = portal.manage("collect", "--account", ACCOUNT)
    assert (done.returncode, portal.runs()["denied"]) == (3, 1)
    assert f"iam:GetLoginProfile: account {ACCOUNT}: refused" in done.stdout


def test_all_reads_refused_is_exit_status_one(portal, organization):
    organization.fault(kind="deny", service="sts", operation="AssumeRole")
    done = portal.manage("collect", "--account", ACCOUNT)
    assert (done.returncode, portal.runs()["complete"]) == (1, 0)
    assert "Traceback" not in done.stderr


def test_without_credentials_one_sentence_says_what_to_set(portal):
    nothing = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}
    done = portal.manage("collect", **nothing)
    assert done.returncode == 1
    assert "no AWS credentials were found: set AWS_PROFILE" in only_sentence(done.stderr)
    assert portal.runs() == Counter()


def test_with_wrong_credentials_one_sentence_says_so(portal):
    done = portal.manage("collect", AWS_ACCESS_KEY_ID="AKIAWRONGWRONGWRONG1")
    assert done.returncode == 1
    assert "the credentials are expired or invalid there" in only_sentence(done.stderr)


def test_with_an_unknown_profile_one_sentence_says_so(portal):
    done = portal.manage("collect", AWS_PROFILE="nobody")
    assert done.returncode == 1
    assert "the AWS profile does not exist" in only_sentence(done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize(
    "how", [signal.SIGKILL, pytest.param(signal.SIGINT, marks=pytest.mark.nightly)]
)
def test_a_collection_that_is_stopped_is_completed_by_the_next(portal, how):
    process = portal.start("collect")
    portal.wait_for_reads(15)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert only_sentence(err).startswith("CommandError: interrupted")
        assert portal.runs()["running"] == 0
    done = portal.manage("collect")
    assert done.returncode == 0, done.stdout
    assert portal.runs()["running"] == 0
    state = portal.inspect("state")
    assert (state["chain"], state["appeared twice"]) == ("", [])
    assert set(state["jobs"]) == {"done"}


@pytest.mark.slow
def test_a_collection_that_is_killed_between_two_portions_asks_nobody_twice(portal, organization):
    few = {"PORTAL_USERS_PER_READ": "2"}
    only = ("collect", "--account", ACCOUNT, "--source")
    assert portal.manage(*only, "authorization_details").returncode == 0
    ((users,),) = portal.rows("SELECT count(*) FROM inventory_iamuser WHERE gone_at IS NULL")
    organization.reset_calls()
    process = portal.start(*only, "login_profiles", **few)
    portal.wait_for_reads(1, "partial")
    process.kill()
    process.communicate(timeout=60)

    done = portal.manage(*only, "login_profiles", **few)

    assert done.returncode == 0, done.stdout
    assert "1 of 1 reads complete" in done.stdout
    ((read,),) = portal.rows("SELECT count(*) FROM inventory_userread")
    assert read == users
    calls = sum(
        call["count"]
        for call in organization.calls()["calls"]
        if call["operation"] == "GetLoginProfile"
    )
    assert users <= calls <= users + 2


def fill(portal, number):
    """So many refused reads of long ago, besides three whole ones."""
    columns = "source, account_id, region, origin, outcome, started_at, ended_at, observed_at"
    rest = ", calls, items, error, requested_by, file_name, file_sha256"
    values = "?, ?, '', 'aws', ?, ?, ?, ?, 0, 0, '', '', '', ''"
    at = "2026-01-01 12:00:00"
    whole = [("roster", "", "complete", at, at, f"2026-01-01 1{n}:00:00") for n in range(3)]
    rows = [("roster", "", "denied", at, at, at)] * number + whole
    with sqlite3.connect(portal.home / "portal.db", timeout=30) as line:
        insert = f"INSERT INTO inventory_collectionrun ({columns}{rest}) VALUES ({values})"  # noqa: S608
        line.executemany(insert, rows)


@pytest.mark.slow
@pytest.mark.nightly
def test_thinning_that_is_killed_goes_on_where_it_was(portal):
    fill(portal, 20_000)
    process = portal.start("thin_runs")
    end = time.monotonic() + 60
    while portal.runs()["denied"] == 20_000:
        assert time.monotonic() < end
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=60)
    assert 0 < portal.runs()["denied"] < 20_000, "it was killed when it had ended already"
    assert portal.runs()["complete"] >= 2

    done = portal.manage("thin_runs")

    assert done.returncode == 0, done.stderr
    assert portal.runs() == Counter(complete=2)
    assert portal.rows("PRAGMA foreign_key_check") == []


@pytest.mark.slow
def test_two_collections_at_once_with_eight_threads_each_do_everything_once(portal):
    both = [portal.start("collect", PORTAL_LEASE_SECONDS="30") for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    state = portal.inspect("state")
    assert (state["chain"], state["appeared twice"]) == ("", [])
    assert set(state["changes"]) == {"appeared"}
    assert set(state["runs"]) == {"complete"}
