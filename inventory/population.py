"""Facts as they are known now, or as they were known to be at an earlier instant.

Now comes from the tables; an instant is rebuilt from the ledger: of each fact the last change
observed at or before it. As-of means observed: a later import of an older file completes the past.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.db.models import Case, F, OuterRef, Q, Subquery, TextField, When
from django.db.models.functions import Cast, Coalesce

from inventory import codec
from inventory.models import CollectionRun, Observation, ReadGap, ScopeState, UserRead
from inventory.records import AccountRecord, Record
from inventory.saving.tables import TABLES, record_of
from inventory.saving.telling import telling
from inventory.sources import SOURCES, Source

CLOSED = frozenset(["SUSPENDED", "CLOSED", "PENDING_CLOSURE"])
WholeReads = dict[tuple[str, str], datetime]
Accounts = Collection[str] | None
Names = Collection[str] | None


# Of each fact the last change, as the index orders them: read backwards, PostgreSQL takes half the
# time that a window takes.
LAST = {
    "postgresql": """
    SELECT DISTINCT ON (kind, key) account_id, kind, seq, change
    FROM {table} WHERE kind IN ({kinds}) AND observed_at <= %s
    ORDER BY kind DESC, key DESC, observed_at DESC, seq DESC""",
    "sqlite": """
    SELECT account_id, kind, seq, change FROM (
        SELECT account_id, kind, seq, change,
               LEAD(seq) OVER (PARTITION BY kind, key ORDER BY observed_at, seq) AS later
        FROM {table} WHERE kind IN ({kinds}) AND observed_at <= %s
    ) every_change WHERE later IS NULL""",
}
# Erased ones are few and asked for apart, because the index does not know the record.
STANDING = """
SELECT account_id, kind, COUNT(*) FROM ({last}) one
WHERE change <> 'gone' AND seq NOT IN (SELECT seq FROM {table} WHERE record IS NULL)
GROUP BY account_id, kind
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """A record and when AWS last said so."""

    record: Record
    observed_at: datetime


def population(
    types: Sequence[type[Record]],
    *,
    at: datetime | None,
    account_ids: Accounts = None,
    only: Q | None = None,
) -> dict[type[Record], list[Record]]:
    """Every fact of these types, by key; at None is now. account_ids: of these accounts only,
    where a type is of an account at all. only: for an instant, changes that this is true of. One
    query a type now; one in all for an instant."""
    if at is None:
        found = facts(types, at=at, account_ids=account_ids)
        return {record_type: [fact.record for fact in found[record_type]] for record_type in types}
    last = _last_changes(types, at, account_ids, only or Q())
    return {
        kind: [codec.from_json(kind, change.record) for change in last.get(kind.KIND, [])]
        for kind in types
    }


def facts(
    types: Sequence[type[Record]],
    *,
    at: datetime | None,
    account_ids: Accounts = None,
    user_names: Names = None,
) -> dict[type[Record], list[Fact]]:
    """The same with the time of each; of what belongs to an IAM user, for an instant, only what
    belongs to users of these names. One query a type now; two in all for an instant."""
    if at is None:
        return {record_type: _current(record_type, account_ids) for record_type in types}
    last = _last_changes(types, at, account_ids, _of_users(types, user_names))
    reads = whole_reads(at, account_ids)
    return {kind: list(_past(kind, last.get(kind.KIND, []), reads)) for kind in types}


def _current(record_type: type[Record], account_ids: Accounts) -> list[Fact]:
    rows = TABLES[record_type]._default_manager.filter(gone_at=None, run__isnull=False)
    if account_ids is not None and hasattr(record_type, "account_id"):
        rows = rows.filter(Q(account_id__in=account_ids))
    found = [Fact(record_of(row, record_type), row.observed_at) for row in rows.iterator()]
    return sorted(found, key=lambda fact: fact.record.key())


class _Change(NamedTuple):
    """What the ledger last said of one fact."""

    kind: str
    key: str
    account_id: str
    observed_at: datetime
    record: dict[str, Any]


def of_a_user(record_type: type[Record]) -> bool:
    """Facts of this type belong to one IAM user, whom they name."""
    return hasattr(record_type, "account_id") and hasattr(record_type, "user_name")


def _of_users(types: Sequence[type[Record]], user_names: Names) -> Q:
    if user_names is None:
        return Q()
    theirs = Q(kind__in=[record_type.KIND for record_type in types if of_a_user(record_type)])
    return ~theirs | Q(record__user_name__in=list(user_names))


def _last_changes(
    types: Sequence[type[Record]], at: datetime, account_ids: Accounts, only: Q
) -> dict[str, list[_Change]]:
    """Of each fact that was there the last change until then, by kind, in the order of keys."""
    wanted = Q(kind__in=[record_type.KIND for record_type in types]) & only
    if account_ids is not None:
        # Each half as an index answers it: of "or not of such a kind" none knows anything.
        scoped = [kind.KIND for kind in types if hasattr(kind, "account_id")]
        others = [kind.KIND for kind in types if kind.KIND not in scoped]
        here = Q(kind__in=scoped, account_id__in=account_ids)
        wanted &= here | Q(kind__in=others) if others else here
    rows = Observation.objects.standing(at).filter(wanted).order_by()
    last: dict[str, list[_Change]] = {}
    columns = ("kind", "key", "account_id", _as_text(F("observed_at")), _as_text(F("record")))
    for kind, key, account_id, observed, record in rows.values_list(*columns).iterator(2000):
        change = _Change(kind, key, account_id, _instant(observed), _record(record))
        last.setdefault(kind, []).append(change)
    for changes in last.values():
        # Sorted here: databases differ in the order of text.
        changes.sort(key=lambda change: change.key)
    return last


def standing_counts(at: datetime, kinds: Collection[str]) -> dict[tuple[str, str], int]:
    """How many facts of these kinds stood at an instant (Observation.objects.standing), by account
    ('' for those of none) and kind. One query, of an index alone."""
    if not kinds:
        return {}
    table = Observation._meta.db_table
    last = LAST[connection.vendor].format(table=table, kinds=", ".join(["%s"] * len(kinds)))
    statement = STANDING.format(last=last, table=table)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*kinds, connection.ops.adapt_datetimefield_value(at)])
        return {(account_id, kind): n for account_id, kind, n in cursor.fetchall()}


def _past(record_type: type[Record], last: Sequence[_Change], reads: WholeReads) -> Iterator[Fact]:
    accounts = {change.account_id for change in last}
    confirmed = {account: _confirmed_at(record_type, account, reads) for account in accounts}
    for change in last:
        yield Fact(
            codec.from_json(record_type, change.record),
            max(change.observed_at, confirmed[change.account_id] or change.observed_at),
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


def whole_reads(at: datetime | None, account_ids: Accounts = None) -> WholeReads:
    """When each source was last read whole in each account ('' is the organization), or in these
    accounts and the organization. One query."""
    if at is None:
        last: Any = F("whole_observed_at")
    else:
        last = Case(
            When(whole_observed_at__lte=at, then=F("whole_observed_at")),
            When(first_observed_at__gt=at, then=None),
            default=_read_before(at),
        )
    states = ScopeState.objects.all()
    if account_ids is not None:
        states = states.filter(account_id__in=["", *account_ids])
    rows = states.values_list("source", "account_id", _as_text(last))
    return {(source, account): _instant(read) for source, account, read in rows if read is not None}


def _read_before(at: datetime) -> Coalesce:
    """One look into an index per scope, however many runs there have been. Inside a gap the gap
    knows it, even when the runs around it are kept no more."""
    same = {"source": OuterRef("source"), "account_id": OuterRef("account_id")}
    gap = ReadGap.objects.filter(**same, last_read_at__lte=at, next_read_at__gt=at)
    runs = CollectionRun.objects.complete().filter(**same, observed_at__lte=at)
    return Coalesce(
        Subquery(gap.values("last_read_at")[:1]),
        Subquery(runs.order_by("-observed_at").values("observed_at")[:1]),
    )


def last_whole_read(
    reads: WholeReads, record_type: type[Record], account_id: str
) -> datetime | None:
    """The newest whole read of one type in one account."""
    times = (reads.get((name, account_id)) for name in telling(record_type))
    return max((time for time in times if time is not None), default=None)


def user_reads(
    at: datetime | None, account_ids: Accounts = None, user_names: Names = None
) -> dict[tuple[str, str, str], datetime]:
    """When each user was last asked about, by (source, account, user name). Only the latest time is
    kept; for an earlier instant an older one is unknown here (see whole_reads for the account)."""
    reads = UserRead.objects.all() if at is None else UserRead.objects.filter(observed_at__lte=at)
    if account_ids is not None:
        # The sources are named for the index, which begins with them.
        per_user = [source.name for source in SOURCES if source.per_user]
        reads = reads.filter(source__in=per_user, account_id__in=account_ids)
    if user_names is not None:
        reads = reads.filter(user_name__in=user_names)
    rows = reads.values_list("source", "account_id", "user_name", _as_text(F("observed_at")))
    return {(source, account, name): _instant(at) for source, account, name, at in rows}


def _as_text(moment: Any) -> Cast:
    """Thousands of instants come as text: the driver takes ten times as long to read them."""
    return Cast(moment, TextField())


def _instant(text: str) -> datetime:
    """Of what _as_text gave; SQLite keeps UTC without saying so."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _record(text: str) -> dict[str, Any]:
    """Thousands of records as well. json reads what msgspec does not: halves of characters."""
    try:
        found: dict[str, Any] = msgspec.json.decode(text)
    except msgspec.DecodeError:
        found = json.loads(text)
    return found


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
