"""What an event gets after decoding: its identity, its details, its account."""

import msgspec

from inventory.cloudtrail.events import (
    NOBODY,
    NULL,
    PLAIN,
    Event,
    Identity,
    read_details,
)

# Sessions repeat within an object and across objects, so decoded identities are kept for a while.
KEPT_IDENTITIES = 8192

DETAILED_SOURCES = frozenset({"sts.amazonaws.com", "signin.amazonaws.com"})

_identity = msgspec.json.Decoder(Identity | None)
_identities: dict[bytes, Identity] = {}


def mentions_bearer(text: bytes) -> bool:
    """Whether some event may have been called with an API key of one service."""
    return b"callWithBearerToken" in text


def has_id(event: Event) -> bool:
    """Whether the event can be told from others without a digest of its content."""
    original = event.addendum.originalEventID if event.addendum else None
    return bool(event.event_id or event.shared_id or original)


def fill(event: Event, bearer: bool, content_id: bytes = b"") -> None:
    """Sets identity, details and account_id, and lets go of the object's text.

    The account is where the event was recorded; events of before 2014 do not say, and then it is
    the caller's. Raises msgspec.DecodeError when a part is not of CloudTrail's shape.
    """
    raw = bytes(event.raw_identity)
    identity = _identities.get(raw)
    if identity is None:
        identity = _decoded(raw)
    event.identity = identity
    if event.account_id is None:
        event.account_id = identity.accountId or ""
    if bearer or content_id or event.source in DETAILED_SOURCES:
        read_details(event, content_id)
    else:
        event.details = PLAIN
    event.raw_identity = event.request = event.response = event.additional = NULL


def _decoded(raw: bytes) -> Identity:
    identity = _identity.decode(raw) or NOBODY
    if len(_identities) >= KEPT_IDENTITIES:
        _identities.clear()
    _identities[raw] = identity
    return identity
