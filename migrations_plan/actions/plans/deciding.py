"""What shall become of IAM users that were switched off: delete, keep with an end, or move."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import PLANNING
from migrations_plan.models import DisabledDecision, DisabledFate, PortalUser
from migrations_plan.passes import derived

LONGEST_KEEP = timedelta(days=366)
MOST_AT_ONCE = 500


@transaction.atomic
def decide_disabled(
    *,
    by: PortalUser,
    user_arns: Sequence[str],
    fate: str,
    reason: str,
    until: datetime | None,
    now: datetime,
) -> int:
    """The fate of these users, and a line of the journal for each. until: the end of a keep, and
    of nothing else. How many."""
    require_lead(by)
    text = reason.strip()
    if not text:
        raise ValidationError("Please give a reason: it goes into the journal.")
    if fate not in DisabledFate.values:
        raise ValidationError("Please choose delete, keep or move.")
    if not user_arns or len(user_arns) > MOST_AT_ONCE:
        raise ValidationError(f"Please choose from 1 to {MOST_AT_ONCE} IAM users.")
    if fate == DisabledFate.KEEP and (until is None or not now < until <= now + LONGEST_KEEP):
        raise ValidationError(f"Please say until when, within {LONGEST_KEEP.days} days.")
    end = until if fate == DisabledFate.KEEP else None
    shared = {"fate": fate, "by": by.username, "at": now, "reason": text, "until": end}
    DisabledDecision.objects.bulk_create(
        [DisabledDecision(user_arn=arn, **shared) for arn in user_arns]
    )
    for arn in user_arns:
        journal.write(
            actor=by,
            action="decide-disabled",
            subject=arn,
            reason=text,
            details={"fate": fate, "until": end},
            now=now,
        )
    derived.look_again(PLANNING)
    return len(user_arns)
