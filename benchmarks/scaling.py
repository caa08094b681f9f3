"""Workers side by side: the same logs counted by 1, 2 and 4 Celery worker processes.

Real workers over PostgreSQL and Redis, an empty database each time. Reported, without a bound: the
cores of one machine are shared with the two servers.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
import redis

from benchmarks.__main__ import database
from tests.log_files import make_logs

ROOT = Path(__file__).resolve().parent.parent
OBJECTS, MOST_EVENTS = 1500, 400
WORKERS = (1, 2, 4)
PATIENCE_SECONDS = 300
PENDING = "SELECT count(*) FROM inventory_trailobject WHERE state = 'pending'"
EVENTS = "SELECT coalesce(sum(counted), 0) FROM inventory_trailobject"
READY = "SELECT count(*) FROM inventory_trailobject WHERE attempts > 0"


def ask(url: str, query: str) -> int:
    """The only number that a query answers with."""
    with psycopg.connect(url, autocommit=True) as line:
        row = line.execute(query).fetchone()
    return int(row[0]) if row else 0


def wait_until(url: str, query: str, *, zero: bool) -> None:
    """Until the query's number is zero, or is not."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (ask(url, query) == 0) != zero:
        if time.monotonic() > end:
            raise RuntimeError(f"after {PATIENCE_SECONDS} s still not done: {query}")
        time.sleep(0.05)


def measure(workers: int, folder: Path, environment: Mapping[str, str]) -> tuple[float, int]:
    """Seconds from the first claim to the last count, and events counted."""
    url = environment["DATABASE_URL"]
    for command in (["manage.py", "migrate", "-v0"], ["-m", "tests.faults.log_inspection", "list"]):
        more = [str(folder)] if command[-1] == "list" else []
        subprocess.run(
            [sys.executable, *command, *more],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
    celery = [sys.executable, "-m", "celery", "-A", "accessportal"]
    commands = [
        [*celery, "worker", "-P", "prefork", "-c", str(workers), "-l", "ERROR", "--without-gossip"],
        [*celery, "beat", "-s", str(folder / f"beat-{secrets.token_hex(4)}"), "--pidfile="],
    ]
    crew = [
        subprocess.Popen(
            one,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for one in commands
    ]
    try:
        wait_until(url, READY, zero=False)
        started = time.monotonic()
        wait_until(url, PENDING, zero=True)
        return time.monotonic() - started, ask(url, EVENTS)
    finally:
        for process in crew:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def main(_arguments: Sequence[str]) -> int:
    """One measurement for each number of workers."""
    broker = os.environ.get("TEST_REDIS_URL")
    if not broker or "TEST_DATABASE_URL" not in os.environ:
        print("\nscaling: skipped, it needs PostgreSQL and Redis")
        return 0
    logs = make_logs(OBJECTS, most=MOST_EVENTS)
    expected = sum(logs.cells.values())
    print(f"\nscaling: {OBJECTS} objects, {expected} events, from files")
    complaints = 0
    with tempfile.TemporaryDirectory(prefix="portal-scaling-") as home:
        folder = logs.write(Path(home) / "logs")
        for workers in WORKERS:
            with database(Path(home)) as url, redis.Redis.from_url(broker) as client:
                client.flushall()
                environment = os.environ | {
                    "DATABASE_URL": url,
                    "REDIS_URL": broker,
                    "PORTAL_COLLECT": "0",
                    "PORTAL_TICK_SECONDS": "1",
                    "DATA_DIR": home,
                }
                seconds, events = measure(workers, folder, environment)
            complaints += events != expected
            wrong = "" if events == expected else f" BROKEN {expected} expected"
            print(f"  {workers} workers: {seconds:6.2f} s, {events / seconds:8.0f} events/s{wrong}")
    return 1 if complaints else 0
