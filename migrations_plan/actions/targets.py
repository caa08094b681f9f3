"""What leads decide about the access that people are meant to have."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from migrations_plan import journal
from migrations_plan.actions.owners import MOST_AT_ONCE, required_reason
from migrations_plan.actions.permission import require_lead
from migrations_plan.models import Person, PortalUser, SuggestedTarget, TargetAccess

LONGEST_NAME = 32  # as AWS has it
Wanted = tuple[Person, str, str]


@transaction.atomic
def confirm_targets(*, by: PortalUser, wanted: Sequence[Wanted], reason: str, now: datetime) -> int:
    """Each (person, account id, permission set) with a journal line of its own. What is confirmed
    already is left as it is. Returns how many are new."""
    require_lead(by)
    text = required_reason(reason)
    if len(wanted) > MOST_AT_ONCE:
        raise ValidationError(f"Please choose at most {MOST_AT_ONCE} at once.")
    return sum(
        _confirm(by, person, account_id, name, text, now) for person, account_id, name in wanted
    )


@transaction.atomic
def confirm_suggested(
    *, by: PortalUser, suggestions: Iterable[SuggestedTarget], reason: str, now: datetime
) -> int:
    """The same for suggestions; what suggests nothing is passed over."""
    rows = [one for one in suggestions if one.permission_set]
    wanted = [(one.person, one.account_id, one.permission_set) for one in rows]
    return confirm_targets(by=by, wanted=wanted, reason=reason, now=now)


def _confirm(
    by: PortalUser, person: Person, account_id: str, name: str, reason: str, now: datetime
) -> bool:
    if not name or len(name) > LONGEST_NAME:
        raise ValidationError("Please name a permission set.")
    _, made = TargetAccess.objects.get_or_create(
        person=person,
        account_id=account_id,
        permission_set=name,
        defaults={"confirmed_by": by.username, "confirmed_at": now, "reason": reason},
    )
    if made:
        _write(by, "confirm-target", person, account_id, name, reason, now)
    return made


@transaction.atomic
def remove_target(*, by: PortalUser, target: TargetAccess, reason: str, now: datetime) -> None:
    """The person is not meant to have it any more."""
    require_lead(by)
    text = required_reason(reason)
    if not TargetAccess.objects.filter(pk=target.pk).delete()[0]:
        raise ValidationError("Somebody else has removed it already.")
    _write(by, "remove-target", target.person, target.account_id, target.permission_set, text, now)


@transaction.atomic
def import_targets(
    *, by: PortalUser, wanted: Sequence[tuple[Person, str, str, str]], now: datetime
) -> int:
    """What a file names, each with its own reason."""
    require_lead(by)
    return sum(
        _confirm(by, person, account_id, name, required_reason(reason), now)
        for person, account_id, name, reason in wanted
    )


def _write(
    by: PortalUser,
    action: str,
    person: Person,
    account_id: str,
    name: str,
    reason: str,
    now: datetime,
) -> None:
    journal.write(
        actor=by,
        action=action,
        subject=person.email or f"person {person.pk}",
        reason=reason,
        details={"account_id": account_id, "permission_set": name},
        now=now,
    )
