"""From records to events: who called, what, and the details that few events have."""

import re
from collections.abc import Sequence
from functools import lru_cache

from inventory.cloudtrail.actor import NO_CONTEXT
from inventory.cloudtrail.callers import caller_of, kept, without_key
from inventory.cloudtrail.events import Call, Caller, Events, Stay
from inventory.cloudtrail.fields import Identity, Issued, Record, Resource, read_details
from inventory.cloudtrail.records import Operation
from inventory.cloudtrail.text import clean

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
_BEARER = b"callWithBearerToken"
_ACCOUNT = re.compile(r"(?:\d{12}|)", re.ASCII)


def add_records(events: Events, records: Sequence[Record]) -> bool:
    """Adds records to events, all but their ids; their times are not looked at. False when one of
    them lacks what counting needs.

    Raises msgspec.DecodeError when a part is not of CloudTrail's shape.
    """
    events.times += [record.time for record in records]
    events.resources += [_arns(record.resources) if record.resources else () for record in records]
    return _group(events, records)


def _arns(resources: list[Resource | None]) -> tuple[str, ...]:
    """What an event names, each once, in no order."""
    if len(resources) == 1:
        [one] = resources
        return (one.ARN,) if one and one.ARN else ()
    return tuple({one.ARN for one in resources if one and one.ARN})


def _group(events: Events, records: Sequence[Record]) -> bool:
    """Adds stays, calls and credentials handed out; whether there was all that counting needs.

    All that is done for each record by itself, so every line of this loop counts: a record like
    others costs three lookups. b"" + is the fastest way to the bytes of a Raw."""
    add_stay, find_stay = events.stays.append, kept.stays.get
    add_call, find_call = events.calls.append, kept.calls.get
    plain, console = kept.plain.get, kept.console.get
    whole = True
    for record in records:
        raw = b"" + record.raw_identity
        if record.from_console is None:
            caller = plain(raw)
        elif record.from_console == "true":
            caller = console(without_key(raw))
        else:
            caller = None
        hour, own = record.time[:13], not record.shared_id
        stay = find_stay((caller, hour, record.account_id, record.ip, record.agent, own))
        call = find_call((record.source, record.name, record.region, record.error))
        if (
            stay is None
            or call is None
            or (stay.caller.may_bear and _BEARER in b"" + record.additional)
        ):
            stay, call, credentials = _looked_at(record, raw, caller, stay, call)
            # Nothing is kept that would be none of these.
            whole = whole and bool(record.source and record.name) and _is_account(stay.account_id)
            if credentials is not None:
                events.issued[len(events.stays)] = credentials
        add_stay(stay)
        add_call(call)
    return whole


def _looked_at(
    record: Record, raw: bytes, caller: Caller | None, stay: Stay | None, call: Call | None
) -> tuple[Stay, Call, Issued | None]:
    """Stay and call of a record that is the first of its kind, or of which more than the identity
    says who did it; and the credentials that it handed out. caller, stay, call: what is known."""
    if record.name not in DETAILED:
        caller = caller or caller_of(record, raw, NO_CONTEXT)
        if not (caller.may_bear and _BEARER in b"" + record.additional):
            return stay or _stay(record, caller), call or _call(record, record.error), None
    context, issued, error = read_details(record)
    caller = caller_of(record, raw, context)
    return _stay(record, caller), _call(record, error), issued


def _stay(record: Record, caller: Caller) -> Stay:
    """The account is where the event was recorded; events of before 2014 do not say, and then it is
    the caller's, unless it says that the caller is of another."""
    hour, shared = record.time[:13], bool(record.shared_id)
    key = (caller, hour, record.account_id, record.ip, record.agent, not shared)
    stay = kept.stays.get(key)
    if stay is None:
        identity, account_id = caller.identity, record.account_id
        if account_id is None:
            account_id = _own_account(identity)
        own = account_id != "" and identity.accountId == account_id
        stay = Stay(caller, hour, account_id, record.ip, record.agent, shared, shared and not own)
        if _is_account(account_id):
            kept.stays[key] = stay
    return stay


def _own_account(identity: Identity) -> str:
    return (identity.type != "AWSAccount" and identity.accountId) or ""


def _call(record: Record, error: str | None) -> Call:
    key = (record.source, record.name, record.region, error)
    calls = kept.detailed if record.name in DETAILED else kept.calls
    call = calls.get(key)
    if call is None:
        region = clean(record.region, 64)
        operation = Operation(clean(record.source), clean(record.name), region, clean(error))
        call = Call(operation, record.name)
        if record.source and record.name:
            calls[key] = call
    return call


@lru_cache(maxsize=16384)
def _is_account(account_id: str) -> bool:
    return _ACCOUNT.fullmatch(account_id) is not None
