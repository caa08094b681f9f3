"""Why a read failed, in four words the rest of the portal understands.

A failed read is never an empty read: collectors raise one of these and nothing else.
"""


class ReadError(Exception):
    """A read that did not end. `outcome` is the run's outcome; `operation` is 'iam:ListUsers'."""

    outcome = "failed"

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(f"{operation}: {reason}")
        self.operation = operation
        self.reason = reason


class AccessDenied(ReadError):
    """AWS refused: a missing permission, trust, external id, or an SCP."""

    outcome = "denied"


class Throttled(ReadError):
    """AWS kept throttling until the retries were used up."""

    outcome = "throttled"


class Unsupported(ReadError):
    """The operation or feature does not exist there (region, partition, account type)."""

    outcome = "unsupported"


class ReadFailed(ReadError):
    """Anything else: time-outs, expired credentials, broken answers."""
