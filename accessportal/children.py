"""Running the portal's own commands as child processes, with Ctrl-C passed on politely."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 15


def manage(*arguments: str, env: Mapping[str, str]) -> int:
    """Runs one manage.py command and returns its exit status."""
    return _wait([sys.executable, str(ROOT / "manage.py"), *arguments], env)


def serve(env: Mapping[str, str]) -> int:
    """Runs the web server until it ends or the user stops it."""
    command = [sys.executable, "-m", "gunicorn", "accessportal.wsgi"]
    return _wait([*command, "-c", "python:accessportal.gunicorn_conf"], env)


def _wait(command: Sequence[str], env: Mapping[str, str]) -> int:
    """A SIGTERM to us ends the child too; Ctrl-C reaches it through the terminal."""
    child = subprocess.Popen(command, env=dict(env), cwd=ROOT)  # noqa: S603 - our own programs
    previous = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        return child.wait()
    except KeyboardInterrupt:
        _end(child)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def port_is_free(port: int) -> bool:
    """Nothing listens on the loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def base_environment() -> dict[str, str]:
    """Our own environment, for a child."""
    return dict(os.environ)
