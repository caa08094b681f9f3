"""How long a temporary credential may still work after the credential it came from was stopped."""

from datetime import datetime, timedelta

# The longest that AWS allows; a session says nothing of its own end in CloudTrail.
MOST_HOURS = {
    "session_token": 36,
    "federation_token": 36,
    "role": 12,
    "permission_set": 12,
    "root": 1,
}
WORDS = {
    "session_token": "session token",
    "federation_token": "federation token",
    "role": "role session",
    "permission_set": "session of a permission set",
    "root": "root session",
}
LONGEST = timedelta(hours=max(MOST_HOURS.values()))


def may_live_until(kind: str, started_at: datetime) -> datetime:
    """The latest end of a session of this kind; of a kind nobody listed, the longest there is."""
    return started_at + timedelta(hours=MOST_HOURS.get(kind, max(MOST_HOURS.values())))
