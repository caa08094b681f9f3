"""Every human write: permission, change, journal line, one transaction. Fails closed."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from inventory import jobs
from inventory.models import AwsAccount, Environment, IamUser, PermissionSet, TrailObject
from inventory.usage import worklist
from migrations_plan import journal
from migrations_plan.models import Finding, IamUserLink, Person, PortalUser, Role
from migrations_plan.passes import findings

LONGEST_ACKNOWLEDGEMENT = timedelta(days=366)

# The journal's column; the end of an address says more than its beginning.
MOST_SUBJECT = 512


def require_lead(by: PortalUser | None) -> None:
    """Only an active lead decides; nobody in particular never does."""
    if by is None or not by.is_active or by.role != Role.LEAD:
        raise PermissionDenied("Only a security lead may do this.")


def _require_reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise ValidationError("Please give a reason: it goes into the journal.")
    return text


@transaction.atomic
def link_iam_user(
    *, by: PortalUser, iam_user: IamUser, person: Person, reason: str, now: datetime
) -> IamUserLink:
    """Confirms that an IAM user belongs to a person; replaces an earlier confirmation."""
    require_lead(by)
    text = _require_reason(reason)
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
    text = _require_reason(reason)
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


@transaction.atomic
def override_environment(
    *, by: PortalUser, account: AwsAccount, environment: str, reason: str, now: datetime
) -> None:
    """Sets an account's environment by hand; the rules leave it alone from then on."""
    require_lead(by)
    text = _require_reason(reason)
    if environment not in Environment.values:
        raise ValidationError(f"{environment} is not an environment.")
    details = {"before": account.environment, "after": environment}
    AwsAccount.objects.filter(pk=account.pk).update(
        environment=environment, environment_reason=text[:200], environment_set_by_lead=True
    )
    findings.look_again(account.account_id)
    journal.write(
        actor=by,
        action="override-environment",
        subject=account.account_id,
        reason=text,
        details=details,
        now=now,
    )


@transaction.atomic
def acknowledge_finding(
    *, by: PortalUser, finding: Finding, reason: str, until: datetime, now: datetime
) -> None:
    """Takes a finding off the list until an instant: it stays open, and its verdict stays what it
    is. Ends by itself then, when the finding closes, or when it becomes severe."""
    require_lead(by)
    text = _require_reason(reason)
    if not now < until <= now + LONGEST_ACKNOWLEDGEMENT:
        raise ValidationError("Please give an end from tomorrow up to a year from now.")
    done = Finding.objects.present().filter(pk=finding.pk)
    if not done.update(
        acknowledged_by=by.username,
        acknowledged_at=now,
        acknowledged_reason=text,
        acknowledged_until=until,
    ):
        raise ValidationError("This finding has closed by itself; there is nothing to acknowledge.")
    details = {"until": until, "sentence": finding.sentence, "verdict": finding.state(now)}
    journal.write(
        actor=by,
        action="acknowledge-finding",
        subject=finding_subject(finding),
        reason=text,
        details=details,
        now=now,
    )


@transaction.atomic
def unacknowledge_finding(*, by: PortalUser, finding: Finding, reason: str, now: datetime) -> None:
    """Puts an acknowledged finding back on the list."""
    require_lead(by)
    text = _require_reason(reason)
    held = Finding.objects.present().filter(pk=finding.pk, acknowledged_until__gt=now)
    if not held.update(acknowledged_until=now):
        raise ValidationError("No acknowledgement of this finding holds any more.")
    journal.write(
        actor=by,
        action="unacknowledge-finding",
        subject=finding_subject(finding),
        reason=text,
        details={"acknowledged_by": finding.acknowledged_by},
        now=now,
    )


def finding_subject(finding: Finding) -> str:
    """What the journal calls it, the same for every row of one rule and subject."""
    return str(finding)[:512]


@transaction.atomic
def collect_now(
    *,
    by: PortalUser,
    now: datetime,
    source: str | None = None,
    account_id: str | None = None,
) -> int:
    """Puts reads on the work list: everything, one source, or one source in one account.

    Returns how many were added; what is already waiting is not added again.
    """
    require_lead(by)
    added = jobs.request(now=now, by=by.username, sources=source, account_ids=account_id)
    subject = f"{source or 'everything'} {account_id or ''}".strip()
    journal.write(actor=by, action="collect-now", subject=subject, details={"jobs": added}, now=now)
    return added


@transaction.atomic
def retry_logs(*, by: PortalUser, now: datetime, object_id: int | None = None) -> int:
    """Puts quarantined log objects back on the work list: one, or all. Returns how many."""
    require_lead(by)
    subject = "all"
    if object_id is not None:
        subject = TrailObject.objects.get(pk=object_id).uri[-MOST_SUBJECT:]
    count = worklist.retry(now, object_id=object_id)
    journal.write(
        actor=by, action="retry-logs", subject=subject, details={"objects": count}, now=now
    )
    return count


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
        reason=_require_reason(reason),
        details={"name": permission_set.name, "digest": permission_set.digest},
        now=now,
    )
