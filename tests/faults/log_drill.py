"""Mishaps for workers that count logs: kills, a Redis that forgets, a database that crashes."""

import contextlib
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass

from tests.faults.deployment import Deployment, Servers, children_of
from tests.log_files import Logs

PENDING = "SELECT count(*) FROM inventory_trailobject WHERE state = 'pending'"
LEASED = "SELECT count(*) FROM inventory_trailobject WHERE lease_until > now()"
# Objects come due little by little, as they do in life: every mishap finds some at work.
COME_DUE = (
    "UPDATE inventory_trailobject SET not_before = now() + "
    "((id - (SELECT min(id) FROM inventory_trailobject)) * interval '{step} seconds') RETURNING 1"
)
PATIENCE_SECONDS = 120


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
    """One deployment under fire. caught: mishaps that met a worker at work."""

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
        with contextlib.suppress(AssertionError):
            self.deployment.wait_for(LEASED, lambda leased: leased > 0, 6)
        time.sleep(self.chance.random() / 10)
        self.caught += bool(self.deployment.ask(LEASED))
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
