"""Listing the configured logs on a schedule, as jobs of the one work list.

No cursor: CloudTrail delivers late and again. Hourly the last 3 days are listed, daily the last 35,
which is more than the 30 days for which AWS tries to deliver.
"""

import threading
from datetime import datetime

from django.conf import settings

from inventory import jobs, runs
from inventory.aws.errors import ReadError
from inventory.collect import Clock
from inventory.lease import lease
from inventory.models import CollectionRun, Job, Outcome
from inventory.usage import finding
from inventory.usage.finding import Found
from inventory.usage.log_sources import LogSources

DAYS_BACK = {"log_listing": 3, "log_listing_daily": 35}


class ListingLost(Exception):
    """The lease ran out and somebody else lists."""


def list_one(name: str, sources: LogSources, clock: Clock) -> CollectionRun | None:
    """Does one listing that is due. None: there was none."""
    owner = f"{name}/{threading.get_ident()}"
    job = jobs.claim(owner, clock(), names=jobs.LOG_LISTINGS)
    run = jobs.start(job, clock()) if job else None
    if job is None or run is None:
        return None
    found = Found()
    outcome, error = Outcome.COMPLETE, ""
    try:
        for uri in settings.CLOUDTRAIL_SOURCE:
            _list(uri, job, sources, clock, found)
    except ListingLost:
        outcome, error = Outcome.LOST, "another process took over"
    if found.problems:
        outcome, error = _outcome(found), finding.sentence(found.problems)
    jobs.finish(job, clock())
    runs.close_run(run, outcome, now=clock(), items=found.added.found, error=error)
    return run


def _list(uri: str, job: Job, sources: LogSources, clock: Clock, total: Found) -> None:
    began = clock()
    renewed_at = began

    def on_part(_part: Found) -> None:
        nonlocal renewed_at
        now: datetime = clock()
        if now - renewed_at > lease() / 3:
            renewed_at = now
            if not jobs.renew(job, now):
                raise ListingLost

    try:
        source = sources.listing(uri, began)
        days = finding.days_back(began, DAYS_BACK[job.source])
        found = finding.list_logs(source, days, now=began, on_part=on_part)
    except ReadError as problem:
        total.problems.append(problem)
        return
    total.added += found.added
    total.problems += found.problems


def _outcome(found: Found) -> Outcome:
    return Outcome.PARTIAL if found.added.found else Outcome(found.problems[0].outcome)
