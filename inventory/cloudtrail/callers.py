"""From the text of a userIdentity to its Caller. Sessions repeat within an object and across
objects, so callers are kept for a while."""

from collections.abc import Hashable
from typing import Any

import msgspec

from inventory.cloudtrail.actor import NO_CONTEXT, classify
from inventory.cloudtrail.events import Call, Caller, Stay
from inventory.cloudtrail.fields import Context, Identity, Record, is_true
from inventory.cloudtrail.identities import created_at, session_key
from inventory.cloudtrail.instants import normal
from inventory.cloudtrail.reasons import Reason
from inventory.cloudtrail.records import Actor, Credential, Path

_SHOWN = frozenset({Path.NEW, Path.ROOT})
_TEMPORARY_KEY = b'"accessKeyId":"ASIA'
_identity = msgspec.json.Decoder(Identity | None)


class Kept:
    """What was made of objects before and may serve again, within bounds: so many of each, and no
    more than so much text can hold.

    plain, console: by the identity's text alone, outside the console and within. special: by all
    that ever matters. stays, calls: by their fields as CloudTrail gives them; calls: only of those
    events that need no closer look. detailed: the calls of the others.
    """

    MOST = 8192
    TEXT = 64 * 1024 * 1024

    def __init__(self) -> None:
        self.plain: dict[bytes, Caller] = {}
        self.console: dict[bytes, Caller] = {}
        self.special: dict[Hashable, Caller] = {}
        self.stays: dict[Hashable, Stay] = {}
        self.calls: dict[Hashable, Call] = {}
        self.detailed: dict[Hashable, Call] = {}
        self._text = 0

    def make_room(self, text: int) -> None:
        """Before an object of so many bytes is read."""
        self._text += text
        all_kept: tuple[dict[Any, Any], ...]
        all_kept = (
            self.plain,
            self.console,
            self.special,
            self.stays,
            self.calls,
            self.detailed,
        )
        if self._text > self.TEXT or any(len(one) > self.MOST for one in all_kept):
            for one in all_kept:
                one.clear()
            self._text = text


kept = Kept()


def without_key(raw: bytes) -> bytes:
    """An identity's text without the temporary key in it."""
    at = raw.find(_TEMPORARY_KEY)
    if at < 0:
        return raw
    at += len(_TEMPORARY_KEY)
    return raw[:at] + raw[raw.index(b'"', at) :]


def caller_of(record: Record, raw: bytes, context: Context) -> Caller:
    """The caller, where the identity's text was not met before or is not all that decides.

    raw: the text of userIdentity. Raises msgspec.DecodeError when it is not of CloudTrail's shape.
    """
    console = record.name == "ConsoleLogin" or is_true(record.from_console)
    keyed = _TEMPORARY_KEY in raw
    if keyed and record.from_console == "true":
        raw, keyed = _of_session(raw)
    key = (raw, record.source, console, context)
    known = kept.special.get(key)
    if known is not None:
        return known
    identity = _identity.decode(raw) or Identity()
    actor = classify(identity, source=record.source, from_console=console, context=context)
    caller = kept.special[key] = _in_session(identity, actor, console)
    if context is NO_CONTEXT and (identity.accessKeyId or identity.invokedBy):
        # Without either, who did it may depend on the source.
        if not console:
            kept.plain[raw] = caller
        elif not keyed:
            kept.console[raw] = caller
    return caller


def _of_session(raw: bytes) -> tuple[bytes, bool]:
    """An identity in the console without its key, which is new for each request, when its session
    goes by principal and start; and whether the key is still in it."""
    without = without_key(raw)
    try:
        identity = _identity.decode(without)
    except msgspec.DecodeError:  # a key with a quotation mark in it
        return raw, True
    if identity and identity.principalId and created_at(identity):
        return without, False
    return raw, True


def _in_session(identity: Identity, actor: Actor, console: bool) -> Caller:
    shown = actor.path in _SHOWN and actor.credential != Credential.ACCESS_KEY
    key = session_key(identity, console) if shown else ""
    created = normal(created_at(identity), "") if key else ""
    started_at = "" if isinstance(created, Reason) else created
    return Caller(identity, actor, session_key=key, started_at=started_at)
