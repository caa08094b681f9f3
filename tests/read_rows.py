"""Rows of reads that have ended, as collecting leaves them."""

from datetime import timedelta

from django.utils import timezone

from inventory.models import CollectionRun, Outcome, ScopeState
from inventory.runs import note_state
from inventory.sources import SOURCES


def run(
    source="authorization_details", account_id="", *, at=None, outcome=Outcome.COMPLETE, **more
):
    at = at or timezone.now() - timedelta(minutes=20)
    values = {"started_at": at, "ended_at": at, "observed_at": at, **more}
    made = CollectionRun.objects.create(
        source=source, account_id=account_id, outcome=outcome, **values
    )
    if outcome != Outcome.RUNNING:
        note_state(made)
    return made


def read_everything(*accounts, at=None):
    """A whole, fresh run of every source for these accounts and the organization."""
    at = at or timezone.now() - timedelta(minutes=20)
    ids = [account.account_id for account in accounts]
    scopes = {(one.name, key) for one in SOURCES for key in (ids if one.per_account else [""])}
    known = set(ScopeState.objects.values_list("source", "account_id"))
    for source, account_id in sorted(scopes & known):
        run(source, account_id, at=at)
    # First reads in two statements: half of what many tests do is to read everything.
    values = {"outcome": Outcome.COMPLETE, "started_at": at, "ended_at": at, "observed_at": at}
    first = CollectionRun.objects.bulk_create(
        CollectionRun(source=source, account_id=account_id, **values)
        for source, account_id in sorted(scopes - known)
    )
    ScopeState.objects.bulk_create(
        ScopeState(
            source=one.source,
            account_id=one.account_id,
            last_run=one,
            first_observed_at=at,
            whole_observed_at=at,
        )
        for one in first
    )
