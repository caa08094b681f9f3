"""People are told: messages are queued, copied by hand, taken back; doubts are settled.

Nobody is told the same twice by accident: the key is plan, person, stage and round, and only a
lead who gives a reason begins another round.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import PLANNING, require_reason
from migrations_plan.gather.letters import STAGE_BY_NAME, Draft, drafts
from migrations_plan.gather.recipients import people_of
from migrations_plan.models import (
    Message,
    MessageChannel,
    MessageState,
    Person,
    Plan,
    PlanState,
    PortalUser,
    Wave,
)
from migrations_plan.notify import channels
from migrations_plan.passes import derived

MOST_AT_ONCE = 2_000
# Nothing may follow these by itself: one of them is still on its way, or may be.
OPEN = (MessageState.QUEUED, MessageState.SENDING, MessageState.DOUBTFUL)
# What came to nothing, for sure.
NOT_TOLD = (MessageState.FAILED, MessageState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Who:
    """Who decides, when, and why ('' where no reason is asked for)."""

    by: PortalUser
    now: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """queued: messages. told: people left alone, because they have one already. unreachable: those
    without an address. wrong: for whom it would not be true, and why, for the first of them."""

    queued: int
    told: int
    unreachable: int
    wrong: int
    why: str


@transaction.atomic
def queue(
    who: Who,
    wave: Wave,
    stage: str,
    channel: str,
    people: Collection[int] | None = None,
    *,
    again: bool = False,
) -> Outcome:
    """Queues a stage for a whole wave, or for these people of it. again: those who have it already
    get another one, which needs a reason."""
    require_lead(who.by)
    plan = _telling(wave, stage)
    if channel not in channels.configured():
        raise ValidationError("This channel is not set up: no message would go out.")
    reason = require_reason(who.reason) if again else ""
    chosen = _chosen(wave, people)
    newest = _newest(plan, stage, chosen)
    free = [person for person in chosen if _may_have(newest.get(person.pk), again)]
    reachable = [person for person in free if person.email]
    written = drafts(wave, stage, reachable, who.now)
    made = [
        _message(who, wave, stage, draft, newest.get(draft.person.pk), channel)
        for draft in written
        if not draft.wrong
    ]
    Message.objects.bulk_create(made, batch_size=500)
    if made:
        details = {"channel": channel, "again": again, "to": [one.to for one in made]}
        _note(who, "queue-messages", wave, stage, reason, details)
    return Outcome(
        queued=len(made),
        told=len(chosen) - len(free),
        unreachable=len(free) - len(reachable),
        wrong=len(written) - len(made),
        why=next((draft.wrong for draft in written if draft.wrong), ""),
    )


@transaction.atomic
def mark_copied(who: Who, wave: Wave, stage: str, person: Person) -> Message:
    """A lead told somebody by hand. What failed or was withdrawn before is settled by it."""
    require_lead(who.by)
    plan = _telling(wave, stage)
    _chosen(wave, [person.pk])
    last = _newest(plan, stage, [person]).get(person.pk)
    if last is not None and last.state in OPEN:
        raise ValidationError("One is on its way already, or in doubt: settle it first.")
    if last is not None and last.state not in NOT_TOLD:
        require_reason(who.reason)
    (draft,) = drafts(wave, stage, [person], who.now)
    if draft.wrong:
        raise ValidationError(f"It would not be true now: {draft.wrong}.")
    made = _message(who, wave, stage, draft, last, MessageChannel.HAND)
    made.state, made.sent_at = MessageState.COPIED, who.now
    made.save(force_insert=True)
    details = {"to": person.email or str(person), "round": made.round}
    _note(who, "copy-message", wave, stage, who.reason.strip(), details)
    return made


@transaction.atomic
def withdraw(who: Who, message: Message) -> None:
    """Takes back what has not gone out."""
    require_lead(who.by)
    reason = require_reason(who.reason)
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    if not waiting.update(state=MessageState.WITHDRAWN, decided_by=who.by.username):
        raise ValidationError("It is no longer waiting, so it cannot be taken back.")
    _note_of(who, "withdraw-message", message, reason)


@transaction.atomic
def arrived(who: Who, message: Message) -> None:
    """A lead found out that a doubtful message did arrive."""
    require_lead(who.by)
    reason = require_reason(who.reason)
    _settle(who, message, MessageState.SENT, sent_at=message.tried_at)
    _note_of(who, "settle-message", message, reason, arrived=True)


@transaction.atomic
def send_again(who: Who, message: Message) -> Message:
    """A doubtful message is given up, and another round begins with the facts of now."""
    require_lead(who.by)
    reason = require_reason(who.reason)
    if message.wave is None:
        raise ValidationError("Its wave is gone: queue the message for the person's new wave.")
    plan = _telling(message.wave, message.stage)
    if message.channel not in channels.configured():
        raise ValidationError("This channel is not set up: no message would go out.")
    _settle(who, message, MessageState.FAILED)
    last = _newest(plan, message.stage, [message.person]).get(message.person_id)
    (draft,) = drafts(message.wave, message.stage, [message.person], who.now)
    if draft.wrong:
        raise ValidationError(f"It would not be true any more: {draft.wrong}.")
    made = _message(who, message.wave, message.stage, draft, last, message.channel)
    made.save(force_insert=True)
    _note_of(who, "settle-message", message, reason, arrived=False)
    return made


def _settle(who: Who, message: Message, state: MessageState, **more: datetime | None) -> None:
    doubtful = Message.objects.filter(pk=message.pk, state=MessageState.DOUBTFUL)
    if not doubtful.update(state=state, decided_by=who.by.username, lease_until=None, **more):
        raise ValidationError("This message is no longer in doubt.")


def _telling(wave: Wave, stage: str) -> Plan:
    """The wave's plan, locked: whoever presses at the same time waits and sees what was queued."""
    if stage not in STAGE_BY_NAME:
        raise ValidationError("There is no such message.")
    plan: Plan = Plan.objects.select_for_update().get(pk=wave.plan_id)
    if plan.state not in (PlanState.RUNNING, PlanState.FINISHED):
        raise ValidationError(f"This plan is {plan.state}: it tells nobody anything.")
    return plan


def _chosen(wave: Wave, people: Collection[int] | None) -> list[Person]:
    rows = list(people_of(wave))
    if people is not None:
        wanted = set(people)
        rows = [person for person in rows if person.pk in wanted]
        if not rows or len(rows) != len(wanted):
            raise ValidationError("Please choose people of this wave.")
    if len(rows) > MOST_AT_ONCE:
        raise ValidationError(f"Please choose {MOST_AT_ONCE} people at most.")
    return rows


def _newest(plan: Plan, stage: str, people: Sequence[Person]) -> dict[int, Message]:
    """The last round of each. One query."""
    rows = Message.objects.filter(plan=plan, stage=stage, person__in=people).order_by("round")
    return {message.person_id: message for message in rows}


def _may_have(last: Message | None, again: bool) -> bool:
    return last is None or (again and last.state not in OPEN)


def _message(
    who: Who, wave: Wave, stage: str, draft: Draft, last: Message | None, channel: str
) -> Message:
    return Message(
        plan_id=wave.plan_id,
        wave=wave,
        person=draft.person,
        stage=stage,
        round=last.round + 1 if last else 1,
        channel=channel,
        to=draft.to,
        subject=draft.subject,
        body=draft.body,
        queued_by=who.by.username,
        queued_at=who.now,
    )


def _note_of(who: Who, action: str, message: Message, reason: str, **said: object) -> None:
    details = {"to": message.to, "channel": message.channel, "round": message.round, **said}
    details |= {"stage": message.stage, "message": message.pk}
    _write(who, action, message.plan_id, reason, details)


def _note(
    who: Who, action: str, wave: Wave, stage: str, reason: str, details: dict[str, object]
) -> None:
    details |= {"wave": wave.name, "stage": stage}
    _write(who, action, wave.plan_id, reason, details)


def _write(who: Who, action: str, plan: int, reason: str, details: dict[str, object]) -> None:
    journal.write(
        actor=who.by,
        action=action,
        subject=f"plan:{plan}",
        reason=reason,
        details=details,
        now=who.now,
    )
    derived.look_again(PLANNING)
