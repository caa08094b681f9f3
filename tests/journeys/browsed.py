"""The portal's pages at an instant of a story: a web server of its own whose clock shows it.

Run as a process: python -m tests.journeys.browsed INSTANT PORT. Its database, sessions and sample
sign-ins are those of the environment.
"""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from tests.journeys.portal_process import ROOT

START_SECONDS = 60


class Threads(ThreadingMixIn, WSGIServer):
    """A browser keeps connections open, and asks for parts of a page at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *args: object) -> None:
        """Nothing."""


def serve(instant: datetime, port: int) -> None:
    """Answers until it is ended. The clock goes on from the instant."""
    began = time.monotonic()
    vars(timezone)["now"] = lambda: instant + timedelta(seconds=time.monotonic() - began)
    application = get_wsgi_application()
    with make_server("127.0.0.1", port, application, Threads, Quiet) as server:
        server.serve_forever()


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def browsed(env: Mapping[str, str], instant: datetime) -> Iterator[str]:
    """The address of the portal's pages, as of an instant, while the context lasts."""
    port = free_port()
    address = f"http://localhost:{port}"
    own = {**env, "PORTAL_DEMO": "1", "PORTAL_TLS": "0"}
    own.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
    # Once for a portal: a journey looks at its pages many times.
    if not (Path(own["DATA_DIR"]) / "static").exists():
        gather = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(gather, env=own, cwd=ROOT, check=True, timeout=120)
    command = [sys.executable, "-m", "tests.journeys.browsed", instant.isoformat(), str(port)]
    server = subprocess.Popen(command, env=own, cwd=ROOT)
    try:
        _wait_for(f"{address}/healthz", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the web server has ended"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the web server does not answer")


if __name__ == "__main__":
    serve(datetime.fromisoformat(sys.argv[1]), int(sys.argv[2]))
