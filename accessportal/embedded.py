"""Worker and scheduler as threads of the web process: no broker, no second process.

The work list is in the database, so a killed process loses nothing: the next start finds the jobs,
and expired leases put back what was running. Celery runs over its memory transport here, with the
same tasks as in production.
"""

import logging
import threading

from celery.beat import Scheduler, Service
from celery.worker import WorkController
from django.conf import settings

from accessportal.celery import app

log = logging.getLogger(__name__)


class _Running:
    """What start() made, for stop() to end."""

    worker: WorkController | None = None
    beat: Service | None = None


def start() -> None:
    """Starts both threads; does nothing when there is nothing to collect and nothing to send."""
    sends = settings.EMAIL_HOST or settings.SLACK_BOT_TOKEN
    if not (settings.PORTAL_COLLECT or sends) or _Running.worker is not None:
        return
    _Running.worker = WorkController(
        app=app,
        pool_cls="threads",
        concurrency=settings.PORTAL_COLLECT_THREADS,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    _Running.beat = Service(app, scheduler_cls=Scheduler)
    for name, target in (
        ("worker", _Running.worker.start),
        ("beat", _Running.beat.start),
    ):
        threading.Thread(target=target, name=f"embedded-{name}", daemon=True).start()
    # The scheduler's first messages come a period later; what is due should not wait for them, and
    # a laptop may not run for so long.
    app.send_task("inventory.tick")
    app.send_task("inventory.thin_runs")
    app.send_task("inventory.keep_usage")
    app.send_task("migrations_plan.send_messages")


def stop() -> None:
    """Lets running work end, within gunicorn's own patience."""
    if _Running.beat is not None:
        _Running.beat.stop()
    if _Running.worker is not None:
        _Running.worker.stop()
