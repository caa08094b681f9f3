"""Findings that are known and taken off the list for a while."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.permission import MOST_SUBJECT, require_lead, require_reason
from migrations_plan.models import Finding, PortalUser

LONGEST_ACKNOWLEDGEMENT = timedelta(days=366)


@transaction.atomic
def acknowledge_finding(
    *, by: PortalUser, finding: Finding, reason: str, until: datetime, now: datetime
) -> None:
    """Takes a finding off the list until an instant: it stays open, and its verdict stays what it
    is. Ends by itself then, when the finding closes, or when it becomes severe."""
    require_lead(by)
    text = require_reason(reason)
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
    text = require_reason(reason)
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
    return str(finding)[:MOST_SUBJECT]
