"""From records to events: who called, what, and the details that few events have."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from inventory.cloudtrail.actor import NO_CONTEXT
from inventory.cloudtrail.callers import caller_of, kept, without_key
from inventory.cloudtrail.events import Call, Caller, Event, Stay
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


class Grouped(NamedTuple):
    """Of each record its stay and its call; the credentials that some handed out, by position;
    whether there was all that counting needs."""

    stays: list[Stay]
    calls: list[Call]
    issued: dict[int, Issued]
    whole: bool


def events_of(
    records: Sequence[Record], times: Sequence[str], hours: Sequence[str], ids: Sequence[bytes]
) -> list[Event] | None:
    """The events of records, of which times and ids are known already; None when one of them lacks
    what counting needs.

    Raises msgspec.DecodeError when a part is not of CloudTrail's shape.
    """
    grouped = _grouped(records, hours)
    if not grouped.whole:
        return None
    resources = [_arns(record.resources) if record.resources else () for record in records]
    events = list(map(Event, grouped.stays, grouped.calls, times, ids, resources))
    for at, issued in grouped.issued.items():
        events[at].issued = issued
    return events


def _arns(resources: list[Resource | None]) -> tuple[str, ...]:
    """What an event names, each once, in no order."""
    if len(resources) == 1:
        [one] = resources
        return (one.ARN,) if one and one.ARN else ()
    return tuple({one.ARN for one in resources if one and one.ARN})


def _grouped(records: Sequence[Record], hours: Sequence[str]) -> Grouped:
    """All that is done for each record by itself, so every line of this loop counts: a record like
    others costs three lookups. b"" + is the fastest way to the bytes of a Raw."""
    stays: list[Stay] = []
    calls: list[Call] = []
    issued: dict[int, Issued] = {}
    whole = True
    add_stay, find_stay, add_call, find_call = (
        stays.append,
        kept.stays.get,
        calls.append,
        kept.calls.get,
    )
    plain, console = kept.plain.get, kept.console.get
    for record, hour in zip(records, hours, strict=True):
        raw = b"" + record.raw_identity
        if record.from_console is None:
            caller = plain(raw)
        elif record.from_console == "true":
            caller = console(without_key(raw))
        else:
            caller = None
        stay = find_stay(
            (caller, hour, record.account_id, record.ip, record.agent, not record.shared_id)
        )
        call = find_call((record.source, record.name, record.region, record.error))
        if (
            stay is None
            or call is None
            or (stay.caller.may_bear and _BEARER in b"" + record.additional)
        ):
            stay, call, credentials = _looked_at(record, raw, hour, caller)
            # Nothing is kept that would be none of these.
            whole = whole and bool(record.source and record.name) and _is_account(stay)
            if credentials is not None:
                issued[len(stays)] = credentials
        add_stay(stay)
        add_call(call)
    return Grouped(stays, calls, issued, whole)


def _looked_at(
    record: Record, raw: bytes, hour: str, caller: Caller | None
) -> tuple[Stay, Call, Issued | None]:
    """Stay and call of a record that is the first of its kind, or of which more than the identity
    says who did it; and the credentials that it handed out."""
    error, issued = record.error, None
    detailed = record.name in DETAILED
    if not detailed:
        caller = caller or caller_of(record, raw, NO_CONTEXT)
        detailed = caller.may_bear and _BEARER in b"" + record.additional
    if caller is None or detailed:
        context, issued, error = read_details(record)
        caller = caller_of(record, raw, context)
    return _stay(record, caller, hour), _call(record, error), issued


def _stay(record: Record, caller: Caller, hour: str) -> Stay:
    """The account is where the event was recorded; events of before 2014 do not say, and then it is
    the caller's, unless it says that the caller is of another."""
    key = (caller, hour, record.account_id, record.ip, record.agent, not record.shared_id)
    stay = kept.stays.get(key)
    if stay is None:
        identity, account_id = caller.identity, record.account_id
        if account_id is None:
            account_id = _own_account(identity)
        shared = bool(record.shared_id)
        own = account_id != "" and identity.accountId == account_id
        stay = Stay(caller, hour, account_id, record.ip, record.agent, shared, shared and not own)
        if _is_account(stay):
            kept.stays[key] = stay
    return stay


def _own_account(identity: Identity) -> str:
    return (identity.type != "AWSAccount" and identity.accountId) or ""


def _call(record: Record, error: str | None) -> Call:
    key = (record.source, record.name, record.region, error)
    call = kept.calls.get(key)
    if call is None:
        region = clean(record.region, 64)
        operation = Operation(clean(record.source), clean(record.name), region, clean(error))
        call = Call(operation, record.name)
        if record.source and record.name and record.name not in DETAILED:
            kept.calls[key] = call
    return call


def _is_account(stay: Stay) -> bool:
    return _ACCOUNT.fullmatch(stay.account_id) is not None
