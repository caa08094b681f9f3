"""How fresh and how whole: the three states of every account and source.

fresh: the last read was whole and is young enough. stale: a whole read exists, but it is too old, a
later one failed, or the account is no longer read. unknown: no whole read yet. A failed read is
never an empty read, and a file never hides that AWS refuses a read since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.models import AwsAccount, CollectionRun, Outcome, ScopeState
from inventory.sources import SOURCES, Source

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
) -> list[Freshness]:
    """Every expected (source, account), in registry order. A fixed number of queries."""
    wanted = list(sources)
    accounts = list(account_ids) if account_ids is not None else expected_account_ids()
    left = _no_longer_read() if account_ids is not None else {}
    last, whole = _last_runs()
    return [
        _state(source, account_id, last, whole, now, left.get(account_id, ""))
        for source in wanted
        for account_id in (accounts if source.per_account else [""])
    ]


def expected_account_ids() -> list[str]:
    """Accounts that a collection should read."""
    return list(AwsAccount.objects.to_read().values_list("account_id", flat=True))


def _no_longer_read() -> dict[str, str]:
    """Accounts that no collection expects to read any more, and why."""
    shown = AwsAccount.objects.exclude(run=None).values_list("account_id", "status", "gone_at")
    expected = set(expected_account_ids())
    return {
        account_id: "the account has left the organization"
        if gone_at
        else f"the account is {status.lower()}"
        for account_id, status, gone_at in shown
        if account_id not in expected
    }


def _last_runs() -> tuple[dict[tuple[str, str], CollectionRun], dict[tuple[str, str], datetime]]:
    states = list(ScopeState.objects.select_related("last_run"))
    return (
        {(state.source, state.account_id): state.last_run for state in states},
        {
            (state.source, state.account_id): state.whole_observed_at
            for state in states
            if state.whole_observed_at is not None
        },
    )


def _state(
    source: Source,
    account_id: str,
    last: dict[tuple[str, str], CollectionRun],
    whole: dict[tuple[str, str], datetime],
    now: datetime,
    left: str,
) -> Freshness:
    scope = (source.name, account_id)
    run, observed_at = last.get(scope), whole.get(scope)
    failed = run is not None and run.outcome != Outcome.COMPLETE
    if observed_at is None:
        state, reason = UNKNOWN, (run.error if run else left) or "never read"
    elif left:
        state, reason = STALE, left
    elif run is not None and failed and run.started_at >= observed_at:
        state, reason = STALE, run.error or f"the last read ended {run.outcome}"
    elif now - observed_at > source.stale_after:
        hours = int((now - observed_at).total_seconds() // 3600)
        state, reason = STALE, f"the last whole read is {hours} hours old"
    else:
        state, reason = FRESH, ""
    return Freshness(
        source=source,
        account_id=account_id,
        state=state,
        observed_at=observed_at,
        reason=reason,
        last_outcome=run.outcome if run else None,
        last_run_id=run.pk if run else None,
    )


def worst(states: Iterable[str]) -> str:
    """unknown before stale before fresh; unknown when there is nothing."""
    found = set(states)
    return next((state for state in (UNKNOWN, STALE, FRESH) if state in found), UNKNOWN)
