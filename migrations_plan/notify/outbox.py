"""The outbox: each message is handed over once, and what nobody knows is said and left alone.

A message is claimed under a lease while it is still queued: a sender that dies then has sent
nothing, and the next one takes it. Right before the text goes out it becomes *sending*: a sender
that dies then leaves a doubt, which only a lead can settle.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet

from inventory.lease import lease
from migrations_plan.models import Message, MessageChannel, MessageState, PlanState
from migrations_plan.notify import channels, mail
from migrations_plan.notify.letter import Doubtful, Letter, Refused

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
# Who was told in the morning that it ends today must not hear so tomorrow; the others say dates.
KEEPS = {"today": timedelta(hours=6)}
KEEPS_OTHERWISE = timedelta(hours=20)
OWNER_LENGTH = 64
LOOKED_AT = 20
# A paused plan tells nobody anything; of a cancelled one there is nothing to tell.
TELLING = (PlanState.RUNNING, PlanState.FINISHED)
KILLED = "The sender stopped while it handed the message over: it may have arrived."

Clock = Callable[[], datetime]


class Lost(Exception):
    """The claim no longer holds: somebody else has the message, or a lead withdrew it."""


def letter_of(message: Message) -> Letter:
    """What goes out. Its id follows from the row, so it is the same at every attempt."""
    key = f"{message.pk}|{message.plan_id}|{message.person_id}|{message.stage}|{message.round}|"
    digest = hashlib.sha256(f"{key}{message.queued_at.isoformat()}".encode()).hexdigest()[:40]
    return Letter(message.to, message.subject, message.body, f"portal.{digest}@{mail.domain()}")


def due(now: datetime) -> QuerySet[Message]:
    """What may be sent now and is nobody's, the oldest first."""
    rows: QuerySet[Message] = Message.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now),
        Q(lease_until=None) | Q(lease_until__lte=now),
        state=MessageState.QUEUED,
        plan__state__in=TELLING,
    )
    return rows.exclude(channel=MessageChannel.HAND).order_by("queued_at", "pk")


def claim(name: str, now: datetime) -> Message | None:
    """Takes the next message, in one statement that only one of many can win."""
    token = f"{name[-40:]}/{secrets.token_hex(8)}"[-OWNER_LENGTH:]
    for message in due(now)[:LOOKED_AT]:
        same = Message.objects.filter(
            pk=message.pk,
            state=MessageState.QUEUED,
            attempts=message.attempts,
            owner=message.owner,
        )
        if same.update(owner=token, attempts=F("attempts") + 1, lease_until=now + lease()):
            return Message.objects.get(pk=message.pk)
    return None


def work_one(name: str, clock: Clock) -> Message | None:
    """Sends one message; None when none is due."""
    message = claim(name, clock())
    if message is None:
        return None
    deliver = channels.DELIVER[message.channel]
    try:
        deliver(letter_of(message), partial(_hand_over, message, clock))
    except Lost:
        log.info("message %d was taken back before it was sent", message.pk)
    except Refused as refusal:
        _refused(message, refusal, clock())
    except Doubtful as doubt:
        _doubtful(message, str(doubt), clock())
    else:
        _sent(message, clock())
    return message


def _hand_over(message: Message, clock: Clock) -> None:
    now = clock()
    mine = _mine(message).filter(state=MessageState.QUEUED, lease_until__gt=now)
    if not mine.update(state=MessageState.SENDING, tried_at=now, lease_until=now + lease()):
        raise Lost


def _mine(message: Message) -> QuerySet[Message]:
    """The row while the claim of this very attempt stands; a doubt that nobody settled, too: who
    was only slow knows better than whoever gave it up."""
    held: QuerySet[Message] = Message.objects.filter(
        pk=message.pk, owner=message.owner, decided_by=""
    )
    return held


def _sent(message: Message, now: datetime) -> None:
    known = _mine(message).filter(state__in=(MessageState.SENDING, MessageState.DOUBTFUL))
    if not known.update(state=MessageState.SENT, sent_at=now, error="", lease_until=None):
        log.warning("message %d was sent, and somebody decided otherwise meanwhile", message.pk)


def _refused(message: Message, refusal: Refused, now: datetime) -> None:
    """Again later, or failed for good."""
    states = (MessageState.QUEUED, MessageState.SENDING, MessageState.DOUBTFUL)
    rows = _mine(message).filter(state__in=states)
    values: dict[str, Any] = {"error": str(refusal), "lease_until": None, "tried_at": now}
    if refusal.wait is not None:
        values |= {"attempts": F("attempts") - 1}
        wait = timedelta(seconds=refusal.wait)
    else:
        wait = min(FIRST_WAIT * 4 ** (message.attempts - 1), LONGEST_WAIT)
    if refusal.again and (refusal.wait is not None or message.attempts < MOST_ATTEMPTS):
        rows.update(state=MessageState.QUEUED, owner="", not_before=now + wait, **values)
    else:
        rows.update(state=MessageState.FAILED, **values)


def _doubtful(message: Message, reason: str, now: datetime) -> None:
    known = _mine(message).filter(state__in=(MessageState.SENDING, MessageState.DOUBTFUL))
    known.update(state=MessageState.DOUBTFUL, error=reason, lease_until=None, tried_at=now)


def sweep(now: datetime) -> dict[str, int]:
    """What senders left behind, and what waited for so long that it is no longer true."""
    lapsed = Q(lease_until=None) | Q(lease_until__lte=now)
    dead = Message.objects.filter(state=MessageState.SENDING, lease_until__lte=now)
    doubtful = dead.update(state=MessageState.DOUBTFUL, error=KILLED, lease_until=None)
    idle = Message.objects.filter(lapsed, state=MessageState.QUEUED)
    tries = f"{MOST_ATTEMPTS} senders stopped before they could hand it over."
    failed = idle.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=MessageState.FAILED, error=tries, lease_until=None
    )
    special = Q(stage__in=KEEPS)
    old = ~special & Q(queued_at__lte=now - KEEPS_OTHERWISE)
    for stage, keeps in KEEPS.items():
        old |= Q(stage=stage, queued_at__lte=now - keeps)
    for message in idle.filter(old):
        failed += _too_old(message)
    return {"doubtful": doubtful, "failed": failed}


def _too_old(message: Message) -> int:
    """Says what the last attempt met, too."""
    reason = "It waited too long to be still true, and was not sent."
    same = Message.objects.filter(
        pk=message.pk, state=MessageState.QUEUED, owner=message.owner, attempts=message.attempts
    )
    error = f"{reason} {message.error}".strip()
    return int(same.update(state=MessageState.FAILED, error=error, lease_until=None))
