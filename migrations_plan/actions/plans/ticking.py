"""Items are confirmed by hand: by whom, for which day, with what note and link."""

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import PLANNING
from migrations_plan.gather.plan import calendar_of, content_of
from migrations_plan.models import Plan, PortalUser, Standing, Tick
from migrations_plan.passes import derived

MOST_NOTE = 2_000


@transaction.atomic
def tick(
    *,
    by: PortalUser,
    plan: Plan,
    item: str,
    subject: str,
    on: date,
    note: str,
    link: str,
    now: datetime,
) -> Tick:
    """Somebody says that it is so. on: the day on which it was done."""
    require_lead(by)
    _check(plan, item, subject)
    text, address = note.strip(), link.strip()
    if not text or len(text) > MOST_NOTE:
        raise ValidationError("Please say what was done: it goes into the journal.")
    if address and urlsplit(address).scheme not in ("https", "http"):
        raise ValidationError("A link begins with https://")
    if on > calendar_of(plan).date_of(now):
        raise ValidationError("That day has not come yet.")
    Tick.objects.filter(plan=plan, item=item, subject=subject, ended_at=None).update(
        ended_at=now, ended_by=by.username
    )
    made = Tick.objects.create(
        plan=plan,
        item=item,
        subject=subject,
        by=by.username,
        at=now,
        on=on,
        note=text,
        link=address,
    )
    details = {"plan": plan.name, "item": item, "subject": subject, "on": on, "link": address}
    _note(by, "tick-item", plan, text, details, now)
    return made


@transaction.atomic
def take_back(*, by: PortalUser, tick: Tick, reason: str, now: datetime) -> None:
    """It is not so, or no longer: the item opens again."""
    require_lead(by)
    text = reason.strip()
    if not text:
        raise ValidationError("Please say why: it goes into the journal.")
    if not tick.plan.live:
        raise ValidationError(f"This plan is {tick.plan.state}: it can no longer be changed.")
    held = Tick.objects.filter(pk=tick.pk, ended_at=None)
    if not held.update(ended_at=now, ended_by=by.username):
        raise ValidationError("This was taken back already.")
    details = {"plan": tick.plan.name, "item": tick.item, "subject": tick.subject}
    _note(by, "take-back-tick", tick.plan, text, details, now)


def _check(plan: Plan, name: str, subject: str) -> None:
    if not plan.live:
        raise ValidationError(f"This plan is {plan.state}: it can no longer be changed.")
    try:
        item = content_of(plan).item(name)
    except KeyError:
        raise ValidationError("There is no such item in this plan.") from None
    if not item.confirm:
        raise ValidationError("This item is judged from facts alone; nobody can tick it.")
    if subject and not Standing.objects.filter(plan=plan, item=name, subject=subject).exists():
        raise ValidationError("This item is not about that.")


def _note(
    by: PortalUser,
    action: str,
    plan: Plan,
    reason: str,
    details: Mapping[str, object],
    now: datetime,
) -> None:
    journal.write(
        actor=by,
        action=action,
        subject=f"plan:{plan.pk}",
        reason=reason,
        details=dict(details),
        now=now,
    )
    derived.look_again(PLANNING)
