"""What AWS says in codes, as people say it."""

import re

DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
LONG_SESSION = 8 * 3600


def duration_seconds(text: str) -> int | None:
    """Seconds of an ISO 8601 duration such as 'PT8H'; None for a text that is none."""
    found = DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def duration_words(seconds: int | None) -> str:
    """'8 hours', '1 hour 30 minutes'; '' when it is not known."""
    if seconds is None:
        return ""
    parts = ((seconds // 3600, "hour"), (seconds % 3600 // 60, "minute"), (seconds % 60, "second"))
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


def policy_name(arn: str) -> str:
    """'AdministratorAccess' for 'arn:aws:iam::aws:policy/AdministratorAccess'."""
    return arn.rsplit("/", 1)[-1]
