"""Celery's door to the outbox. No arguments, no results: all state is in the database."""

import logging
import os
import socket
import threading
from datetime import timedelta

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerError

from inventory.tasks import RETRIES, send, utc_now
from migrations_plan.actions.plans.versions import PLANNING
from migrations_plan.notify import outbox
from migrations_plan.passes import derived

log = logging.getLogger(__name__)
SHIFT = timedelta(seconds=45)


@shared_task(name="migrations_plan.send_messages", **RETRIES)
def send_messages() -> dict[str, int]:
    """Sends what is due until nothing is or the shift is over; the next tick goes on."""
    now = utc_now()
    end, left = now + SHIFT, outbox.sweep(now)
    name = f"{socket.gethostname()}:{os.getpid()}/{threading.get_ident()}"
    sent = 0
    while utc_now() < end and outbox.work_one(name, utc_now) is not None:
        sent += 1
    if sent or any(left.values()):
        # Who has been told is a gate of plans.
        derived.look_again(PLANNING)
    return {"handled": sent, **left}


def hint() -> None:
    """Wakes a sender. Without a broker the outbox waits for the next tick: nothing is lost."""
    try:
        send(send_messages)
    except BrokerError:
        log.warning("the broker does not answer; the outbox waits for the next tick")
