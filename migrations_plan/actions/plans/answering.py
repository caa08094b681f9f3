"""What people say of themselves: tested, needed accounts, and where their old keys live.

Everybody speaks for the person their sign-in is bound to, and for nobody else: a lead reads the
answers and gives none in another's name. As in actions.py: permission, change, journal line, one
transaction.
"""

import re
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from inventory.models import AccessKey
from migrations_plan import journal
from migrations_plan.actions.plans.versions import PLANNING
from migrations_plan.models import (
    AccountNeed,
    IamUserLink,
    KeyPlace,
    KeyStory,
    Person,
    PortalUser,
    TestConfirmation,
)
from migrations_plan.passes import assessing, derived

MOST_TEXT = 1_000
# Nobody works in more; it bounds what one sign-in can write.
MOST_NEEDS = 200
ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)


def own_person(by: PortalUser | None) -> Person:
    """The person whom the sign-in is bound to, locked. Raises PermissionDenied for none."""
    if by is None or not by.is_active or not by.role or by.person_id is None:
        raise PermissionDenied("Only a person may answer for themselves.")
    found: Person = Person.objects.select_for_update().get(pk=by.person_id)
    return found


@transaction.atomic
def confirm_test(*, by: PortalUser, note: str, now: datetime) -> TestConfirmation:
    """They have tried their new access, and it serves for a day's work."""
    person = own_person(by)
    text = _text(note, "Please say what you tried.")
    if TestConfirmation.objects.filter(person=person, ended_at=None).exists():
        raise ValidationError("You have confirmed this already.")
    made = TestConfirmation.objects.create(person=person, by=by.username, at=now, note=text)
    _note(by, "confirm-test", person, text, {}, now)
    return made


@transaction.atomic
def take_back_test(*, by: PortalUser, reason: str, now: datetime) -> None:
    """It does not serve after all."""
    person = own_person(by)
    text = _text(reason, "Please say what does not work.")
    held = TestConfirmation.objects.filter(person=person, ended_at=None)
    if not held.update(ended_at=now):
        raise ValidationError("There is no confirmation to take back.")
    _note(by, "take-back-test", person, text, {}, now)


@transaction.atomic
def say_need(
    *, by: PortalUser, account_id: str, needed: bool, note: str, now: datetime
) -> AccountNeed:
    """Whether they need an account. The gates of the person are judged again at once."""
    person = own_person(by)
    if not ACCOUNT_ID.fullmatch(account_id):
        raise ValidationError("An account id has twelve digits.")
    text = _cut(note)
    mine = AccountNeed.objects.filter(person=person)
    before = mine.filter(account_id=account_id).first()
    if before is None and mine.count() >= MOST_NEEDS:
        raise ValidationError(f"At most {MOST_NEEDS} accounts can be named.")
    values = {"needed": needed, "note": text, "by": by.username, "at": now}
    made, _ = AccountNeed.objects.update_or_create(
        person=person, account_id=account_id, defaults=values
    )
    details = {"account": account_id, "needed": needed, "before": before and before.needed}
    _note(by, "say-account-need", person, text, details, now)
    assessing.assess(now, [person.pk])
    return made


@transaction.atomic
def forget_need(*, by: PortalUser, account_id: str, now: datetime) -> None:
    """As if they had never said anything about the account."""
    person = own_person(by)
    held = AccountNeed.objects.filter(person=person, account_id=account_id).first()
    if held is None:
        raise ValidationError("You have said nothing about this account.")
    details = {"account": account_id, "before": held.needed}
    held.delete()
    _note(by, "forget-account-need", person, "", details, now)
    assessing.assess(now, [person.pk])


@transaction.atomic
def tell_key(
    *,
    by: PortalUser,
    access_key_id: str,
    place: str,
    got_how: str,
    removed_on: date | None,
    now: datetime,
) -> KeyStory:
    """Where one of their old keys lives, how they got it, and when they removed it there.

    Raises AccessKey.DoesNotExist for a key that is not of an IAM user confirmed as theirs.
    """
    person = own_person(by)
    mine = IamUserLink.objects.filter(person=person).values("iam_user_arn")
    keys = AccessKey.objects.filter(user__arn__in=mine).values_list("user__arn", flat=True)
    user_arn = keys.get(access_key_id=access_key_id)
    if place not in KeyPlace.values:
        raise ValidationError("Please say where the key lives.")
    if removed_on is not None and removed_on > now.astimezone(UTC).date():
        raise ValidationError("That day has not come yet.")
    values = {
        "person": person,
        "user_arn": user_arn,
        "place": place,
        "got_how": _cut(got_how),
        "removed_on": removed_on,
        "by": by.username,
        "at": now,
    }
    made, _ = KeyStory.objects.update_or_create(access_key_id=access_key_id, defaults=values)
    details = {"place": place, "removed_on": removed_on, "person": person.email}
    _write(by, "tell-key", access_key_id, made.got_how, details, now)
    return made


def _text(text: str, problem: str) -> str:
    cut = _cut(text)
    if not cut:
        raise ValidationError(problem)
    return cut


def _cut(text: str) -> str:
    cut = text.strip()
    if len(cut) > MOST_TEXT:
        raise ValidationError(f"Please use at most {MOST_TEXT} signs.")
    return cut


def _note(
    by: PortalUser, action: str, person: Person, reason: str, details: dict[str, Any], now: datetime
) -> None:
    whole = {"person": person.email, **details}
    _write(by, action, f"person:{person.pk}", reason, whole, now)


def _write(
    by: PortalUser, action: str, subject: str, reason: str, details: dict[str, Any], now: datetime
) -> None:
    journal.write(actor=by, action=action, subject=subject, reason=reason, details=details, now=now)
    derived.look_again(PLANNING)
