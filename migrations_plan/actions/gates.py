"""Human writes about readiness: waivers of gates, and the thresholds gates are judged by.

As in actions.py: permission, change, journal line, one transaction; and the people concerned are
judged again at once, so that the page that follows already shows it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.models import (
    Person,
    PortalUser,
    ThresholdSettings,
    Waiver,
    thresholds,
)
from migrations_plan.models.settings import ONLY
from migrations_plan.passes import assessing
from migrations_plan.rules.readiness import GATE_BY_NAME
from migrations_plan.rules.thresholds import Thresholds
from migrations_plan.rules.waivers import LONGEST_WAIVER

MOST_AT_ONCE = 500
NO_REASON = "Please give a reason: it goes into the journal."


@transaction.atomic
def waive_gate(
    *,
    by: PortalUser,
    people: Sequence[Person],
    gate: str,
    reason: str,
    until: datetime,
    now: datetime,
) -> int:
    """Lets a gate pass for these people until an instant; a line of the journal for each. How many.
    An earlier waiver of the same gate ends."""
    require_lead(by)
    text = reason.strip()
    if not text:
        raise ValidationError(NO_REASON)
    if gate not in GATE_BY_NAME:
        raise ValidationError("There is no such gate.")
    if not people or len(people) > MOST_AT_ONCE:
        raise ValidationError(f"Please choose from 1 to {MOST_AT_ONCE} people.")
    if not now < until <= now + LONGEST_WAIVER:
        raise ValidationError(f"Please give an end within {LONGEST_WAIVER.days} days.")
    pks = [person.pk for person in people]
    Waiver.objects.filter(person_id__in=pks, gate=gate, ended_at=None).update(ended_at=now)
    values = {"gate": gate, "by": by.username, "at": now, "reason": text, "until": until}
    Waiver.objects.bulk_create([Waiver(person=person, **values) for person in people])
    for person in people:
        details = {"gate": gate, "until": until, "person": person.email}
        _note(by, "waive-gate", _subject(person, gate), text, details, now)
    assessing.assess(now, pks)
    return len(pks)


@transaction.atomic
def end_waiver(*, by: PortalUser, waiver: Waiver, reason: str, now: datetime) -> None:
    """Takes a waiver back; the gate counts again at once."""
    require_lead(by)
    text = reason.strip()
    if not text:
        raise ValidationError(NO_REASON)
    held = Waiver.objects.filter(pk=waiver.pk, ended_at=None, until__gt=now)
    if not held.update(ended_at=now):
        raise ValidationError("This waiver has ended already.")
    details = {"gate": waiver.gate, "waived_by": waiver.by, "person": waiver.person.email}
    _note(by, "end-waiver", _subject(waiver.person, waiver.gate), text, details, now)
    assessing.assess(now, [waiver.person_id])


def _subject(person: Person, gate: str) -> str:
    return f"person:{person.pk} {gate}"


def _note(
    by: PortalUser, action: str, subject: str, reason: str, details: dict[str, Any], now: datetime
) -> None:
    journal.write(actor=by, action=action, subject=subject, reason=reason, details=details, now=now)


@transaction.atomic
def set_thresholds(*, by: PortalUser, wanted: Thresholds, reason: str, now: datetime) -> None:
    """Puts other numbers in force; everybody is judged again by the next pass, which is due."""
    require_lead(by)
    text = reason.strip()
    if not text:
        raise ValidationError(NO_REASON)
    before = thresholds()
    values = {
        "quiet_days": wanted.quiet_days,
        "window_days": wanted.window_days,
        "session_hours": wanted.session_hours,
    }
    row = {**values, "changed_at": now, "changed_by": by.username}
    ThresholdSettings.objects.update_or_create(pk=ONLY, defaults=row)
    details = {"before": {name: getattr(before, name) for name in values}, "after": values}
    _note(by, "set-thresholds", "thresholds", text, details, now)
