"""What leads declare IAM users and keys to be."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.owners import required_reason
from migrations_plan.actions.permission import require_lead
from migrations_plan.models import (
    DECLARABLE,
    Declaration,
    IdentityClass,
    IdentityKind,
    PortalUser,
)
from migrations_plan.passes import classifying

LONGEST_EXCEPTION = timedelta(days=366)


@transaction.atomic
def declare_class(
    *,
    by: PortalUser,
    identity: IdentityClass,
    kind: str,
    reason: str,
    until: datetime | None,
    now: datetime,
) -> None:
    """A lead says what it is, whatever the calls say. An exception ends by itself, a year ahead at
    most; the others hold until they are taken back, or until a given end."""
    require_lead(by)
    text = required_reason(reason)
    _check(kind, until, now)
    before = Declaration.objects.filter(subject=identity.subject).first()
    Declaration.objects.update_or_create(
        subject=identity.subject,
        defaults={
            "user_arn": identity.user_arn,
            "kind": kind,
            "declared_by": by.username,
            "declared_at": now,
            "reason": text,
            "until": until,
        },
    )
    classifying.redeclare(identity.user_arn, now)
    journal.write(
        actor=by,
        action="declare-class",
        subject=identity.subject[:512],
        reason=text,
        details={
            "kind": kind,
            "until": until,
            "before": before.kind if before else None,
            "judged": identity.judged,
        },
        now=now,
    )


def _check(kind: str, until: datetime | None, now: datetime) -> None:
    if kind not in DECLARABLE:
        raise ValidationError("Please choose human, workload, mixed or exception.")
    if kind == IdentityKind.EXCEPTION and until is None:
        raise ValidationError("An exception needs an end: nothing is exempt for ever.")
    if until is not None and not now < until <= now + LONGEST_EXCEPTION:
        raise ValidationError("Please give an end from tomorrow up to a year from now.")


@transaction.atomic
def take_back_declaration(
    *, by: PortalUser, identity: IdentityClass, reason: str, now: datetime
) -> None:
    """What the calls say holds again."""
    require_lead(by)
    text = required_reason(reason)
    held = Declaration.objects.filter(subject=identity.subject).first()
    if held is None:
        raise ValidationError("Nothing is declared of it any more.")
    held.delete()
    classifying.redeclare(identity.user_arn, now)
    journal.write(
        actor=by,
        action="take-back-declaration",
        subject=identity.subject[:512],
        reason=text,
        details={"before": held.kind, "until": held.until},
        now=now,
    )
