"""The servers of a test run are gone when the run is, however it ends."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run import clean_environment
from tests.services import PREFIX, remove_leftovers

ROOT = Path(__file__).parents[1]
# Says that the servers are up, then waits to be ended, or to be left alone by a killed parent.
WAITING = """
import os, pathlib, time
parent = os.getppid()
pathlib.Path("up").touch()
while os.getppid() == parent:
    time.sleep(0.1)
"""


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A directory that the account of PostgreSQL may enter; pytest's own it may not."""
    path = Path(tempfile.mkdtemp(prefix="portal-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def start(scratch: Path) -> subprocess.Popen[bytes]:
    servers = {"TEST_DATABASE_URL", "TEST_REDIS_URL"}
    environ = {name: value for name, value in os.environ.items() if name not in servers}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services", "--", sys.executable, "-c", WAITING],
        cwd=scratch,
        env={**environ, "TMPDIR": str(scratch), "PYTHONPATH": str(ROOT)},
    )
    deadline = time.monotonic() + 60
    while not (scratch / "up").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def processes_of(scratch: Path) -> str:
    found = subprocess.run(["ps", "-eo", "stat,args"], capture_output=True, text=True, check=True)
    lines = found.stdout.splitlines()
    return "\n".join(line for line in lines if str(scratch) in line and not line.startswith("Z"))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(scratch, ending):
    process = start(scratch)

    process.send_signal(ending)

    assert process.wait(30) == 128 + ending
    assert not list(scratch.glob(f"{PREFIX}*"))
    assert processes_of(scratch) == ""


def test_the_next_run_removes_what_a_killed_one_left(scratch):
    process = start(scratch)
    remove_leftovers(scratch)
    assert list(scratch.glob(f"{PREFIX}*")), "a live run was removed"

    process.kill()
    process.wait(30)
    remove_leftovers(scratch)

    assert not list(scratch.glob(f"{PREFIX}*"))
    assert "postgres" not in processes_of(scratch)
    assert "redis" not in processes_of(scratch)


def test_settings_of_the_shell_do_not_reach_the_tests():
    shell = {"PATH": "/bin", "AWS_PROFILE": "prod", "DATABASE_URL": "x", "PORTAL_START_URL": "x"}

    cleaned = clean_environment(shell)

    assert cleaned["PATH"] == "/bin"
    assert cleaned["AWS_ACCESS_KEY_ID"] == "testing"
    assert not {"AWS_PROFILE", "DATABASE_URL", "PORTAL_START_URL"} & set(cleaned)
