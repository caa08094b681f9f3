"""What an event gets after decoding: who called, the details, its account."""

from collections.abc import Hashable

import msgspec

from inventory.cloudtrail.actor import NO_CONTEXT, SIGN_IN_SOURCES, classify
from inventory.cloudtrail.events import (
    NULL,
    PLAIN,
    Caller,
    Context,
    Event,
    Identity,
    is_true,
    read_details,
)

# Sessions repeat within an object and across objects, so callers are kept for a while.
KEPT_CALLERS = 8192

# Whose events need more than the identity to say who did it.
DETAILED_SOURCES = SIGN_IN_SOURCES | {"sts.amazonaws.com"}

_identity = msgspec.json.Decoder(Identity | None)
_callers: dict[Hashable, Caller] = {}


def has_id(event: Event) -> bool:
    """Whether the event can be told from others without a digest of its content."""
    original = event.addendum.originalEventID if event.addendum else None
    return bool(event.event_id or event.shared_id or original)


def fill(event: Event) -> None:
    """Sets caller, details and account_id, and lets go of the object's text.

    The account is where the event was recorded; events of before 2014 do not say, and then it is
    the caller's, unless it says that the caller is of another. Raises msgspec.DecodeError when a
    part is not of CloudTrail's shape.
    """
    raw = bytes(event.raw_identity)
    caller = _callers.get(raw)
    if caller is None or event.from_console is not None or event.source in DETAILED_SOURCES or (caller.is_user and b"callWithBearerToken" in bytes(event.additional)):
        caller = _caller(event, raw)
    else:
        event.details = PLAIN
    event.caller = caller
    if event.account_id is None:
        event.account_id = _own_account(caller.identity)
    event.raw_identity = event.request = event.response = event.additional = NULL


def fill_without_id(event: Event, content_id: bytes) -> None:
    """As fill, for an event that has no id but its content."""
    fill(event)
    event.details = event.details._replace(content_id=content_id)


def _own_account(identity: Identity) -> str:
    return (identity.type != "AWSAccount" and identity.accountId) or ""


def _caller(event: Event, raw: bytes) -> Caller:
    """The caller of an event that is the first of its kind, or that more than the identity
    decides on."""
    context = NO_CONTEXT
    event.details = PLAIN
    if event.source in DETAILED_SOURCES or b"callWithBearerToken" in bytes(event.additional):
        context = read_details(event)
    console = is_true(event.from_console) or event.name == "ConsoleLogin"
    key: Hashable = raw
    if console or context is not NO_CONTEXT:
        key = (raw, event.source, console, context)
    caller = _callers.get(key) or _callers.get((raw, event.source))
    return caller or _classified(event, raw, key, console, context)


def _classified(event: Event, raw: bytes, key: Hashable, console: bool, context: Context) -> Caller:
    identity = _identity.decode(raw) or Identity()
    actor = classify(identity, source=event.source, from_console=console, context=context)
    if len(_callers) >= KEPT_CALLERS:
        _callers.clear()
    if key == raw and actor.arn == event.source:
        # Nobody but the source is known: of another source it is another caller.
        key = (raw, event.source)
    caller = _callers[key] = Caller(identity, actor, console=console)
    return caller
