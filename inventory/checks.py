"""What must not start: calls to AWS that may take longer than the claim on their job holds."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from inventory.connect import aws_settings
from inventory.lease import lease, renew_after


def calls_fit_their_lease(**_: Any) -> list[CheckMessage]:
    """The system check. A claim is renewed between calls, so one call must end before it does:
    otherwise a slow answer looks like a dead process, and the job is given to somebody else."""
    room = (lease() - renew_after()).total_seconds()
    silence = aws_settings().longest_silence_seconds
    if silence <= room:
        return []
    return [
        Error(
            f"PORTAL_AWS_READ_TIMEOUT={settings.PORTAL_AWS_READ_TIMEOUT} lets one call to AWS take "
            f"{silence:g} seconds, and PORTAL_LEASE_SECONDS={settings.PORTAL_LEASE_SECONDS} leaves "
            f"it {room:g}: its job would be given to another process meanwhile.",
            hint="Lower PORTAL_AWS_READ_TIMEOUT or raise PORTAL_LEASE_SECONDS.",
            id="inventory.E001",
        )
    ]
