"""The Celery app, its limits and its schedule.

State lives in the database, so there are no results, no chains and no long countdowns; a message
that is lost or comes twice does no harm. What the options are for: docs/operations.md.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")

from django.conf import settings

VISIBILITY_SECONDS = 900
SOFT_LIMIT_SECONDS = 400
HARD_LIMIT_SECONDS = 430

app = Celery("accessportal")
app.conf.update(
    broker_url=settings.REDIS_URL or "memory://localhost//",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_retry_on_worker_lost=True,
    task_acks_on_timeout=False,
    task_acks_on_failure=True,
    task_time_limit=HARD_LIMIT_SECONDS,
    task_soft_time_limit=SOFT_LIMIT_SECONDS,
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
    enable_utc=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=200,
    worker_soft_shutdown_timeout=30,
    worker_enable_soft_shutdown_on_idle=True,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    visibility_timeout=VISIBILITY_SECONDS,
    result_backend_transport_options={"visibility_timeout": VISIBILITY_SECONDS},
    broker_transport_options={
        "visibility_timeout": VISIBILITY_SECONDS,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 20,
        "socket_connect_timeout": 5,
        "health_check_interval": 25,
    }
    if settings.REDIS_URL
    else {"polling_interval": 0.1},
    # What is due is asked of the database, so a second scheduler does no harm.
    beat_schedule={
        "tick": {
            "task": "inventory.tick",
            "schedule": settings.PORTAL_TICK_SECONDS,
            "options": {"expires": max(settings.PORTAL_TICK_SECONDS - 1, 1)},
        },
        "send_messages": {
            "task": "migrations_plan.send_messages",
            "schedule": settings.PORTAL_TICK_SECONDS,
            "options": {"expires": max(settings.PORTAL_TICK_SECONDS - 1, 1)},
        },
        # There is something to do once a day; asked hourly, so that no restart skips a day.
        "thin_runs": {
            "task": "inventory.thin_runs",
            "schedule": 3600,
            "options": {"expires": 1800},
        },
        "keep_usage": {
            "task": "inventory.keep_usage",
            "schedule": 3600,
            "options": {"expires": 1800},
        },
    },
)
app.autodiscover_tasks(["inventory", "migrations_plan"])
