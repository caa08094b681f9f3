"""What leads decide about owners, beyond one link: many at once, not theirs, whole files."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from inventory.models import IamUser
from migrations_plan import journal
from migrations_plan.actions.links import link_iam_user
from migrations_plan.actions.permission import require_lead
from migrations_plan.models import IamUserLink, OwnerSuggestion, Person, PortalUser, RejectedOwner
from migrations_plan.passes import derived
from migrations_plan.passes.suggesting import OWNERS, TARGETS
from migrations_plan.rules.owners import SURE

MOST_AT_ONCE = 500
Pair = tuple[IamUser, Person]


def required_reason(reason: str) -> str:
    """The reason, which goes into the journal."""
    text = reason.strip()
    if not text:
        raise ValidationError("Please give a reason: it goes into the journal.")
    return text


@transaction.atomic
def confirm_suggestions(
    *, by: PortalUser, chosen: Sequence[tuple[int, int]], reason: str, now: datetime
) -> tuple[int, int]:
    """Confirms chosen suggestions, each (IAM user, person) with a journal line of its own. Returns
    how many, and how many were left: no longer suggested, not the only best one, or below SURE."""
    require_lead(by)
    text = required_reason(reason)
    if len(chosen) > MOST_AT_ONCE:
        raise ValidationError(f"Please choose at most {MOST_AT_ONCE} at once.")
    users = IamUser.objects.present().in_bulk([user for user, _ in chosen])
    arns = [user.arn for user in users.values()]
    linked = set(
        IamUserLink.objects.filter(iam_user_arn__in=arns).values_list("iam_user_arn", flat=True)
    )
    sure = OwnerSuggestion.objects.filter(
        iam_user_arn__in=arns, place=1, tied=1, score__gte=SURE
    ).select_related("person")
    best = {(one.iam_user_arn, one.person_id): one for one in sure}
    done = 0
    for user_pk, person_pk in dict.fromkeys(chosen):
        user = users.get(user_pk)
        one = best.get((user.arn, person_pk)) if user else None
        if user is None or one is None or user.arn in linked:
            continue
        why = f"{text} (suggested with {one.score} points: {one.reasons[0][1]})"
        link_iam_user(by=by, iam_user=user, person=one.person, reason=why, now=now)
        done += 1
    derived.look_again(OWNERS, TARGETS)
    return done, len(chosen) - done


@transaction.atomic
def reject_owner(
    *, by: PortalUser, iam_user: IamUser, person: Person, reason: str, now: datetime
) -> None:
    """Not theirs: this person is not suggested for this IAM user again."""
    require_lead(by)
    text = required_reason(reason)
    if IamUserLink.objects.filter(iam_user_arn=iam_user.arn, person=person).exists():
        raise ValidationError(f"{person} is the confirmed owner; take that back first.")
    RejectedOwner.objects.update_or_create(
        iam_user_arn=iam_user.arn,
        person=person,
        defaults={"rejected_by": by.username, "rejected_at": now, "reason": text},
    )
    OwnerSuggestion.objects.filter(iam_user_arn=iam_user.arn, person=person).delete()
    derived.look_again(OWNERS)
    journal.write(
        actor=by,
        action="reject-owner",
        subject=iam_user.arn,
        reason=text,
        details={"person": person.email},
        now=now,
    )


@transaction.atomic
def unreject_owner(
    *, by: PortalUser, iam_user: IamUser, person: Person, reason: str, now: datetime
) -> None:
    """It may be theirs after all: the person may be suggested again."""
    require_lead(by)
    text = required_reason(reason)
    gone, _ = RejectedOwner.objects.filter(iam_user_arn=iam_user.arn, person=person).delete()
    if not gone:
        raise ValidationError("Nobody has said that it is not theirs.")
    derived.look_again(OWNERS)
    journal.write(
        actor=by,
        action="unreject-owner",
        subject=iam_user.arn,
        reason=text,
        details={"person": person.email},
        now=now,
    )


@transaction.atomic
def import_links(
    *, by: PortalUser, links: Sequence[tuple[IamUser, Person, str]], now: datetime
) -> int:
    """Confirms what a file names, each with its reason and a journal line of its own."""
    require_lead(by)
    for user, person, reason in links:
        link_iam_user(by=by, iam_user=user, person=person, reason=reason, now=now)
    derived.look_again(OWNERS, TARGETS)
    return len(links)
