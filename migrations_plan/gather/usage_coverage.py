"""How much of each day was read, over the accounts that a page is about.

The verdict on an account's day is that of inventory.usage.covered, from sums of days that are over
(inventory.usage.day_sums) and of the others' rows. What only a digest tells of, logs that are
missing from the bucket, is left to that answer: it cannot be asked of every day at once.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast

from inventory.models import AwsAccount, DaySums, LogState, Trail, TrailObject
from inventory.models.day_sums import AccountsRead
from inventory.usage.account_days import row_of, statement
from migrations_plan.rules.usage_days import DayCoverage

# Few accounts are looked up by their index, many by the day.
FEW = 20
READ, HELD, SILENT = 0, 1, 2
# Made of our own statements alone.
DOUBTS = "SELECT {kind}, day, 0, 0, 0, 0, account_id FROM ({rows}) doubts"
OTHERS = "SELECT {kind}, one.* FROM ({rows}) one"
Summed = Mapping[date, DaySums]


def summed(days: Iterable[date]) -> dict[date, DaySums]:
    """Those of the days that have sums. One query."""
    return {one.day: one for one in DaySums.objects.filter(day__in=list(days))}


def coverage(
    days: Iterable[date],
    joined: Mapping[str, date | None],
    *,
    today: date,
    sums: Summed | None = None,
) -> dict[date, DayCoverage]:
    """Each of these days, over these accounts, none of which is expected before it joined the
    organization (None: not known when). sums: where the caller has them; else they are a query more
    than one."""
    wanted = list(days)
    found = _found(wanted, joined.keys(), today, sums) if wanted and joined else {}
    since = sorted(day for day in joined.values() if day)
    always = len(joined) - len(since)
    return {day: _day(found.get(day), always + bisect_right(since, day)) for day in wanted}


def whole_days(
    days: Iterable[date], account_ids: Iterable[str], *, today: date
) -> dict[str, set[date]]:
    """By account, those of the days that are wholly read. Two queries."""
    wanted = list(days)
    found: dict[str, set[date]] = {account_id: set() for account_id in account_ids}
    if wanted and found:
        rows, doubts = _rows(wanted, found.keys(), today, None)
        for day, read in rows:
            mine = found.keys() & set(read.account_ids.split())
            for account_id in _whole(read, mine, day, doubts):
                found[account_id].add(day)
    return found


@dataclass(slots=True)
class _Counted:
    """Numbers of accounts: with rows, closed, whole, of which something was read."""

    accounts: int = 0
    closed: int = 0
    whole: int = 0
    some: int = 0


@dataclass(slots=True)
class _Doubts:
    """What takes a word back. silent: accounts of which every known trail is stopped, so that it
    proves nothing that nothing was delivered. held: of a day, accounts of which a log object still
    waits, or cannot be read."""

    silent: set[str] = field(default_factory=set)
    held: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))


def _found(
    days: list[date], account_ids: Collection[str], today: date, sums: Summed | None
) -> dict[date, _Counted]:
    rows, doubts = _rows(days, account_ids, today, sums)
    found: dict[date, _Counted] = {}
    # Most days have the same accounts in the same text.
    mine: dict[str, set[str]] = {}
    for day, read in rows:
        if read.account_ids not in mine:
            mine[read.account_ids] = set(account_ids).intersection(read.account_ids.split())
        _count(found.setdefault(day, _Counted()), read, mine[read.account_ids], day, doubts)
    return found


def _rows(
    days: list[date], account_ids: Collection[str], today: date, sums: Summed | None
) -> tuple[list[tuple[date, AccountsRead]], _Doubts]:
    known = summed(days) if sums is None else sums
    others, doubts = _asked(days, known, today, account_ids if len(account_ids) <= FEW else ())
    return [
        row for day in days if day in known for row in known[day].accounts_read()
    ] + others, doubts


def _believed(read: AccountsRead, mine: set[str], doubts: _Doubts) -> set[str]:
    return mine if read.seen else mine - doubts.silent


def _whole(read: AccountsRead, mine: set[str], day: date, doubts: _Doubts) -> set[str]:
    if not read.whole:
        return set()
    return _believed(read, mine, doubts) - doubts.held.get(day, set())


def _count(
    counted: _Counted, read: AccountsRead, mine: set[str], day: date, doubts: _Doubts
) -> None:
    believed = _believed(read, mine, doubts)
    counted.accounts += len(mine)
    counted.closed += len(mine) * read.closed
    counted.whole += len(_whole(read, mine, day, doubts))
    counted.some += len(believed) if read.seen or read.vouched else 0


def _asked(
    days: list[date], known: Summed, today: date, account_ids: Collection[str]
) -> tuple[list[tuple[date, AccountsRead]], _Doubts]:
    """The days without sums, and all doubts. One statement: a page about a person has no more to
    spend."""
    parts: list[tuple[str, Sequence[Any]]] = [
        (DOUBTS.format(kind=kind, rows=sql), values)
        for kind, rows in ((HELD, _held(days)), (SILENT, _silent(today)))
        for sql, values in [rows.query.sql_with_params()]
    ]
    rest = [day for day in days if day not in known]
    if rest:
        sql, values = statement(rest, today=today, account_ids=account_ids)
        parts.append((OTHERS.format(kind=READ, rows=sql), values))
    rows, doubts = list[tuple[date, AccountsRead]](), _Doubts()
    with connection.cursor() as cursor:
        union = " UNION ALL ".join(sql for sql, _ in parts)
        cursor.execute(union, [value for _, values in parts for value in values])
        for kind, *row in cursor.fetchall():
            if kind == READ:
                rows.append(row_of(row))
            elif kind == HELD:
                doubts.held[date.fromisoformat(str(row[0]))].add(row[-1])
            else:
                doubts.silent.add(row[-1])
    return rows, doubts


def _held(days: list[date]) -> QuerySet[Any, Any]:
    waiting = TrailObject.objects.filter(state__in=[LogState.PENDING, LogState.QUARANTINED])
    inside = waiting.filter(day__range=(min(days), max(days)))
    return inside.order_by().values("account_id", "day").distinct()


def _silent(day: date) -> QuerySet[Any, Any]:
    """They have no day; any will do."""
    trails = Trail.objects.present().filter(
        Q(account_id=OuterRef("account_id")) | Q(is_organization=True)
    )
    stopped = Exists(trails) & ~Exists(trails.filter(is_logging=True))
    rows: QuerySet[Any, Any] = AwsAccount.objects.filter(stopped)
    return rows.order_by().values("account_id", day=Cast(Value(day), DateField()))


def _day(counts: _Counted | None, expected: int) -> DayCoverage:
    found = counts or _Counted()
    # Rows of an account from before it joined must not stand in for another's.
    whole, some = min(found.whole, expected), min(found.some, expected)
    return DayCoverage(
        expected=expected,
        whole=whole,
        partly=max(some - whole, 0),
        closed=0 < found.accounts == found.closed,
    )
