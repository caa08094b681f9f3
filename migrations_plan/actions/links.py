"""Which IAM user is whose, one at a time."""

from datetime import datetime

from django.db import transaction

from inventory.models import IamUser
from migrations_plan import journal
from migrations_plan.actions.permission import require_lead, require_reason
from migrations_plan.models import IamUserLink, Person, PortalUser
from migrations_plan.passes import findings


@transaction.atomic
def link_iam_user(
    *, by: PortalUser, iam_user: IamUser, person: Person, reason: str, now: datetime
) -> IamUserLink:
    """Confirms that an IAM user belongs to a person; replaces an earlier confirmation."""
    require_lead(by)
    text = require_reason(reason)
    before = IamUserLink.objects.filter(iam_user_arn=iam_user.arn).select_related("person").first()
    link, _ = IamUserLink.objects.update_or_create(
        iam_user_arn=iam_user.arn,
        defaults={
            "person": person,
            "confirmed_by": by.username,
            "confirmed_at": now,
            "reason": text,
        },
    )
    findings.look_again(iam_user.account_id)
    details = {"person": person.email, "before": before.person.email if before else None}
    journal.write(
        actor=by,
        action="link-iam-user",
        subject=iam_user.arn,
        reason=text,
        details=details,
        now=now,
    )
    return link


@transaction.atomic
def unlink_iam_user(*, by: PortalUser, iam_user: IamUser, reason: str, now: datetime) -> None:
    """Takes back the confirmation of an owner."""
    require_lead(by)
    text = require_reason(reason)
    link = IamUserLink.objects.select_related("person").get(iam_user_arn=iam_user.arn)
    details = {"before": link.person.email}
    link.delete()
    findings.look_again(iam_user.account_id)
    journal.write(
        actor=by,
        action="unlink-iam-user",
        subject=iam_user.arn,
        reason=text,
        details=details,
        now=now,
    )
