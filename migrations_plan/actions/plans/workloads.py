"""Leads decide what takes the place of a program's key, and on what terms one may stay."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.classes import declare_class
from migrations_plan.actions.owners import required_reason
from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import PLANNING
from migrations_plan.artefacts.legacy import ExceptionError, source_ip_policy
from migrations_plan.models import (
    ExceptionTerms,
    IdentityClass,
    IdentityKind,
    PortalUser,
    WorkloadMove,
)
from migrations_plan.passes import derived
from migrations_plan.rules.patterns import LEGACY, TITLES

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,576}", re.ASCII)
CATEGORIES = tuple(word for word, _ in WorkloadMove.CATEGORIES)
MOST_SUBJECT, MOST_OWNER, MOST_ADDRESSES, MOST_ROTATION = 500, 320, 50, 365


@transaction.atomic
def decide(
    *,
    by: PortalUser,
    identity: IdentityClass,
    pattern: str,
    category: str,
    role_arn: str,
    subject: str,
    reason: str,
    now: datetime,
) -> None:
    """What it shall be. subject: who the role trusts, as artefacts are made from it again."""
    require_lead(by)
    text = required_reason(reason)
    _check(identity, pattern, category, role_arn, subject)
    before = WorkloadMove.objects.filter(user_arn=identity.user_arn).first()
    values = {"pattern": pattern, "category": category, "role_arn": role_arn, "subject": subject}
    WorkloadMove.objects.update_or_create(
        user_arn=identity.user_arn,
        defaults={**values, "by": by.username, "at": now, "reason": text},
    )
    details = {**values, "before": before.pattern if before else None}
    _note(by, "decide-workload", identity, text, details, now)


def _check(
    identity: IdentityClass, pattern: str, category: str, role_arn: str, subject: str
) -> None:
    if not identity.user_arn or identity.access_key_id:
        raise ValidationError("This is decided of an IAM user as a whole.")
    if pattern not in TITLES or pattern == LEGACY:
        raise ValidationError("Please choose a pattern; an exception has terms of its own.")
    if category and category not in CATEGORIES:
        raise ValidationError("Please choose CI/CD, monitoring or integration.")
    if role_arn and not ROLE_ARN.fullmatch(role_arn):
        raise ValidationError("That is not the ARN of a role.")
    if len(subject) > MOST_SUBJECT:
        raise ValidationError(f"What the role trusts is longer than {MOST_SUBJECT} characters.")


@transaction.atomic
def bind_exception(
    *,
    by: PortalUser,
    identity: IdentityClass,
    owner: str,
    rotation_days: int,
    addresses: Sequence[str],
    until: datetime | None,
    reason: str,
    now: datetime,
) -> None:
    """It may keep its key until a date, from its addresses only: the declaration and its terms."""
    require_lead(by)
    text = required_reason(reason)
    whose = owner.strip()
    if not whose or len(whose) > MOST_OWNER:
        raise ValidationError("Please name the owner of the exception.")
    if not 1 <= rotation_days <= MOST_ROTATION:
        raise ValidationError(f"The key is changed every 1 to {MOST_ROTATION} days.")
    listed = _networks(addresses)
    ExceptionTerms.objects.update_or_create(
        user_arn=identity.user_arn,
        defaults={
            "owner": whose,
            "rotation_days": rotation_days,
            "addresses": listed,
            "by": by.username,
            "at": now,
            "reason": text,
        },
    )
    kind = IdentityKind.EXCEPTION.value
    declare_class(by=by, identity=identity, kind=kind, reason=text, until=until, now=now)
    details = {"owner": whose, "rotation_days": rotation_days, "addresses": listed, "until": until}
    _note(by, "bind-exception", identity, text, details, now)


def _networks(addresses: Sequence[str]) -> list[str]:
    """As the policy holds them. Raises ValidationError."""
    if len(addresses) > MOST_ADDRESSES:
        raise ValidationError(f"Please name {MOST_ADDRESSES} networks at most.")
    try:
        policy = source_ip_policy(addresses)
    except ExceptionError as problem:
        raise ValidationError(str(problem)) from None
    listed: list[str] = policy["Statement"][0]["Condition"]["NotIpAddress"]["aws:SourceIp"]
    return listed


def _note(
    by: PortalUser,
    action: str,
    identity: IdentityClass,
    reason: str,
    details: Mapping[str, object],
    now: datetime,
) -> None:
    journal.write(
        actor=by,
        action=action,
        subject=identity.user_arn[:512],
        reason=reason,
        details=dict(details),
        now=now,
    )
    derived.look_again(PLANNING)
