"""A real PostgreSQL and a real Redis for one test run, started from what is installed.

`python -m tests.services -- COMMAND...` runs the command with TEST_DATABASE_URL and TEST_REDIS_URL
set. A server named by those variables beforehand is used as it is. Where a server cannot be had,
TEST_DATABASE_MISSING or TEST_REDIS_MISSING says why in one sentence, for skipped tests to quote.

The servers of a run live in one temporary directory, locked while the run lives. They are stopped
at the end and on SIGINT, SIGTERM and SIGHUP; what a killed run left behind, the next run finds
unlocked, stops and removes.
"""

import contextlib
import fcntl
import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

PREFIX = "portal-tests-"  # short: the path of a Unix socket may have about 100 characters
START_SECONDS = 60
GRACE_SECONDS = 20
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POSTGRES_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
# Speed over safety: nothing here outlives the run.
POSTGRES_OPTIONS = (
    "-F -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB "
    "-c max_connections=100 -c listen_addresses=127.0.0.1 -c log_min_messages=error"
)


class Unavailable(Exception):
    """A server cannot be had here; the message says why in one sentence."""


def find_binary(name: str, places: Sequence[str] = ()) -> str:
    """The path of a program from PATH, else from the newest of the places."""
    found = shutil.which(name)
    if found:
        return found
    candidates = [path for place in places for path in glob.glob(f"{place}/{name}")]
    if not candidates:
        raise Unavailable(f"{name} is not installed")
    return max(candidates, key=version_in)


def version_in(path: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", path)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as another account. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("PostgreSQL does not run as root, and there is no account to run it as")


def run_quietly(command: Sequence[str], *, cwd: Path, account: pwd.struct_passwd | None) -> None:
    """Run a server's own tool. What it says goes to a file, as a server it starts keeps it open."""
    log = cwd / "tool.log"
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=START_SECONDS * 2,
            check=False,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    if done.returncode:
        last_words = log.read_text(errors="replace").strip().splitlines()[-3:]
        raise Unavailable(f"{Path(command[0]).name} failed: {' '.join(last_words)}")


def start_postgres(home: Path) -> str:
    """Make and start a cluster below `home`; the answer is its URL."""
    initdb = find_binary("initdb", POSTGRES_PLACES)
    pg_ctl = find_binary("pg_ctl", (str(Path(initdb).resolve().parent), *POSTGRES_PLACES))
    account = postgres_account()
    home.mkdir(mode=0o700)
    if account:
        os.chown(home, account.pw_uid, account.pw_gid)
    data = str(home / "data")
    # The locale of docker-compose.yml: bytes order text, as in SQLite; letters have their case.
    locale = ["--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8"]
    cluster = [initdb, "-D", data, "-U", "portal", "--auth=trust", "--no-sync", *locale]
    run_quietly(cluster, cwd=home, account=account)
    port = free_port()
    options = f"{POSTGRES_OPTIONS} -p {port} -k {home}"
    start = [pg_ctl, "start", "-w", "-t", str(START_SECONDS), "-D", data, "-o", options]
    run_quietly([*start, "-l", str(home / "server.log")], cwd=home, account=account)
    return f"postgresql://portal@127.0.0.1:{port}/postgres"


def stop_postgres(home: Path) -> None:
    if not (home / "data" / "postmaster.pid").exists():
        return
    with contextlib.suppress(Unavailable, subprocess.TimeoutExpired):
        pg_ctl = find_binary("pg_ctl", POSTGRES_PLACES)
        stop = [pg_ctl, "stop", "-w", "-m", "immediate", "-D", str(home / "data")]
        run_quietly(stop, cwd=home, account=postgres_account())


def start_redis(home: Path) -> str:
    """Start a server that keeps nothing; the answer is its URL, with database 0."""
    server = find_binary("redis-server")
    home.mkdir(mode=0o700)
    port = free_port()
    options = f"--bind 127.0.0.1 --port {port} --unixsocket {home}/redis.sock --dir {home}"
    memory_only = ["--save", "", "--appendonly", "no", "--daemonize", "yes"]
    log = ["--logfile", str(home / "server.log")]
    run_quietly([server, *options.split(), *memory_only, *log], cwd=home, account=None)
    deadline = time.monotonic() + START_SECONDS
    while not redis_says(home, b"PING\r\n").startswith(b"+PONG"):
        if time.monotonic() > deadline:
            raise Unavailable("redis-server did not answer in time")
        time.sleep(0.02)
    return f"redis://127.0.0.1:{port}/0"


def redis_says(home: Path, command: bytes) -> bytes:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        line.connect(str(home / "redis.sock"))
        line.sendall(command)
        return line.recv(64)
    return b""


def stop_redis(home: Path) -> None:
    redis_says(home, b"SHUTDOWN NOSAVE\r\n")


def remove(home: Path) -> None:
    """Stop the servers that live in a run's directory, and remove it."""
    stop_redis(home / "redis")
    stop_postgres(home / "postgres")
    shutil.rmtree(home, ignore_errors=True)


def remove_leftovers(parent: Path) -> None:
    """Remove what our killed runs left: a live run holds the lock in its directory."""
    ours = (home for home in parent.glob(f"{PREFIX}*") if home.stat().st_uid == os.geteuid())
    for home in ours:
        with contextlib.suppress(OSError), (home / "lock").open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove(home)


@contextlib.contextmanager
def running_services(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """What to add to the environment of the tests, while the servers run."""
    parent = Path(tempfile.gettempdir())
    remove_leftovers(parent)
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (home / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # The account that runs PostgreSQL must reach its directory through this one.
            home.chmod(0o711)
            # WhiteNoise warns of a missing directory of static files, and warnings are errors.
            (home / "data" / "static").mkdir(parents=True)
            added = {"DATA_DIR": str(home / "data")}
            for name, start, place in (
                ("TEST_DATABASE", start_postgres, home / "postgres"),
                ("TEST_REDIS", start_redis, home / "redis"),
            ):
                if environ.get(f"{name}_URL"):
                    continue
                try:
                    added[f"{name}_URL"] = start(place)
                except (Unavailable, OSError, subprocess.TimeoutExpired) as error:
                    added[f"{name}_MISSING"] = str(error)
            yield added
    finally:
        ignore_endings()
        remove(home)


def ignore_endings() -> None:
    """A second Ctrl-C must not interrupt the cleaning up after the first."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)


def exit_on_endings() -> None:
    def leave(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for ending in ENDINGS:
        signal.signal(ending, leave)


def run_command(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command to its end. It has a session of its own, so that Ctrl-C reaches it once, from
    here, and nothing that it started is left when it had to be stopped."""
    child = subprocess.Popen(command, env=dict(environ), start_new_session=True)
    try:
        return child.wait()
    finally:
        if child.returncode is None:
            ignore_endings()
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)


def main(arguments: Sequence[str]) -> int:
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        sys.stderr.write("Usage: python -m tests.services -- COMMAND...\n")
        return 2
    exit_on_endings()
    with running_services(os.environ) as added:
        for name in sorted(added):
            if name.endswith("_MISSING"):
                sys.stderr.write(f"{name}: {added[name]}\n")
        return run_command(command, {**os.environ, **added})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
