"""Reviews of permission sets."""

from datetime import datetime

from django.db import transaction

from inventory.models import PermissionSet
from migrations_plan import journal
from migrations_plan.actions.permission import require_lead, require_reason
from migrations_plan.models import PortalUser


@transaction.atomic
def review_permission_set(
    *, by: PortalUser, permission_set: PermissionSet, reason: str, now: datetime
) -> None:
    """Records that a lead looked at what a permission set allows and who has it. The journal is
    the record: there is no table beside it."""
    require_lead(by)
    journal.write(
        actor=by,
        action="review-permission-set",
        subject=permission_set.arn,
        reason=require_reason(reason),
        details={"name": permission_set.name, "digest": permission_set.digest},
        now=now,
    )
