"""Each change of a plan keeps it whole as a version, and says so in the journal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.artefacts.plan_content import ContentError, checked
from migrations_plan.gather.plan import calendar_of, content_of
from migrations_plan.models import Plan, PlanVersion, PortalUser, WaveMember
from migrations_plan.passes import derived
from migrations_plan.rules.plan_calendar import CalendarError

PLANNING = "planning"
NO_REASON = "Please give a reason: it goes into the journal."


def whole(plan: Plan) -> dict[str, Any]:
    """Everything that a lead can change, as it is now. Two queries."""
    waves = list(plan.waves.order_by("position", "pk"))
    members: dict[int, list[dict[str, Any]]] = {wave.pk: [] for wave in waves}
    for member in WaveMember.objects.filter(plan=plan).select_related("person").order_by("pk"):
        members[member.wave_id].append(
            {
                "kind": member.kind,
                "person": member.person_id,
                "email": member.person.email if member.person else "",
                "account_id": member.account_id,
                "user_arn": member.user_arn,
            }
        )
    return {
        "name": plan.name,
        "state": plan.state,
        "starts_on": plan.starts_on,
        "time_zone": plan.time_zone,
        "working_days": plan.working_days,
        "holidays": plan.holidays,
        "cutover_at": plan.cutover_at,
        "contact": plan.contact,
        "paused_on": plan.paused_on,
        "content": plan.content,
        "waves": [
            {
                "name": wave.name,
                "position": wave.position,
                "cutover_on": wave.cutover_on,
                "members": members[wave.pk],
            }
            for wave in waves
        ],
    }


def require_reason(reason: str) -> str:
    """The reason, without what surrounds it. Raises ValidationError for none."""
    text = reason.strip()
    if not text:
        raise ValidationError(NO_REASON)
    return text


def keep(
    plan: Plan, *, by: PortalUser, action: str, reason: str, now: datetime, **said: Any
) -> None:
    """Keeps the plan as it is now as its newest version, with a line of the journal."""
    PlanVersion.objects.create(
        plan=plan, number=plan.version, whole=whole(plan), at=now, by=by.username, reason=reason
    )
    details = {"plan": plan.name, "version": plan.version, **said}
    journal.write(
        actor=by, action=action, subject=f"plan:{plan.pk}", reason=reason, details=details, now=now
    )
    derived.look_again(PLANNING)


@transaction.atomic
def change(
    change_it: Callable[[Plan], dict[str, Any] | None],
    *,
    by: PortalUser,
    plan: Plan,
    seen_version: int | None,
    action: str,
    reason: str,
    now: datetime,
) -> Plan:
    """Runs a change of a live plan and keeps the version that comes of it.

    seen_version: the version that whoever decides has looked at; a change that somebody else made
    meanwhile is not overwritten. change_it: returns what the journal shall say of it.
    """
    require_lead(by)
    text = require_reason(reason)
    held: Plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not held.live:
        raise ValidationError(f"This plan is {held.state}: it can no longer be changed.")
    if seen_version is not None and held.version != seen_version:
        raise ValidationError("Somebody has changed this plan meanwhile. Please look at it again.")
    try:
        said = change_it(held) or {}
        checked(content_of(held))
        calendar_of(held)
    except (ContentError, CalendarError) as problem:
        raise ValidationError(str(problem)) from None
    held.version = held.version + 1
    held.save()
    keep(held, by=by, action=action, reason=text, now=now, **said)
    return held
