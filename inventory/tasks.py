"""Celery's doors to the work list. No arguments, no results: all state is in the database."""

import logging
import os
import socket
from datetime import UTC, datetime, timedelta
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

log = logging.getLogger(__name__)

# One message works for this long at most, then leaves the rest to the next one: short tasks are
# cheap to lose and quick to stop.
SHIFT = timedelta(seconds=60)
MAX_HINTS = 16
# The heartbeat of the schedule: it needs a scheduler, a broker and a worker to go on.
TICK = "tick"


def utc_now() -> datetime:
    """The present instant. Only doors call it."""
    return datetime.now(UTC)


def worker() -> Worker:
    """The worker of this process."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    return Worker(name=name, connections=connections(), clock=utc_now, after_save=after_save)


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
    _hand_over()
    settle(utc_now())
    return {"done": done}


@shared_task(name="inventory.tick", **RETRIES)
def tick() -> dict[str, int]:
    """Puts back what was lost, adds what is due, and hints at what is waiting."""
    now = utc_now()
    Heartbeat.objects.update_or_create(name=TICK, defaults={"at": now})
    reaped = jobs.reap(now)
    added = jobs.enqueue_due(now) if settings.PORTAL_COLLECT else 0
    hints = hint()
    # Last, because it may take seconds and the workers should not wait for it.
    settle(utc_now())
    return {"reaped": reaped, "added": added, "hints": hints}


@shared_task(name="inventory.thin_runs", **RETRIES)
def thin_runs() -> dict[str, int]:
    """Forgets old runs that nothing hangs on, day by day, as far as one shift gets."""
    now = utc_now()
    keep = timedelta(days=settings.PORTAL_RUN_RETENTION_DAYS)
    return {"removed": retention.thin_runs(now, keep=keep, go_on=lambda: utc_now() < now + SHIFT)}


def _hand_over() -> None:
    """What is left goes to the next message at once instead of at the next tick."""
    try:
        send(work)
    except BrokerError:
        log.info("the broker does not answer; the work list waits for the next tick")


def hint() -> int:
    """Sends as many messages as there are lanes waiting, within reason."""
    lanes = Job.objects.filter(state=JobState.QUEUED).values("lane").distinct().count()
    for _ in range(min(lanes, MAX_HINTS)):
        send(work)
    return min(lanes, MAX_HINTS)


def send(task: Any) -> None:
    """A message that nobody waits for; it expires before the next tick repeats it."""
    task.apply_async(expires=None if settings.EMBEDDED else settings.PORTAL_TICK_SECONDS)
