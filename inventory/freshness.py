"""How fresh and how whole: the three states of every account and source.

fresh: the last read was whole and is young enough. stale: a whole read exists, but it is too old, a
later one failed, or the account is no longer read. unknown: no whole read yet. A failed read is
never an empty read, and a file never hides that AWS refuses a read since.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Value, When

from inventory.models import AwsAccount, Outcome, ScopeState
from inventory.sources import SOURCES, Source
from inventory.words import counted

FRESH, STALE, UNKNOWN = "fresh", "stale", "unknown"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of one source in one account ('' is the organization).

    observed_at: the last whole read's own time. reason: one sentence when it is not fresh.
    """

    source: Source
    account_id: str
    state: str
    observed_at: datetime | None
    reason: str
    last_outcome: str | None
    last_run_id: int | None


def freshness(
    now: datetime,
    *,
    sources: Iterable[Source] = SOURCES,
    account_ids: Iterable[str] | None = None,
    left: Mapping[str, str] | None = None,
) -> list[Freshness]:
    """Every expected (source, account), in registry order. A fixed number of queries.

    left: which of these accounts are read no more, and why (AwsAccount.why_not_read), where the
    caller has the accounts; it saves a question.
    """
    wanted = list(sources)
    given = list(account_ids) if account_ids is not None else None
    accounts = given if given is not None else expected_account_ids()
    if left is None:
        left = _no_longer_read(given or [])
    known = _last_reads([source.name for source in wanted], given)
    return [
        _state(source, account_id, known.get((source.name, account_id)), now, left)
        for source in wanted
        for account_id in (accounts if source.per_account else [""])
    ]


@dataclass(frozen=True, slots=True)
class Tally:
    """One source over every scope where it is expected, naming only the scopes that are not fresh.

    oldest_at, newest_at: of the last whole reads, also of those that are not fresh. names: of all
    expected accounts, by id; may be ''.
    """

    source: Source
    expected: int
    oldest_at: datetime | None
    newest_at: datetime | None
    others: tuple[Freshness, ...]
    names: Mapping[str, str]


def tallies(now: datetime, *, sources: Iterable[Source] = SOURCES) -> list[Tally]:
    """The same as freshness() of every expected scope, counted by the database: thousands of fresh
    scopes cost no more than ten. Two queries while all is fresh, four at most."""
    wanted = list(sources)
    accounts = dict(AwsAccount.objects.to_read().values_list("account_id", "name"))
    states = _expected_states(wanted)
    counted = {
        row["source"]: row
        for row in states.order_by()
        .values("source")
        .annotate(
            known=Count("pk"),
            fresh=Count("pk", filter=_fresh(wanted, now)),
            oldest=Min("whole_observed_at"),
            newest=Max("whole_observed_at"),
        )
    }
    others = _not_fresh(wanted, counted, states, accounts, now)
    return [
        Tally(
            source=source,
            expected=len(accounts) if source.per_account else 1,
            oldest_at=counted[source.name]["oldest"] if source.name in counted else None,
            newest_at=counted[source.name]["newest"] if source.name in counted else None,
            others=tuple(others.get(source.name, ())),
            names=accounts,
        )
        for source in wanted
    ]


def _expected_states(sources: Collection[Source]) -> QuerySet[ScopeState]:
    read = AwsAccount.objects.to_read().order_by().values("account_id")
    in_accounts = [source.name for source in sources if source.per_account]
    alone = [source.name for source in sources if not source.per_account]
    return ScopeState.objects.filter(
        Q(source__in=in_accounts, account_id__in=read) | Q(source__in=alone, account_id="")
    )


def _fresh(sources: Iterable[Source], now: datetime) -> Q:
    """What _state calls fresh, in the database's words."""
    young = Q(pk__in=[])
    for source in sources:
        young |= Q(source=source.name, whole_observed_at__gte=now - source.stale_after)
    return young & (
        Q(last_run__outcome=Outcome.COMPLETE) | Q(last_run__started_at__lt=F("whole_observed_at"))
    )


def _not_fresh(
    sources: Collection[Source],
    counted: Mapping[str, Mapping[str, Any]],
    states: QuerySet[ScopeState],
    accounts: Mapping[str, str],
    now: datetime,
) -> dict[str, list[Freshness]]:
    """By source, in the order of accounts."""
    found: dict[tuple[str, str], _Last] = {}
    if any(row["fresh"] < row["known"] for row in counted.values()):
        # A case, because the negation of a comparison with nothing is not true either.
        fresh = Case(When(_fresh(sources, now), then=Value(True)), default=Value(False))
        found |= _by_scope(states.annotate(fresh=fresh).filter(fresh=False))
    known = {name: row["known"] for name, row in counted.items()}
    never = [
        source.name
        for source in sources
        if known.get(source.name, 0) < (len(accounts) if source.per_account else 1)
    ]
    tried = states.filter(source__in=never).values_list("source", "account_id")
    read = set(tried) if never else set()
    return {
        source.name: [
            _state(source, account_id, found.get(scope), now, {})
            for account_id in (accounts if source.per_account else [""])
            for scope in [(source.name, account_id)]
            if scope in found or (source.name in never and scope not in read)
        ]
        for source in sources
    }


def expected_account_ids() -> list[str]:
    """Accounts that a collection should read."""
    return list(AwsAccount.objects.to_read().values_list("account_id", flat=True))


def _no_longer_read(account_ids: Collection[str]) -> dict[str, str]:
    """Those of the accounts that no collection expects to read any more, and why."""
    if not account_ids:
        return {}
    rows = AwsAccount.objects.filter(pk__in=account_ids).only("run_id", "status", "gone_at")
    return {row.account_id: row.why_not_read() for row in rows}


class _Last(NamedTuple):
    """The last run of one scope, and the last whole read's own time."""

    observed_at: datetime | None
    run_id: int
    outcome: str
    error: str
    started_at: datetime


def _last_reads(
    sources: Collection[str], account_ids: Collection[str] | None
) -> dict[tuple[str, str], _Last]:
    """By scope. Plain columns: thousands of rows as models cost more than the rest of a page."""
    states = ScopeState.objects.filter(source__in=sources)
    if account_ids is not None:
        states = states.filter(account_id__in=["", *account_ids])
    return _by_scope(states)


def _by_scope(states: QuerySet[ScopeState]) -> dict[tuple[str, str], _Last]:
    run = ("last_run_id", "last_run__outcome", "last_run__error", "last_run__started_at")
    rows = states.values_list("source", "account_id", "whole_observed_at", *run)
    return {(row[0], row[1]): _Last(*row[2:]) for row in rows}


def _state(
    source: Source, account_id: str, run: _Last | None, now: datetime, gone: Mapping[str, str]
) -> Freshness:
    observed_at, left = run.observed_at if run else None, gone.get(account_id, "")
    if run is None or observed_at is None:
        state, reason = UNKNOWN, (run.error if run else left) or "never read"
    elif left:
        state, reason = STALE, left
    elif run.outcome != Outcome.COMPLETE and run.started_at >= observed_at:
        state, reason = STALE, run.error or f"the last read ended {run.outcome}"
    elif now - observed_at > source.stale_after:
        hours = int((now - observed_at).total_seconds() // 3600)
        state, reason = STALE, f"the last whole read is {counted(hours, 'hour')} old"
    else:
        state, reason = FRESH, ""
    return Freshness(
        source=source,
        account_id=account_id,
        state=state,
        observed_at=observed_at,
        reason=reason,
        last_outcome=run.outcome if run else None,
        last_run_id=run.run_id if run else None,
    )


def worst(states: Iterable[str]) -> str:
    """unknown before stale before fresh; unknown when there is nothing."""
    found = set(states)
    return next((state for state in (UNKNOWN, STALE, FRESH) if state in found), UNKNOWN)
