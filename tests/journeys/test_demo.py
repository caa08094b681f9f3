"""`manage.py demo` as a newcomer runs it: real processes, real HTTP, an empty folder."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _command(tmp_path: Path, **extra: str) -> dict[str, object]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PORTAL_", "DJANGO_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "STATIC_ROOT"):
        env.pop(name, None)
    env |= {"DATA_DIR": str(tmp_path), "PORTAL_TICK_SECONDS": "1", **extra}
    return {
        "args": [sys.executable, "manage.py", "demo", "--world", "fourteen"],
        "cwd": ROOT,
        "env": env,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
        "start_new_session": True,
    }


@contextmanager
def _serving(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = _free_port()
    process = subprocess.Popen(**_command(tmp_path, PORT=str(port)))  # type: ignore[call-overload]
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _wait_for(address: str, process: subprocess.Popen[str], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(process.communicate(timeout=5)[0] if process.poll() else "no answer")


def _rows(tmp_path: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(tmp_path / "demo-fourteen" / "portal.db", timeout=30) as database:
        return database.execute(query).fetchall()


def _wait_until(tmp_path: Path, query: str, wanted: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if _rows(tmp_path, query)[0][0] == wanted:
            return
        time.sleep(0.3)
    assert _rows(tmp_path, query)[0][0] == wanted


def test_oneshot_prepares_exits_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    command = _command(tmp_path, DEMO_ONESHOT="1")
    first = subprocess.run(**command, timeout=120, check=False)  # type: ignore[call-overload]
    assert first.returncode == 0, first.stdout
    paths = _rows(tmp_path, "select distinct path from inventory_pathday")
    assert {path for (path,) in paths} >= {"old", "new", "signin", "workload", "aws"}
    before = _rows(tmp_path, "select count(*) from inventory_observation")
    second = subprocess.run(**command, timeout=60, check=False)  # type: ignore[call-overload]
    assert second.returncode == 0, second.stdout
    assert _rows(tmp_path, "select count(*) from inventory_observation") == before
    assert _rows(tmp_path, "select count(*) from inventory_iamuser where gone_at is null") == [
        (14,)
    ]


@pytest.mark.nightly
def test_a_killed_demo_goes_on_where_it_was_and_nothing_appears_twice(tmp_path: Path) -> None:
    with _serving(tmp_path) as (process, _):
        before = _rows(tmp_path, "select kind, key from inventory_observation order by seq")
        # A second round of reads, by the threads inside the web process.
        database = sqlite3.connect(tmp_path / "demo-fourteen" / "portal.db", timeout=30)
        with database:
            database.execute("update inventory_job set slot = null")
        database.close()
        _wait_until(tmp_path, "select count(*) > 0 from inventory_job where state='running'", 1)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with _serving(tmp_path):
        open_jobs = "select count(*) from inventory_job where state in ('queued', 'running')"
        _wait_until(tmp_path, open_jobs, 0)
        running = "select count(*) from inventory_collectionrun where outcome='running'"
        _wait_until(tmp_path, running, 0)
    after = _rows(tmp_path, "select kind, key from inventory_observation order by seq")
    assert after == before


@pytest.mark.nightly
def test_a_polite_stop_ends_every_process(tmp_path: Path) -> None:
    with _serving(tmp_path) as (process, base):
        with urlopen(f"{base}/healthz", timeout=5) as answer:
            assert json.load(answer)
        process.terminate()
        assert process.wait(20) == 0
        left = subprocess.run(
            ["ps", "-o", "pid=", "-g", str(process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert left.stdout.split() == []
