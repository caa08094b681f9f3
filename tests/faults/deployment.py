"""Workers, schedulers, PostgreSQL and Redis as processes of their own, to be killed at will."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
import redis
from celery import Celery

from tests import services

ROOT = Path(__file__).resolve().parents[2]
ALL_JOBS = "SELECT count(*) FROM inventory_job"
DONE_JOBS = "SELECT count(*) FROM inventory_job WHERE state = 'done'"
GIVEN_UP_JOBS = "SELECT count(*) FROM inventory_job WHERE state = 'given up'"
RUNNING_JOBS = "SELECT count(*) FROM inventory_job WHERE state = 'running'"
OPEN_JOBS = "SELECT count(*) FROM inventory_job WHERE state IN ('queued', 'running')"
RUNNING_RUNS = "SELECT count(*) FROM inventory_collectionrun WHERE outcome = 'running'"


class Servers:
    """A PostgreSQL cluster and a Redis that nobody else uses. Raises services.Unavailable."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="portal-faults-"))
        # The account that runs PostgreSQL must reach its directory through this one.
        self.home.chmod(0o711)
        self.postgres = services.start_postgres(self.home / "postgres")
        self.redis = services.start_redis(self.home / "redis")

    def stop(self) -> None:
        services.remove(self.home)

    def empty_database(self, template: str = "template1") -> str:
        name = f"portal_{secrets.token_hex(6)}"
        with psycopg.connect(self.postgres, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"{self.postgres.rsplit('/', 1)[0]}/{name}"

    def stop_postgres(self) -> None:
        services.stop_postgres(self.home / "postgres")

    def stop_redis(self) -> None:
        services.stop_redis(self.home / "redis")

    def crash_postgres(self) -> None:
        """Stops without a word to anybody, and starts again."""
        pg_ctl = services.find_binary("pg_ctl", services.POSTGRES_PLACES)
        data, log = str(self.home / "postgres" / "data"), str(self.home / "postgres" / "server.log")
        command = [pg_ctl, "restart", "-w", "-m", "immediate", "-D", data, "-l", log]
        services.run_quietly(
            command, cwd=self.home / "postgres", account=services.postgres_account()
        )

    def crash_redis(self) -> None:
        """Forgets everything, goes away, and comes back at the same address."""
        home, port = self.home / "redis", self.redis.rsplit(":", 1)[1].split("/")[0]
        with redis.Redis.from_url(self.redis) as client:
            client.flushall()
            client.shutdown(nosave=True)
        server = services.find_binary("redis-server")
        options = f"--bind 127.0.0.1 --port {port} --unixsocket {home}/redis.sock --dir {home}"
        quiet = ["--save", "", "--appendonly", "no", "--daemonize", "yes"]
        time.sleep(1)
        services.run_quietly([server, *options.split(), *quiet], cwd=home, account=None)


class Deployment:
    """The portal in its production shape over one database, collecting one organisation."""

    def __init__(self, servers: Servers, database: str, organization: Any, home: Path) -> None:
        self.servers, self.database, self.home = servers, database, home
        self.processes: list[subprocess.Popen[bytes]] = []
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | organization.environment()
        self.environment |= {
            "DATABASE_URL": database,
            "REDIS_URL": servers.redis,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATA_DIR": str(home / "data"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PORTAL_LEASE_SECONDS": "3",
            "PORTAL_AWS_READ_TIMEOUT": "1",
            "PORTAL_TICK_SECONDS": "1",
            "LOG_LEVEL": "WARNING",
        }
        with redis.Redis.from_url(servers.redis) as client:
            client.flushall()

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        return self._start([sys.executable, "-m", "celery", "-A", "accessportal", *words])

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with (self.home / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self) -> str:
        """The web server; returns its address once it answers."""
        address = f"127.0.0.1:{services.free_port()}"
        self.environment |= {"PORTAL_BIND": address, "PORTAL_TLS": "false"}
        self.manage("collectstatic", "--noinput", "-v0")
        gunicorn = ["gunicorn", "accessportal.wsgi", "-c", "python:accessportal.gunicorn_conf"]
        self._start([sys.executable, "-m", *gunicorn])
        end = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), urlopen(f"http://{address}/healthz", timeout=10):
                return f"http://{address}"
            assert time.monotonic() < end, self.log()
            time.sleep(0.1)

    def start_worker(self) -> "subprocess.Popen[bytes]":
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return self.start("worker", "-P", "prefork", "-c", "2", "-l", "WARNING", *quiet)

    def start_beat(self) -> "subprocess.Popen[bytes]":
        schedule = self.home / f"beat-{secrets.token_hex(4)}"
        return self.start("beat", "-s", str(schedule), "--pidfile=", "-l", "WARNING")

    def stop(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def ask(self, query: str) -> Any:
        """The first column of a query's only row; None while the database is away."""
        try:
            with psycopg.connect(self.database, autocommit=True, connect_timeout=5) as line:
                row = line.execute(query).fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    def wait_for(self, query: str, enough: Callable[[Any], bool], seconds: float) -> None:
        """Until the query's answer is enough. AssertionError: it was not in so many seconds."""
        end = time.monotonic() + seconds
        while (found := self.ask(query)) is None or not enough(found):
            assert time.monotonic() < end, f"{query} is still {found}"
            time.sleep(0.1)

    def inspect(self, what: str) -> Any:
        """What tests.faults.inspection says in a process of its own."""
        command = [sys.executable, "-m", "tests.faults.inspection", what]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def inspect_logs(self, *words: str) -> Any:
        """What tests.faults.log_inspection says in a process of its own."""
        command = [sys.executable, "-m", "tests.faults.log_inspection", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def manage(self, *words: str) -> None:
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, check=True)

    def send(self, name: str, times: int) -> None:
        with Celery("sender", broker=self.servers.redis) as sender:
            for _ in range(times):
                sender.send_task(name, ignore_result=True)

    def log(self) -> str:
        return (self.home / "processes.log").read_text(errors="replace")


def children_of(pid: int) -> list[int]:
    """Process ids of a process's children."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]
