"""Runs begin and end here, and each end is noted in its scope's state."""

from datetime import datetime

from django.db import transaction

from inventory import gaps
from inventory.aws.values import clean
from inventory.models import CollectionRun, Outcome, ScopeState

FROM_AWS = "aws"


def open_run(
    source: str,
    account_id: str,
    *,
    now: datetime,
    origin: str = "aws",
    observed_at: datetime | None = None,
    requested_by: str = "",
    file_name: str = "",
    file_sha256: str = "",
) -> CollectionRun:
    """A new run, still running."""
    return CollectionRun.objects.create(
        source=source,
        account_id=account_id,
        origin=origin,
        started_at=now,
        observed_at=observed_at or now,
        requested_by=requested_by,
        file_name=file_name,
        file_sha256=file_sha256,
    )


@transaction.atomic
def close_run(
    run: CollectionRun,
    outcome: str,
    *,
    now: datetime,
    items: int = 0,
    error: str = "",
    calls: int = 0,
    goes_on: bool = False,
) -> None:
    """Ends a run; a run that has ended stays as it is. goes_on: it was a portion of a read, and the
    next run is its continuation."""
    run.outcome, run.ended_at = outcome, now
    run.items, run.error, run.calls = items, clean(error)[:2000], calls
    ended = CollectionRun.objects.filter(pk=run.pk, outcome=Outcome.RUNNING).update(
        outcome=run.outcome,
        ended_at=run.ended_at,
        observed_at=run.observed_at,
        items=run.items,
        error=run.error,
        calls=run.calls,
    )
    if ended and run.outcome != Outcome.RUNNING:
        note_state(run, goes_on=goes_on)


def lose(run: CollectionRun, *, now: datetime, error: str) -> None:
    """Ends a run whose process is gone."""
    close_run(run, Outcome.LOST, now=now, error=error, items=run.items, calls=run.calls)


def note_state(run: CollectionRun, *, goes_on: bool = False) -> None:
    """Brings its scope's state up to date with a run that has ended. A portion of a read that goes
    on takes nothing from the whole read before it: nothing has failed."""
    with transaction.atomic(savepoint=False):
        states = ScopeState.objects.select_related("last_run").select_for_update(of=("self",))
        state, _ = states.get_or_create(
            source=run.source, account_id=run.account_id, defaults={"last_run": run}
        )
        nothing_new = goes_on and state.last_run.outcome == Outcome.COMPLETE
        if _says_more(run, state.last_run) and not nothing_new:
            state.last_run = run
        if run.outcome == Outcome.COMPLETE:
            gaps.note_whole_read(state, run.observed_at)
        state.save()


def _says_more(run: CollectionRun, last: CollectionRun) -> bool:
    """The last attempt to ask AWS counts; where nobody ever asked AWS, the last file."""
    if (run.origin == FROM_AWS) != (last.origin == FROM_AWS):
        return run.origin == FROM_AWS
    return run.pk >= last.pk
