"""How long a claim on a job holds, and how often its owner renews it. Settings and time only."""

from datetime import timedelta

from django.conf import settings

RENEWALS = 6


def lease() -> timedelta:
    """How long a claim holds without being renewed."""
    return timedelta(seconds=settings.PORTAL_LEASE_SECONDS)


def renew_after() -> timedelta:
    """The age at which a claim is renewed, before the next request to AWS."""
    return lease() / RENEWALS
