"""The work list. It lives in the database; a Celery message is a hint that may come zero, one or
many times.

A job is claimed by compare-and-set and held under a lease that its owner renews. A process that
dies lets its lease run out, and the sweeper (reap) puts the job back.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet

from inventory import runs
from inventory.freshness import expected_account_ids
from inventory.lease import lease
from inventory.models import CollectionRun, Job, JobState, Outcome, ScopeState
from inventory.runs import open_run
from inventory.sources import SOURCE_BY_NAME, SOURCES, Source

MAX_ATTEMPTS = 4
RETRY_AFTER = timedelta(minutes=5)
TRANSIENT = (Outcome.THROTTLED, Outcome.FAILED, Outcome.LOST)
KEEP_DONE = timedelta(days=7)
# Nothing reads for so long without a job that names its run.
ORPHANED_AFTER = timedelta(hours=1)
OWNER_LENGTH = 64
OPEN = (JobState.QUEUED, JobState.RUNNING)
# Work that is on this list, too, and reads no source of facts: looking for new log objects.
LOG_LISTINGS = {"log_listing": timedelta(hours=1), "log_listing_daily": timedelta(days=1)}
LOG_IMPORT = "log_import"
LONGEST_IMPORT = timedelta(days=1)


def scopes(source: Source, account_ids: Iterable[str]) -> list[str]:
    """The scopes a source is read in: every account, or '' for the organization."""
    return list(account_ids) if source.per_account else [""]


def enqueue_listings(now: datetime) -> int:
    """Adds the listings of logs that are due; both in one lane, so never two at a time."""
    return _add(
        [
            Job(
                source=name,
                lane="logs",
                rank=0,
                slot=slot_of(every, now),
                not_before=now,
                created_at=now,
            )
            for name, every in LOG_LISTINGS.items()
        ]
    )


def enqueue_due(now: datetime) -> int:
    """Adds what the schedule says is due. Two schedulers at once add it once (unique slot)."""
    accounts = expected_account_ids()
    retries = _transient_failures()
    jobs = []
    for source in SOURCES:
        slot = slot_of(source.every, now)
        for account_id in scopes(source, accounts):
            jobs.append(_job(source, account_id, now=now, slot=slot))
            ended_at = retries.get((source.name, account_id))
            if ended_at is not None and ended_at + RETRY_AFTER <= now:
                jobs.append(_job(source, account_id, now=now, slot=ended_at + RETRY_AFTER))
    return _add(jobs)


def request(
    *,
    now: datetime,
    by: str,
    sources: str | Iterable[str] | None = None,
    account_ids: str | Iterable[str] | None = None,
) -> int:
    """Adds what a person asked for; what is already open is not added again.

    With account_ids and no sources, only the sources that are read per account.
    """
    names = _listed(sources)
    wanted_accounts = _listed(account_ids)
    jobs = [
        _job(source, account_id, now=now, by=by)
        for source in SOURCES
        if (names is None and (wanted_accounts is None or source.per_account))
        or (names is not None and source.name in names)
        for account_id in scopes(
            source, wanted_accounts if wanted_accounts is not None else expected_account_ids()
        )
    ]
    return _add(jobs)


def _listed(value: str | Iterable[str] | None) -> list[str] | None:
    if value is None:
        return None
    return [value] if isinstance(value, str) else list(value)


def _job(
    source: Source, account_id: str, *, now: datetime, slot: datetime | None = None, by: str = ""
) -> Job:
    return Job(
        source=source.name,
        account_id=account_id,
        lane=account_id or source.lane,
        rank=source.rank,
        slot=slot,
        requested_by=by,
        not_before=now,
        created_at=now,
    )


def _add(jobs: list[Job]) -> int:
    """Inserts those that clash with nothing: no open job of the scope, no job of the slot."""
    open_scopes = set(Job.objects.filter(state__in=OPEN).values_list("source", "account_id"))
    slots = set(
        Job.objects.filter(slot__in={job.slot for job in jobs if job.slot}).values_list(
            "source", "account_id", "slot"
        )
    )
    fresh: dict[tuple[str, str], Job] = {}
    for job in jobs:
        scope = (job.source, job.account_id)
        if scope not in open_scopes and (*scope, job.slot) not in slots:
            fresh.setdefault(scope, job)
    before = Job.objects.aggregate(last=Max("id"))["last"] or 0
    Job.objects.bulk_create(list(fresh.values()), ignore_conflicts=True, batch_size=500)
    return Job.objects.filter(pk__gt=before).count()


def slot_of(every: timedelta, now: datetime) -> datetime:
    """The start of the period that `now` falls into."""
    seconds = int(every.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)


def _transient_failures() -> dict[tuple[str, str], datetime]:
    """Scopes whose last run ended in a way that may be over soon, and when it ended.

    Not those whose job was given up: what killed four workers waits for the schedule.
    """
    given_up = Job.objects.filter(state=JobState.GIVEN_UP).exclude(run=None).values("run")
    states = (
        ScopeState.objects.filter(last_run__outcome__in=TRANSIENT)
        .exclude(last_run__in=given_up)
        .select_related("last_run")
    )
    return {
        (state.source, state.account_id): state.last_run.ended_at.replace(microsecond=0)
        for state in states
        if state.last_run.ended_at is not None
    }


def claim(owner: str, now: datetime, names: Collection[str] = SOURCE_BY_NAME) -> Job | None:
    """Takes the next job of these sources whose lane is free; None when there is none."""
    busy = Job.objects.filter(state=JobState.RUNNING).values("lane")
    known = Job.objects.filter(source__in=names)
    waiting = known.filter(state=JobState.QUEUED, not_before__lte=now).exclude(lane__in=busy)
    unread = set(Job.objects.filter(state__in=OPEN, account_id="").values_list("source", flat=True))
    seen: set[str] = set()
    for job in waiting.order_by("rank", "id")[:200]:
        after = SOURCE_BY_NAME[job.source].after if job.source in SOURCE_BY_NAME else ()
        if job.lane in seen or unread.intersection(after):
            continue
        seen.add(job.lane)
        # The end of the owner's name is what tells it from others: process and thread.
        if _take(job, owner[-OWNER_LENGTH:], now):
            return Job.objects.get(pk=job.pk)
    return None


def _take(job: Job, owner: str, now: datetime) -> bool:
    mine = Job.objects.filter(pk=job.pk, state=JobState.QUEUED, attempts=job.attempts)
    try:
        with transaction.atomic():
            taken = mine.update(
                state=JobState.RUNNING,
                owner=owner,
                attempts=F("attempts") + 1,
                lease_until=now + lease(),
            )
    except IntegrityError:
        # Another process took another job of this lane in the same instant.
        return False
    return taken == 1


@transaction.atomic
def start(job: Job, now: datetime) -> CollectionRun | None:
    """Opens the run of a claimed job; None when the claim no longer holds.

    Run and job name each other from the first instant, so a process that dies leaves no run that
    nobody would close.
    """
    if not still_ours(job):
        return None
    run = open_run(job.source, job.account_id, now=now, requested_by=job.requested_by)
    Job.objects.filter(pk=job.pk).update(run=run)
    return run


def renew(job: Job, now: datetime) -> bool:
    """Extends the lease; False when it is no longer ours."""
    return _mine(job).update(lease_until=now + lease()) == 1


def still_ours(job: Job) -> bool:
    """Locks the job's row in the caller's transaction and says whether the claim still holds."""
    return _mine(job).select_for_update().first() is not None


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(
        pk=job.pk, state=JobState.RUNNING, owner=job.owner, attempts=job.attempts
    )


def finish(job: Job, now: datetime) -> bool:
    """Marks the job done if it is still ours."""
    return _mine(job).update(state=JobState.DONE, ended_at=now, lease_until=None, owner="") == 1


def go_on(job: Job, now: datetime) -> None:
    """Puts a job back that has read a portion: the rest is next, and with attempts of its own."""
    _mine(job).update(state=JobState.QUEUED, attempts=0, owner="", lease_until=None, not_before=now)


def reap(now: datetime) -> int:
    """Puts back jobs whose owner stopped renewing, and closes their runs as lost.

    After MAX_ATTEMPTS the job is given up: something about it kills its worker.
    """
    expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    count = 0
    for job in expired:
        count += _put_back(job, now)
    _close_orphans(now)
    Job.objects.filter(ended_at__lt=now - KEEP_DONE).delete()
    return count


def _close_orphans(now: datetime) -> None:
    """Ends what nobody will: jobs of a source that is no more, runs that no job names."""
    known = {*SOURCE_BY_NAME, *LOG_LISTINGS}
    Job.objects.filter(state=JobState.QUEUED).exclude(source__in=known).update(
        state=JobState.GIVEN_UP, ended_at=now
    )
    named = Job.objects.filter(state=JobState.RUNNING).exclude(run=None).values("run")
    orphans = CollectionRun.objects.filter(
        ~Q(source=LOG_IMPORT) | Q(started_at__lt=now - LONGEST_IMPORT),
        outcome=Outcome.RUNNING,
        started_at__lt=now - ORPHANED_AFTER,
    ).exclude(pk__in=named)
    for run in orphans:
        runs.lose(run, now=now, error="the process that read it stopped")


@transaction.atomic
def _put_back(job: Job, now: datetime) -> int:
    # Read again under its lock: it may have been renewed, finished or given a run just now.
    dead = _mine(job).filter(lease_until__lt=now).select_for_update().first()
    if dead is None:
        return 0
    tried_out = dead.attempts >= MAX_ATTEMPTS
    _mine(dead).update(
        state=JobState.GIVEN_UP if tried_out else JobState.QUEUED,
        owner="",
        lease_until=None,
        ended_at=now if tried_out else None,
        not_before=now,
    )
    run = CollectionRun.objects.filter(pk=dead.run_id or 0).first()
    if run is not None:
        error = f"the process that read it stopped (attempt {dead.attempts} of {MAX_ATTEMPTS})"
        runs.lose(run, now=now, error=error)
    return 1


def retry(run: CollectionRun, *, now: datetime, by: str) -> int:
    """Reads the run's scope again."""
    if run.source not in SOURCE_BY_NAME:
        return 0
    return request(now=now, by=by, sources=run.source, account_ids=run.account_id or None)
