"""Facts as they are known now, or as they were known to be at an earlier instant.

Now comes from the tables; an instant is rebuilt from the ledger: of each fact the last change
observed at or before it. As-of means observed: a later import of an older file completes the past.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from inventory import codec
from inventory.models import Change, CollectionRun, Observation, ScopeState, UserRead
from inventory.records import AccountRecord, Record
from inventory.saving.tables import TABLES, record_of
from inventory.saving.telling import telling
from inventory.sources import SOURCES, Source

CLOSED = frozenset(["SUSPENDED", "CLOSED", "PENDING_CLOSURE"])
WholeReads = dict[tuple[str, str], datetime]


@dataclass(frozen=True, slots=True)
class Fact:
    """A record and when AWS last said so."""

    record: Record
    observed_at: datetime


def population(
    types: Sequence[type[Record]], *, at: datetime | None, account_id: str | None = None
) -> dict[type[Record], list[Record]]:
    """Every fact of these types, by key; at None is now."""
    found = facts(types, at=at, account_id=account_id)
    return {record_type: [fact.record for fact in found[record_type]] for record_type in types}


def facts(
    types: Sequence[type[Record]], *, at: datetime | None, account_id: str | None = None
) -> dict[type[Record], list[Fact]]:
    """The same with the time of each. One query a type now; two in all for an instant."""
    if at is None:
        return {record_type: _current(record_type, account_id) for record_type in types}
    last = _last_changes(types, at, account_id)
    reads = whole_reads(at)
    return {record_type: list(_past(record_type, last, reads)) for record_type in types}


def _current(record_type: type[Record], account_id: str | None) -> list[Fact]:
    rows = TABLES[record_type]._default_manager.filter(gone_at=None, run__isnull=False)
    if account_id is not None and hasattr(record_type, "account_id"):
        rows = rows.filter(Q(account_id=account_id))
    found = [Fact(record_of(row, record_type), row.observed_at) for row in rows.iterator()]
    return sorted(found, key=lambda fact: fact.record.key())


def _last_changes(
    types: Sequence[type[Record]], at: datetime, account_id: str | None
) -> dict[str, list[tuple[Any, ...]]]:
    """Of each fact the last change until then, by kind: key, change, account, time, record."""
    wanted = Q(kind__in=[record_type.KIND for record_type in types])
    if account_id is not None:
        scoped = [kind.KIND for kind in types if hasattr(kind, "account_id")]
        wanted &= Q(account_id=account_id) | ~Q(kind__in=scoped)
    rows = Observation.objects.filter(wanted, observed_at__lte=at)
    columns = ("kind", "key", "change", "account_id", "observed_at", "record")
    ordered = rows.order_by("kind", "key", "observed_at", "seq").values_list(*columns)
    last: dict[str, list[tuple[Any, ...]]] = {}
    for (kind, _), group in groupby(ordered.iterator(2000), key=lambda row: row[:2]):
        last.setdefault(kind, []).append(deque(group, maxlen=1)[0][1:])
    return last


def _past(
    record_type: type[Record], changes: dict[str, list[tuple[Any, ...]]], reads: WholeReads
) -> Iterator[Fact]:
    last = changes.get(record_type.KIND, [])
    accounts = {account for _, _, account, _, _ in last}
    confirmed = {account: _confirmed_at(record_type, account, reads) for account in accounts}
    for _, change, account, observed_at, data in sorted(last, key=lambda row: row[0]):
        if change != Change.GONE and data is not None:
            yield Fact(
                codec.from_json(record_type, data),
                max(observed_at, confirmed[account] or observed_at),
            )


def _confirmed_at(record_type: type[Record], account: str, reads: WholeReads) -> datetime | None:
    """The last whole read of this type: a fact that is still there was seen by it. A source that
    asks user by user confirms only those it asked about, so it does not count here."""
    per_user = {source.name for source in SOURCES if source.per_user}
    names = [name for name in telling(record_type) if name not in per_user]
    times = [
        reads[name, scope] for name in names for scope in (account, "") if (name, scope) in reads
    ]
    return max(times, default=None)


def whole_reads(at: datetime | None) -> WholeReads:
    """When each source was last read whole in each account ('' is the organization). One query."""
    if at is None:
        states = ScopeState.objects.values_list("source", "account_id", "whole_observed_at")
    else:
        # One look into an index per scope, however many runs there have been.
        before = CollectionRun.objects.complete().filter(
            source=OuterRef("source"), account_id=OuterRef("account_id"), observed_at__lte=at
        )
        last = Subquery(before.order_by("-observed_at").values("observed_at")[:1])
        states = ScopeState.objects.values_list("source", "account_id", last)
    return {(source, account): read for source, account, read in states if read is not None}


def last_whole_read(
    reads: WholeReads, record_type: type[Record], account_id: str
) -> datetime | None:
    """The newest whole read of one type in one account."""
    times = (reads.get((name, account_id)) for name in telling(record_type))
    return max((time for time in times if time is not None), default=None)


def user_reads(at: datetime | None) -> dict[tuple[str, str, str], datetime]:
    """When each user was last asked about, by (source, account, user name). Only the latest time is
    kept; for an earlier instant an older one is unknown here (see whole_reads for the account)."""
    reads = UserRead.objects.all() if at is None else UserRead.objects.filter(observed_at__lte=at)
    columns = ("source", "account_id", "user_name", "observed_at")
    return {
        (source, account, name): observed_at
        for source, account, name, observed_at in reads.values_list(*columns)
    }


@dataclass(frozen=True, slots=True)
class Coverage:
    """One source in one account. observed_at None: a gap, no whole read until then."""

    source: Source
    account_id: str
    observed_at: datetime | None
    run_id: int | None


def coverage(at: datetime) -> list[Coverage]:
    """What was expected to be read, and the last whole read of it at or before `at`.

    Expected are the accounts that were open then, and those that files told of.
    """
    runs: dict[tuple[str, str], CollectionRun] = {}
    complete = CollectionRun.objects.complete().filter(observed_at__lte=at)
    for run in complete.order_by("observed_at", "pk").iterator():
        runs[run.source, run.account_id] = run
    accounts = _expected_accounts(at, runs)
    return [
        Coverage(source, account, run.observed_at if run else None, run.pk if run else None)
        for source in SOURCES
        for account in (accounts if source.per_account else [""])
        for run in [runs.get((source.name, account))]
    ]


def _expected_accounts(at: datetime, runs: dict[tuple[str, str], CollectionRun]) -> list[str]:
    listed = population([AccountRecord], at=at)[AccountRecord]
    states = {record.key(): getattr(record, "status", "") for record in listed}
    told = {account for source, account in runs if account and states.get(account) is None}
    return sorted({key for key, status in states.items() if status not in CLOSED} | told)
