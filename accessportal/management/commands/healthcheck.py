"""For the container's health check: asks this machine's own /healthz."""

import http.client
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SECONDS = 3


def host_header() -> str:
    """A name that ALLOWED_HOSTS lets in."""
    first = next(iter(settings.ALLOWED_HOSTS), "localhost")
    return "localhost" if first == "*" else str(first).removeprefix(".")


class Command(BaseCommand):
    """Exit 0 when the process answers, 1 with one sentence when not."""

    help = "Asks http://127.0.0.1:PORT/healthz; exit 0 when it answers 200."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **__: Any) -> None:
        """One request. The proxy header stops the redirect to https."""
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
