"""What an event gets after decoding: who called, the details, its account."""

from collections.abc import Hashable, Iterable

import msgspec

from inventory.cloudtrail.actor import NO_CONTEXT, classify
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
from inventory.cloudtrail.identities import created_at, session_key
from inventory.cloudtrail.instants import normal
from inventory.cloudtrail.reasons import Reason
from inventory.cloudtrail.records import Actor, Credential, Path

# Sessions repeat within an object and across objects, so callers are kept for a while.
KEPT_CALLERS = 8192

# Events that need more than the identity and the source to say who did it, or that hand out
# credentials.
DETAILED = frozenset(
    {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "ConsoleLogin",
        "GetFederationToken",
        "GetSessionToken",
        "SwitchRole",
    }
)
_SHOWN = frozenset({Path.NEW, Path.ROOT})
_TEMPORARY_KEY = b'"accessKeyId":"ASIA'
_BEARER = b"callWithBearerToken"

_identity = msgspec.json.Decoder(Identity | None)
# By the identity's text alone, outside the console and within; and by all that ever matters.
_plain: dict[bytes, Caller] = {}
_console: dict[bytes, Caller] = {}
_special: dict[Hashable, Caller] = {}


def has_id(event: Event) -> bool:
    """Whether the event can be told from others without a digest of its content."""
    original = event.addendum.originalEventID if event.addendum else None
    return bool(event.event_id or event.shared_id or original)


def fill(events: Iterable[Event]) -> bool:
    """Sets caller, details and account_id of all events, and lets go of the object's text. False
    when one of them lacks what counting needs.

    The account is where the event was recorded; events of before 2014 do not say, and then it is
    the caller's, unless it says that the caller is of another. Raises msgspec.DecodeError when a
    part is not of CloudTrail's shape.
    """
    detailed, plain, console = DETAILED, _plain, _console
    for event in events:
        raw = bytes(event.raw_identity)
        event.details = PLAIN
        if event.from_console is None:
            caller = plain.get(raw)
        elif event.from_console == "true":
            raw = _without_key(raw)
            caller = console.get(raw)
        else:
            caller = None
        if caller is None or event.name in detailed or caller.may_bear:
            caller = _caller(event, raw)
        event.caller = caller
        if event.account_id is None:
            event.account_id = _own_account(caller.identity)
        if not (event.name and event.source and (event.event_id or has_id(event))):
            return False
        event.raw_identity = event.request = event.response = event.additional = NULL
    return True


def fill_without_id(event: Event, content_id: bytes) -> None:
    """As fill, for an event that has no id but its content."""
    event.event_id = "-"
    fill([event])
    event.event_id = None
    event.details = event.details._replace(content_id=content_id)


def _without_key(raw: bytes) -> bytes:
    """An identity in the console without its key, which is new for each request: its session goes
    by principal and start."""
    start = raw.find(_TEMPORARY_KEY)
    if start < 0 or b'"creationDate":"2' not in raw or b'"principalId":"A' not in raw:
        return raw
    start += len(_TEMPORARY_KEY)
    return raw[:start] + raw[raw.index(b'"', start) :]


def _own_account(identity: Identity) -> str:
    return (identity.type != "AWSAccount" and identity.accountId) or ""


def _caller(event: Event, raw: bytes) -> Caller:
    """The caller of an event that is the first of its kind, or that more than the identity
    decides on."""
    console = event.name == "ConsoleLogin" or is_true(event.from_console)
    known = _console if console else _plain
    context = NO_CONTEXT
    if event.name in DETAILED or _BEARER in bytes(event.additional):
        context = read_details(event)
    elif raw in known:
        return known[raw]
    key = (raw, event.source, console, context)
    return _special.get(key) or _classified(event, raw, key)


def _classified(event: Event, raw: bytes, key: tuple[bytes, str, bool, Context]) -> Caller:
    identity = _identity.decode(raw) or Identity()
    actor = classify(identity, source=event.source, from_console=key[2], context=key[3])
    caller = _in_session(identity, actor, key[2])
    if len(_plain) + len(_console) + len(_special) >= KEPT_CALLERS:
        for kept in (_plain, _console, _special):
            kept.clear()
    _special[key] = caller
    if key[3] is NO_CONTEXT and (identity.accessKeyId or identity.invokedBy):
        # Without either, who did it may depend on the source.
        (_console if key[2] else _plain)[raw] = caller
    return caller


def _in_session(identity: Identity, actor: Actor, console: bool) -> Caller:
    shown = actor.path in _SHOWN and actor.credential != Credential.ACCESS_KEY
    created = normal(created_at(identity), "")
    return Caller(
        identity,
        actor,
        console=console,
        session_key=session_key(identity, console) if shown else "",
        started_at="" if isinstance(created, Reason) else created,
    )
