"""Handing out the scripts of a wave, approving them, and saying that they ran.

The interlock is asked in the transaction that hands out, and again by whoever approves: somebody
who is blocked by then is not switched off by scripts that were made before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from inventory.again import read_again
from inventory.models import AwsAccount
from migrations_plan import journal
from migrations_plan.actions.permission import require_lead
from migrations_plan.actions.plans.versions import PLANNING
from migrations_plan.artefacts.cutover_facts import AssumedRole, CutoverError
from migrations_plan.artefacts.cutover_kept import (
    again,
    kept_role,
    kept_user,
    listed,
    texts,
)
from migrations_plan.gather.wave_locks import closed, lock
from migrations_plan.gather.wave_roles import roles_of
from migrations_plan.gather.wave_users import account_of, is_production
from migrations_plan.models import Handout, PortalUser, Wave, thresholds
from migrations_plan.passes import derived
from migrations_plan.rules.interlocks import Interlock
from migrations_plan.rules.wave_facts import WaveUser

A_MINUTE = timedelta(minutes=1)
NO_REASON = "Please give a reason: it goes into the journal."
NOT_THERE = "These scripts were withdrawn."


@transaction.atomic
def hand_out(*, by: PortalUser, wave: Wave, reason: str, now: datetime) -> Handout:
    """Makes scripts for everybody of the wave who may be cut over now. Raises ValidationError where
    nobody may, where others wait to be run, or where no script can be made."""
    require_lead(by)
    text = _reason(reason)
    held = Wave.objects.select_for_update().select_related("plan").get(pk=wave.pk)
    waiting = held.handouts.filter(withdrawn_at=None, started_at=None)
    if waiting.exists():
        raise ValidationError("Scripts of this wave wait to be run: withdraw them first.")
    _, found = lock(held, now)
    if found.stop:
        raise ValidationError(found.stop)
    if not found.users:
        number = len(found.refused)
        raise ValidationError(f"0 people of {held.name} may be cut over now; {number} are refused.")
    made = _made(by, held, found, now)
    _note(
        by,
        "hand-out-scripts",
        made,
        text,
        {
            "users": [one["arn"] for one in made.users],
            "roles": [one["arn"] for one in made.roles],
            "refused": [one["name"] for one in made.refused],
            "scripts": {one["name"]: one["sha256"] for one in made.scripts},
            "production": made.production,
        },
        now,
    )
    return made


def _made(by: PortalUser, wave: Wave, found: Interlock, now: datetime) -> Handout:
    ending = found.users
    assumed = roles_of([user.arn for user in ending], now, thresholds().window_days)
    users, roles = [kept_user(user) for user in ending], [kept_role(role) for role in assumed]
    as_of = facts_as_of(ending, now)
    try:
        scripts = texts(users, roles, wave=wave.name, as_of=as_of)
    except CutoverError as problem:
        raise ValidationError(f"No script can be made: {problem}") from problem
    return Handout.objects.create(
        plan=wave.plan,
        wave=wave,
        by=by.username,
        at=now,
        as_of=as_of,
        users=users,
        roles=roles,
        refused=[
            {"name": one.name, "subject": one.subject, "sentence": " ".join(one.sentences)}
            for one in found.refused
        ],
        scripts=listed(scripts, wave.name),
        production=_touches_production(ending, assumed),
    )


def facts_as_of(users: Sequence[WaveUser], now: datetime) -> datetime:
    """The oldest of the reads behind keys and policies, to the second."""
    told = [one for user in users for one in (user.told, user.keys_told)]
    at = min((one.observed_at for one in told if one.observed_at), default=now)
    return at.replace(microsecond=0)


def _touches_production(users: Sequence[WaveUser], roles: Sequence[AssumedRole]) -> bool:
    if any(user.production for user in users):
        return True
    ids = {account_of(role.arn) for role in roles}
    known = {one.pk: one for one in AwsAccount.objects.filter(pk__in=ids)}
    return any(is_production(known.get(pk)) for pk in ids)


@transaction.atomic
def approve(*, by: PortalUser, handout: Handout, reason: str, now: datetime) -> None:
    """A second lead lets scripts that touch production be used. Raises ValidationError for whoever
    made them, and where the interlock refuses somebody in them by now."""
    require_lead(by)
    text, held = _reason(reason), _held(handout)
    if not held.production:
        raise ValidationError("These scripts touch no production account: 0 approvals are needed.")
    if held.approved_by:
        raise ValidationError(f"{held.approved_by} has approved these scripts already.")
    if by.username.casefold() == held.by.casefold():
        raise ValidationError("Somebody else than who handed them out has to approve them.")
    again(held.users, held.roles, held.scripts, held.as_of)
    why = closed(held, *lock(held.wave, now))
    if why:
        raise ValidationError(f"Not any more: {' '.join(why)}")
    held.approved_by, held.approved_at = by.username, now
    held.save(update_fields=["approved_by", "approved_at"])
    _note(by, "approve-scripts", held, text, {"handed_out_by": held.by}, now)


@transaction.atomic
def started(*, by: PortalUser, handout: Handout, at: datetime, reason: str, now: datetime) -> int:
    """Somebody says that the scripts ran, and when. The accounts are read again at once: how many
    reads were put on the work list."""
    require_lead(by)
    held = _held(handout)
    if held.started_at is not None:
        raise ValidationError("It was said already that these scripts ran.")
    if not held.usable:
        raise ValidationError("Nobody has approved these scripts yet, so they cannot have run.")
    first = held.approved_at or held.at
    # Forms give minutes: the minute of the approval itself is meant to be after it.
    at = first if first - A_MINUTE < at < first else at
    if not first <= at <= now:
        between = f"{first:%Y-%m-%d %H:%M} and {now:%Y-%m-%d %H:%M} UTC"
        raise ValidationError(f"Please give a time between {between}.")
    held.started_by, held.started_at = by.username, at
    held.save(update_fields=["started_by", "started_at"])
    added = read_again(users=places(held), by=by.username, now=now)
    _note(by, "start-cutover", held, reason.strip(), {"at": at, "reads": added}, now)
    return added


@transaction.atomic
def look_again(*, by: PortalUser, handout: Handout, now: datetime) -> int:
    """Reads the accounts of these scripts again at once. How many reads were added."""
    require_lead(by)
    held = _held(handout)
    added = read_again(users=places(held), by=by.username, now=now)
    _note(by, "read-again", held, "", {"reads": added}, now)
    return added


@transaction.atomic
def withdraw(*, by: PortalUser, handout: Handout, reason: str, now: datetime) -> None:
    """Nobody may download these scripts any more. What has run is rolled back, not withdrawn."""
    require_lead(by)
    text, held = _reason(reason), _held(handout)
    if held.started_at is not None:
        raise ValidationError("These scripts ran: run their rollback instead.")
    held.withdrawn_at, held.withdrawn_by = now, by.username
    held.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _note(by, "withdraw-scripts", held, text, {"handed_out_by": held.by}, now)


@transaction.atomic
def note_download(*, by: PortalUser, handout: Handout, name: str, now: datetime) -> None:
    """Somebody took a script with them."""
    require_lead(by)
    sha256 = next(one["sha256"] for one in handout.scripts if one["name"] == name)
    _note(by, "download-script", handout, "", {"script": name, "sha256": sha256}, now)


def places(handout: Handout) -> list[tuple[str, str]]:
    """Account and name of the users in scripts."""
    return [(account_of(one["arn"]), one["arn"].rsplit("/", 1)[-1]) for one in handout.users]


def _held(handout: Handout) -> Handout:
    held: Handout = (
        Handout.objects.select_for_update(of=("self",))
        .select_related("wave__plan")
        .get(pk=handout.pk)
    )
    if held.withdrawn_at is not None:
        raise ValidationError(NOT_THERE)
    return held


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise ValidationError(NO_REASON)
    return text


def _note(
    by: PortalUser,
    action: str,
    handout: Handout,
    reason: str,
    details: dict[str, Any],
    now: datetime,
) -> None:
    journal.write(
        actor=by,
        action=action,
        subject=f"plan:{handout.plan_id} wave:{handout.wave_id} scripts:{handout.pk}",
        reason=reason,
        details=details,
        now=now,
    )
    derived.look_again(PLANNING)
