"""Mishaps for workers that count logs: kills, a Redis that forgets, a database that crashes."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg

from tests.faults.deployment import Deployment, Servers, children_of
from tests.log_files import Logs

PENDING = "SELECT count(*) FROM inventory_trailobject WHERE state = 'pending'"
# What every batch writes, from first to last: a worker is stopped at any of them.
WRITTEN = (
    "inventory_dailyusage",
    "inventory_actorday",
    "inventory_pathday",
    "inventory_usageorigin",
)
MET = (
    "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
    " AND mode = 'RowExclusiveLock'"
)
CATCH_SECONDS = 10
# Objects come due little by little, as they do in life: every mishap finds some at work.
COME_DUE = (
    "UPDATE inventory_trailobject SET not_before = now() + "
    "((id - (SELECT min(id) FROM inventory_trailobject)) * interval '{step} seconds') RETURNING 1"
)
PATIENCE_SECONDS = 120


@contextlib.contextmanager
def _held_up(database: str, table: str) -> Iterator[Callable[[float], bool]]:
    """Nobody writes the table meanwhile; what is given waits until somebody wants to."""
    with psycopg.connect(database, autocommit=True) as line:
        line.execute("BEGIN")
        line.execute(f"LOCK TABLE {table} IN SHARE MODE")

        def meets(seconds: float) -> bool:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                row = line.execute(MET, [table]).fetchone()
                if row and row[0]:
                    return True
                time.sleep(0.01)
            return False

        yield meets
        # A database that crashed meanwhile has let go by itself.
        with contextlib.suppress(psycopg.OperationalError):
            line.execute("ROLLBACK")


@dataclass(frozen=True)
class Size:
    """How many objects, and how many mishaps of each kind. seconds: until all objects are due."""

    objects: int
    kills: int
    flushes: int
    crashes: int
    seconds: float


@dataclass
class Drill:
    """One deployment under fire. caught: mishaps that met a worker writing."""

    servers: Servers
    deployment: Deployment
    chance: random.Random
    worker: "subprocess.Popen[bytes] | None" = None
    caught: int = 0

    def run(self, logs: Logs, size: Size) -> None:
        """Lists, lets the mishaps happen, and waits until nothing is left to do."""
        folder = logs.write(self.deployment.home / "logs")
        self.deployment.inspect_logs("list", str(folder))
        self.deployment.ask(COME_DUE.format(step=size.seconds / len(logs.objects)))
        self.deployment.start_beat()
        self.worker = self.deployment.start_worker()
        mishaps = ["kill"] * size.kills + ["flush"] * size.flushes + ["crash"] * size.crashes
        self.chance.shuffle(mishaps)
        for mishap in mishaps:
            self._strike(mishap)
        self.deployment.wait_for(PENDING, lambda left: left == 0, PATIENCE_SECONDS)

    def _strike(self, mishap: str) -> None:
        """Lets one mishap happen while a worker is in the middle of writing what it counted."""
        with _held_up(self.deployment.database, self.chance.choice(WRITTEN)) as meets:
            self.caught += meets(CATCH_SECONDS)
            if mishap == "flush":
                self.servers.crash_redis()
            elif mishap == "crash":
                self.servers.crash_postgres()
            else:
                self._kill()

    def _kill(self) -> None:
        """kill -9 of the whole group, the parent or one child."""
        assert self.worker is not None
        kind, children = self.chance.choice(("group", "parent", "child")), []
        with contextlib.suppress(ProcessLookupError):
            children = children_of(self.worker.pid)
            if kind == "child" and children:
                os.kill(self.chance.choice(children), signal.SIGKILL)
                return
            if kind == "group":
                os.killpg(self.worker.pid, signal.SIGKILL)
            else:
                os.kill(self.worker.pid, signal.SIGKILL)
        self.worker.wait()
        self.worker = self.deployment.start_worker()
