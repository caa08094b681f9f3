"""`python -m benchmarks [NAME...]`, which is what `make bench` calls.

Each benchmark runs in a process of its own with an empty database: on PostgreSQL where
tests.services started one, else on SQLite. The exit status says whether a bound was broken.
"""

import argparse
import contextlib
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.machine import machine_note
from tests.run import clean_environment
from tests.services import run_command

NAMES = {
    "calls": "requests to AWS for the sample organisation fifty, against the promised numbers",
    "saving": "the large world through inventory.store, against plain bulk_create",
    "counting": "CloudTrail log objects to counts, against DuckDB, gzip with json, and isal alone",
    "fetching": "log objects from a bucket on loopback, against the promised rate",
    "scaling": "log objects counted by 1, 2 and 4 workers over PostgreSQL and Redis",
    "storing": "counting with the rows written, against counting alone: CPU of client and server",
    "policy": "IAM decisions a second, and agreement with iam-simulate (installed by npm for it)",
    "classes": "what invented IAM users are taken for, against the rule: a password, so a human",
    "forecasting": "forecasts of 3,000 people over 90 days of usage, in one pass",
    "assessing": "gates and states of everybody in the large world, pass by pass",
    "what-if": "one question over 50 people and 5,000 distinct calls, against the promised 2 s",
    "pages": "every page and the CSV export over the large world, against a tiny one",
}
STORING_ROUNDS = 5

# Those that need nothing that others made.
ALONE = ("calls", "fetching", "scaling", "policy", "classes", "forecasting", "what-if")


@contextlib.contextmanager
def database(scratch: Path) -> Iterator[str]:
    """The URL of an empty database, removed afterwards."""
    server = os.environ.get("TEST_DATABASE_URL")
    name = f"bench_{uuid.uuid4().hex}"
    if not server:
        yield f"sqlite:///{scratch / name}.db"
        return
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{server.rsplit('/', 1)[0]}/{name}"
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run_child(scratch: Path, database_url: str, *arguments: str) -> int:
    """One benchmark in a fresh process, which prints what it found."""
    environ = clean_environment(os.environ) | {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(scratch),
        "BENCH_SCRATCH": str(scratch),
    }
    return run_command([sys.executable, "-m", "benchmarks.child", *arguments], environ)


def run_all(names: Sequence[str], requests: int, scratch: Path) -> int:
    """Runs what was named; the large world is made once and used by all that need it."""
    broken = calls = counting = storing = 0
    for name in ALONE:
        if name in names:
            with database(scratch) as url:
                calls |= run_child(scratch, url, name.replace("-", "_"))
    if {"saving", "pages", "assessing"} & set(names):
        with database(scratch) as large:
            broken |= run_child(scratch, large, "large_world", "large")
            if "assessing" in names and not broken:
                broken |= run_child(scratch, large, "assessing")
            if "pages" in names and not broken:
                broken |= run_pages(scratch, large, requests)
    if "counting" in names:
        with database(scratch) as url:
            counting = run_child(scratch, url, "counting")
    if "storing" in names:
        storing = run_storing(scratch)
    return broken or calls or counting or storing


def run_storing(scratch: Path) -> int:
    """Rounds of both, each over an empty database and the other way round each time."""
    with database(scratch) as url:
        failed = run_child(scratch, url, "storing", "prepare")
    for number in range(STORING_ROUNDS):
        for what in ("counting", "writing")[:: 1 if number % 2 else -1]:
            with database(scratch) as url:
                failed = failed or run_child(scratch, url, "storing", what)
    with database(scratch) as url:
        return failed or run_child(scratch, url, "storing", "report")


def run_pages(scratch: Path, large: str, requests: int) -> int:
    """The tiny world first, because the large one is compared with it."""
    with database(scratch) as tiny:
        made = run_child(scratch, tiny, "large_world", "tiny")
        measured = made or run_child(scratch, tiny, "pages", "tiny", str(requests))
    return measured or run_child(scratch, large, "pages", "large", str(requests))


def main() -> int:
    """Reads the arguments, says what the machine is, runs."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    described = "; ".join(f"{name}: {text}" for name, text in NAMES.items())
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{described} (default: all)")
    parser.add_argument("--requests", type=int, default=30, help="requests of each page")
    options = parser.parse_args()
    unknown = set(options.names) - NAMES.keys()
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    print(machine_note(), flush=True)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as scratch:
        return run_all(options.names or list(NAMES), options.requests, Path(scratch))


if __name__ == "__main__":
    sys.exit(main())
