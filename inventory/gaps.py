"""Gaps: times between two whole reads of one scope that were longer than facts stay true.

Noted when a run closes, in its transaction, so that nobody compares all runs later, and what was a
gap stays known when old runs are gone. Reads may come in any order: a file that was made inside a
gap parts it.
"""

from datetime import datetime

from inventory.models import ReadGap, ScopeState
from inventory.sources import SOURCE_BY_NAME


def note_whole_read(state: ScopeState, at: datetime) -> None:
    """Takes one more whole read of a scope into account; the caller holds its state's lock and
    saves it. Nothing to ask of the database while reads follow each other as they should."""
    last = state.whole_observed_at
    first = state.first_observed_at or last
    if first is None or last is None:
        state.first_observed_at = state.whole_observed_at = at
    elif at > last:
        _note(state, last, at)
        state.whole_observed_at = at
    elif at < first:
        _note(state, at, first)
        state.first_observed_at = at
    else:
        _part(state, at)


def _note(state: ScopeState, before: datetime, after: datetime) -> None:
    source = SOURCE_BY_NAME.get(state.source)
    # A file that holds one list only is no source: nobody expects a next one.
    if source is not None and after - before > source.stale_after:
        ReadGap.objects.create(
            source=state.source,
            account_id=state.account_id,
            last_read_at=before,
            next_read_at=after,
        )


def _part(state: ScopeState, at: datetime) -> None:
    around = ReadGap.objects.filter(
        source=state.source,
        account_id=state.account_id,
        last_read_at__lt=at,
        next_read_at__gt=at,
    ).first()
    if around is not None:
        around.delete()
        _note(state, around.last_read_at, at)
        _note(state, at, around.next_read_at)
