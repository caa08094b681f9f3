"""Celery's doors to the work list. No arguments, no results: all state is in the database."""

import logging
import os
import socket
import threading
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError

from inventory import jobs, retention
from inventory.after import after_save, settle
from inventory.collect import Worker
from inventory.connect import connections
from inventory.models import Heartbeat, Job, JobState
from inventory.usage import finding, log_schedule, worklist
from inventory.usage.coverage import close_days
from inventory.usage.joining import join_sessions
from inventory.usage.log_sources import LogSources
from inventory.usage.retention import forget_old
from inventory.usage.working import LogWorker

log = logging.getLogger(__name__)

# One message works for this long at most, then leaves the rest to the next one: short tasks are
# cheap to lose and quick to stop.
SHIFT = timedelta(seconds=60)
LOG_SHIFT = timedelta(seconds=45)
MAX_HINTS = 16
MAX_LOG_HINTS = 8
# The heartbeat of the schedule: it needs a scheduler, a broker and a worker to go on.
TICK = "tick"
# When usage was last looked through for what is kept no longer.
FORGOTTEN = "usage forgotten"


def utc_now() -> datetime:
    """The present instant. Only doors call it."""
    return datetime.now(UTC)


def worker() -> Worker:
    """The worker of this process."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    return Worker(name=name, connections=connections(), clock=utc_now, after_save=after_save)


@lru_cache(maxsize=1)
def log_sources() -> LogSources:
    """This process's connections to buckets and accounts."""
    return LogSources()


def log_worker(run_id: int | None = None, *, local: bool = True) -> LogWorker:
    """What counts log objects in this process or thread."""
    name = f"{socket.gethostname()}:{os.getpid()}/{threading.get_ident()}"
    return LogWorker(name, log_sources(), utc_now, run_id=run_id, local=local)


# Soon, because the next tick repeats the hint anyway; never by a countdown of minutes.
RETRIES: dict[str, Any] = {
    "autoretry_for": (OperationalError, InterfaceError),
    "max_retries": 3,
    "retry_backoff": 1,
    "retry_backoff_max": 10,
}


@shared_task(name="inventory.work", **RETRIES)
def work() -> dict[str, int]:
    """Works off the list until it is empty or the shift is over."""
    end = utc_now() + SHIFT
    mine, done = worker(), 0
    while utc_now() < end:
        if mine.work_one() is None:
            if done:
                settle(utc_now())
            return {"done": done}
        done += 1
    _hand_over(work)
    settle(utc_now())
    return {"done": done}


@shared_task(name="inventory.count_logs", **RETRIES)
def count_logs() -> dict[str, int]:
    """Counts log objects until none is left or the shift is over; then hints at the rest."""
    end, batches = utc_now() + LOG_SHIFT, 0
    with log_worker(local=settings.EMBEDDED) as mine:
        while utc_now() < end:
            if mine.work_one() is None:
                finding.vouch()
                return {"batches": batches}
            batches += 1
    _hand_over(count_logs)
    return {"batches": batches}


@shared_task(name="inventory.list_logs", **RETRIES)
def list_logs() -> dict[str, int]:
    """Looks for new log objects where the settings say, when it is time to."""
    name, listings = f"{socket.gethostname()}:{os.getpid()}", 0
    while log_schedule.list_one(name, log_sources(), utc_now) is not None:
        listings += 1
        hint_logs()
    return {"listings": listings}


@shared_task(name="inventory.tick", **RETRIES)
def tick() -> dict[str, int]:
    """Puts back what was lost, adds what is due, and hints at what is waiting."""
    now = utc_now()
    Heartbeat.objects.update_or_create(name=TICK, defaults={"at": now})
    reaped = jobs.reap(now)
    added = jobs.enqueue_due(now) if settings.PORTAL_COLLECT else 0
    if settings.PORTAL_COLLECT and settings.CLOUDTRAIL_SOURCE:
        added += jobs.enqueue_listings(now)
    hints = hint() + hint_logs()
    # Last, because it may take seconds and the workers should not wait for it.
    settle(utc_now())
    return {"reaped": reaped, "added": added, "hints": hints}


@shared_task(name="inventory.keep_usage", **RETRIES)
def keep_usage() -> dict[str, int]:
    """Settles sessions whose maker became known and closes days that are over; once a day forgets
    what is kept no longer."""
    now = utc_now()
    done = {"joined": join_sessions(now=now), "closed_days": close_days(now)}
    recently = Heartbeat.objects.filter(name=FORGOTTEN, at__gt=now - timedelta(days=1))
    if not recently.exists():
        Heartbeat.objects.update_or_create(name=FORGOTTEN, defaults={"at": now})
        done |= forget_old(
            now, id_days=settings.PORTAL_EVENT_ID_DAYS, origin_days=settings.PORTAL_ORIGIN_DAYS
        )
    return done


@shared_task(name="inventory.thin_runs", **RETRIES)
def thin_runs() -> dict[str, int]:
    """Forgets old runs that nothing hangs on, day by day, as far as one shift gets."""
    now = utc_now()
    keep = timedelta(days=settings.PORTAL_RUN_RETENTION_DAYS)
    return {"removed": retention.thin_runs(now, keep=keep, go_on=lambda: utc_now() < now + SHIFT)}


def _hand_over(task: Any) -> None:
    """What is left goes to the next message at once instead of at the next tick."""
    try:
        send(task)
    except BrokerError:
        log.info("the broker does not answer; the work list waits for the next tick")


def hint() -> int:
    """Sends as many messages as there are lanes waiting, within reason."""
    queued = Job.objects.filter(state=JobState.QUEUED).exclude(source__in=jobs.LOG_LISTINGS)
    lanes = queued.values("lane").distinct().count()
    for _ in range(min(lanes, MAX_HINTS)):
        send(work)
    return min(lanes, MAX_HINTS)


def hint_logs() -> int:
    """Sends a message for a listing that waits, and one for every batch, within reason.

    Objects whose worker died are among what may be taken: their leases have run out.
    """
    listings = Job.objects.filter(state=JobState.QUEUED, source__in=jobs.LOG_LISTINGS)
    sent = int(listings.exists())
    if sent:
        send(list_logs)
    most = MAX_LOG_HINTS * worklist.BATCH_OBJECTS
    waiting = worklist.waiting(utc_now(), most=most, local=settings.EMBEDDED)
    batches = -(-waiting // worklist.BATCH_OBJECTS)
    for _ in range(batches):
        send(count_logs)
    return sent + batches


def send(task: Any) -> None:
    """A message that nobody waits for; it expires before the next tick repeats it."""
    task.apply_async(expires=None if settings.EMBEDDED else settings.PORTAL_TICK_SECONDS)
