"""What must not start: a demo that others can reach."""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def is_loopback_host(host: str) -> bool:
    """A name or address of this machine only."""
    bare = host.strip("[]").lower()
    if bare == "localhost":
        return True
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return False


def demo_is_local() -> bool:
    """The demo signs anybody in, so it answers on loopback names only."""
    return bool(settings.DEMO) and all(map(is_loopback_host, settings.ALLOWED_HOSTS))


def demo_stays_local(**_: Any) -> list[CheckMessage]:
    """The system check."""
    if not settings.DEMO or demo_is_local():
        return []
    return [
        Error(
            "PORTAL_DEMO signs anybody in, and ALLOWED_HOSTS names more than this machine.",
            hint="Unset PORTAL_DEMO, or set ALLOWED_HOSTS=localhost,127.0.0.1,[::1].",
            id="accessportal.E001",
        )
    ]
