"""For the containers' health checks: web, worker or beat."""

import http.client
import socket
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError

from accessportal.celery import app
from inventory.models import Heartbeat
from inventory.tasks import TICK

SECONDS = 3
# Ticks may be missed while everything starts; a scheduler that is away for longer is down.
MISSED_TICKS = 5
LEAST_AGE = timedelta(seconds=60)


def host_header() -> str:
    """A name that ALLOWED_HOSTS lets in."""
    first = next(iter(settings.ALLOWED_HOSTS), "localhost")
    return "localhost" if first == "*" else str(first).removeprefix(".")


def check_web() -> None:
    """One request to /healthz. The proxy header stops the redirect to https."""
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=SECONDS)
    try:
        connection.request(
            "GET", "/healthz", headers={"Host": host_header(), "X-Forwarded-Proto": "https"}
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise CommandError(f"port {settings.PORT} does not answer: {error}") from error
    finally:
        connection.close()
    if status != http.client.OK:
        raise CommandError(f"port {settings.PORT} answers {status}")


def check_worker(node: str = "") -> None:
    """A worker of this host, whatever it is called there, or the one that is named answers through
    the broker."""
    name = node or f"*@{socket.gethostname()}"
    asked: dict[str, Any] = (
        {"destination": [node]} if node else {"pattern": name, "matcher": "glob"}
    )
    try:
        answers = app.control.broadcast("ping", reply=True, timeout=SECONDS, limit=1, **asked)
    except (OperationalError, OSError) as error:
        raise CommandError(f"the broker does not answer: {error}") from error
    if not answers:
        raise CommandError(f"{name} does not answer")


def check_beat(now: datetime) -> None:
    """The schedule goes on: a tick was sent and done a short while ago."""
    try:
        last = Heartbeat.objects.filter(name=TICK).first()
    except DatabaseError as error:
        raise CommandError(f"the database does not answer: {error}") from error
    most = max(LEAST_AGE, MISSED_TICKS * timedelta(seconds=settings.PORTAL_TICK_SECONDS))
    if last is None:
        raise CommandError("the schedule has not begun")
    if now - last.at > most:
        raise CommandError(f"the last tick was {int((now - last.at).total_seconds())} s ago")


class Command(BaseCommand):
    """Exit 0 when the process does its work, 1 with one sentence when not."""

    help = "Health of one process: web (default), worker or beat. Exit 0 when it is well."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which process is asked about."""
        parser.add_argument("process", nargs="?", choices=["web", "worker", "beat"], default="web")
        parser.add_argument(
            "--node",
            default="",
            help="a worker's whole name, where its part after @ is not the host's",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Raises what is wrong."""
        if options["process"] == "web":
            check_web()
        elif options["process"] == "worker":
            check_worker(options["node"])
        else:
            check_beat(timezone.now())
