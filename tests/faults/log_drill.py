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
CATCH_SECONDS = 60
# Objects come due portion by portion: every mishap, on any machine, finds some to be counted.
LATER = "UPDATE inventory_trailobject SET not_before = now() + interval '1 day' RETURNING 1"
COME_DUE = (
    "UPDATE inventory_trailobject SET not_before = NULL WHERE id IN ("
    "SELECT id FROM inventory_trailobject WHERE not_before > now() ORDER BY id LIMIT {portion}) "
    "RETURNING 1"
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


def _fewer_than(before: int | None) -> Callable[[int], bool]:
    """before: None when the database was away."""
    return lambda left: before is None or left < before


@dataclass(frozen=True)
class Size:
    """How many objects, and how many mishaps of each kind."""

    objects: int
    kills: int
    flushes: int
    crashes: int

    @property
    def mishaps(self) -> int:
        return self.kills + self.flushes + self.crashes


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
        self.deployment.ask(LATER)
        self.deployment.start_beat()
        self.worker = self.deployment.start_worker()
        mishaps = ["kill"] * size.kills + ["flush"] * size.flushes + ["crash"] * size.crashes
        self.chance.shuffle(mishaps)
        portion = len(logs.objects) // size.mishaps
        for mishap in mishaps:
            self._come_due(portion)
            self._strike(mishap)
        self._come_due(len(logs.objects))
        self._wait_until_done()

    def _wait_until_done(self) -> None:
        """Patience begins anew with whatever was done: beside other work a worker may be slow, and
        only one that does nothing is stuck."""
        left = self.deployment.ask(PENDING)
        while left != 0:
            self.deployment.wait_for(PENDING, _fewer_than(left), PATIENCE_SECONDS)
            left = self.deployment.ask(PENDING)

    def _come_due(self, portion: int) -> None:
        while self.deployment.ask(COME_DUE.format(portion=portion)) is None:
            # Nothing is left to come, or the database is still away.
            if self.deployment.ask(PENDING) is not None:
                break
            time.sleep(0.1)

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
