"""A use of break-glass is reviewed: what came of it, and which permission was missing."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from inventory.cloudtrail.records import SessionKind
from inventory.models import PermissionSet, UsageSession
from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import PLANNING
from migrations_plan.gather.target_facts import is_break_glass
from migrations_plan.models import BreakGlassReview, PortalUser
from migrations_plan.passes import derived


@transaction.atomic
def review_use(
    *, by: PortalUser, session: str, outcome: str, added: str, now: datetime
) -> BreakGlassReview:
    """session: UsageSession.key of a session of a set for emergencies. outcome: what came of it.
    added: the action that was missing and has been added to a permission set, or ''. Once for each
    use, and never by whoever it was."""
    require_lead(by)
    text = outcome.strip()
    if not text:
        raise ValidationError("Please say what came of it: it goes into the journal.")
    used = _use(session)
    user_id = used.actor.user_id if used.actor else ""
    if by.person and user_id and by.person.identity_center_user_id == user_id:
        raise ValidationError("Somebody else than who used it has to review it.")
    made, new = BreakGlassReview.objects.get_or_create(
        session=used.key,
        defaults={
            "by": by.username,
            "at": now,
            "outcome": text,
            "permission_set": used.permission_set if added.strip() else "",
            "action": added.strip(),
        },
    )
    if not new:
        raise ValidationError(f"{made.by} has reviewed this use already.")
    journal.write(
        actor=by,
        action="review-break-glass",
        subject=f"session:{used.key}",
        reason=text,
        details={
            "permission_set": used.permission_set,
            "started_at": used.started_at,
            "added": added.strip(),
        },
        now=now,
    )
    derived.look_again(PLANNING)
    return made


def _use(key: str) -> UsageSession:
    names = [one.name for one in PermissionSet.objects.present() if is_break_glass(one)]
    found = UsageSession.objects.filter(
        key=key, kind=SessionKind.PERMISSION_SET, permission_set__in=names
    )
    used: UsageSession | None = found.select_related("actor").first()
    if used is None:
        raise ValidationError("There is no such use of break-glass.")
    return used
