"""A drill of the directory is recorded: a test user was added in the identity provider, or removed.
What became of it follows from later reads (passes.drills)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import PLANNING, require_reason
from migrations_plan.models import Plan, PortalUser, ScimDrill
from migrations_plan.passes import derived

KINDS = dict(ScimDrill.KINDS)
OLDEST = timedelta(days=30)
MOST_DRILLS = 200


@transaction.atomic
def record_drill(
    *,
    by: PortalUser,
    plan: Plan,
    kind: str,
    user: str,
    started_at: datetime,
    reason: str,
    now: datetime,
) -> ScimDrill:
    """kind: arrive or leave. user: e-mail address or user name of the test user. started_at: when
    it was done in the identity provider."""
    require_lead(by)
    text, name = require_reason(reason), user.strip()
    if not plan.live:
        raise ValidationError(f"This plan is {plan.state}: it can no longer be changed.")
    if kind not in KINDS:
        raise ValidationError("A test user arrives, or leaves.")
    if not name:
        raise ValidationError("Please name the test user as the identity provider does.")
    if not now - OLDEST <= started_at <= now:
        raise ValidationError(f"Please give a time within the last {OLDEST.days} days.")
    if plan.drills.count() >= MOST_DRILLS:
        raise ValidationError("This plan has as many drills as a plan can have.")
    made = ScimDrill.objects.create(
        plan=plan, kind=kind, user=name, by=by.username, started_at=started_at
    )
    details = {"plan": plan.name, "kind": kind, "user": name, "started_at": started_at}
    journal.write(
        actor=by,
        action="record-drill",
        subject=f"plan:{plan.pk}",
        reason=text,
        details=details,
        now=now,
    )
    derived.look_again(PLANNING)
    return made
