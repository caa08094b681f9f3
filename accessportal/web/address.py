"""Where a request comes from, and where it may be sent back to."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """The caller's address. Behind our TLS proxy it is the last one that the proxy wrote; nothing
    else in that header can be trusted."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.BEHIND_TLS and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address: what one caller can vary costs nothing."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def is_loopback(request: HttpRequest) -> bool:
    """From this machine, and not passed on by a proxy that runs on it."""
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


def next_url(request: HttpRequest) -> str:
    """Where `next` points when that is inside the portal, else the first page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if inside else reverse("home")
