"""Rows -> what a wave's scripts left open: credentials, use, live sessions, roles, work in hand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.again import SOURCES
from inventory.cloudtrail.records import Path
from inventory.jobs import OPEN
from inventory.models import ActorDay, IamRole, Job, UsageSession
from migrations_plan.artefacts.cutover import role_policy_name
from migrations_plan.gather.wave_users import users_of
from migrations_plan.models import Handout, Wave
from migrations_plan.rules.live_sessions import LONGEST
from migrations_plan.rules.watching import Tail, Use, UserNow, tail, user_now
from migrations_plan.rules.wave_facts import WaveUser


@dataclass(frozen=True, slots=True)
class Ran:
    """A handout that is watched. at: when it ran; None: nothing says that it did. noticed: the
    facts say so, nobody else."""

    handout: Handout
    at: datetime | None
    noticed: bool


@dataclass(frozen=True, slots=True)
class RoleNow:
    """A role whose older sessions are to be denied. before: sessions from before this time; ''.
    read_at: when its policies were last read; None: never."""

    arn: str
    also_used_by: Sequence[str] | None
    denied: bool | None
    before: str
    read_at: datetime | None


def handouts_of(wave: Wave) -> list[Handout]:
    """Those that were not withdrawn, newest first. One query."""
    return list(wave.handouts.filter(withdrawn_at=None).order_by("-at", "-pk"))


@dataclass(frozen=True, slots=True)
class Watched:
    """Users of all scripts of a wave, each as the newest scripts have it."""

    ran: Mapping[int, Ran]
    users: Sequence[UserNow]
    ran_at: Mapping[str, datetime | None]

    @property
    def arns(self) -> list[str]:
        return [user.arn for user in self.users]

    @property
    def started(self) -> list[datetime]:
        """When each ran."""
        return [one.at for one in self.ran.values() if one.at is not None]


def watched(handouts: Sequence[Handout], now: datetime) -> Watched:
    """Four queries."""
    kept: dict[str, tuple[Handout, Mapping[str, Any]]] = {}
    # What ran counts before what waits to be run, the newer before the older.
    for handout in sorted(handouts, key=lambda one: one.started_at is None):
        for one in handout.users:
            kept.setdefault(one["arn"], (handout, one))
    known = users_of(list(kept), now) if kept else {}
    ran = {one.pk: _ran(one, known) for one in handouts}
    users = [
        user_now(one, known[arn], ran[handout.pk].at)
        for arn, (handout, one) in kept.items()
        if arn in known
    ]
    users.sort(key=lambda user: (user.person or user.name, user.arn))
    return Watched(ran, users, {arn: ran[handout.pk].at for arn, (handout, _) in kept.items()})


def _ran(handout: Handout, known: Mapping[str, WaveUser]) -> Ran:
    """When somebody said so; else the first change that the scripts would make, seen since."""
    if handout.started_at is not None:
        return Ran(handout, handout.started_at, noticed=False)
    changes = [
        key.changed_at
        for one in handout.users
        for key in known[one["arn"]].keys or ()
        if not key.active and key.changed_at > handout.at and _was_active(one, key.id)
    ]
    return Ran(handout, min(changes, default=None), noticed=bool(changes))


def _was_active(kept: Mapping[str, Any], key_id: str) -> bool:
    return any(key["id"] == key_id and key["active"] for key in kept["keys"])


def uses_after(ran_at: Mapping[str, datetime | None]) -> list[Use]:
    """Use of these users after their access ended, newest first: all of it, since one that is left
    out would look like quiet. One query."""
    began = {arn: at for arn, at in ran_at.items() if at is not None}
    if not began:
        return []
    rows = ActorDay.objects.filter(
        actor__path=Path.OLD,
        actor__arn__in=list(began),
        day__gte=min(began.values()).date(),
        last_at__gt=min(began.values()),
    ).order_by("-last_at")
    columns = ("actor__arn", "account_id", "succeeded_at", "last_at")
    found = []
    for arn, account_id, succeeded_at, last_at in rows.values_list(*columns):
        succeeded = succeeded_at is not None and succeeded_at > began[arn]
        at = succeeded_at if succeeded else last_at
        if at > began[arn]:
            found.append(Use(arn, at, succeeded, account_id))
    return sorted(found, key=lambda use: use.at, reverse=True)


def tails_of(arns: Collection[str], now: datetime) -> list[Tail]:
    """Sessions of the old path that may live by now, the longest first. One query."""
    rows = UsageSession.objects.filter(
        actor__path=Path.OLD, actor__arn__in=list(arns), started_at__gt=now - LONGEST
    ).order_by()
    columns = ("actor__arn", "kind", "role_arn", "started_at")
    found = [tail(*row) for row in rows.values_list(*columns)]
    alive = [one for one in found if one.until > now]
    return sorted(alive, key=lambda one: (one.until, one.arn), reverse=True)


def roles_now(ran: Iterable[Ran]) -> list[RoleNow]:
    """Roles of the scripts, as last read. One query."""
    wanted = {
        role["arn"]: (one, role["also_used_by"], one.handout.scripts[0]["wave"])
        for one in ran
        for role in one.handout.roles
    }
    if not wanted:
        return []
    rows = {role.arn: role for role in IamRole.objects.filter(arn__in=list(wanted))}
    return [_role(arn, rows.get(arn), *wanted[arn]) for arn in sorted(wanted)]


def _role(
    arn: str, row: IamRole | None, ran: Ran, others: Sequence[str] | None, wave: str
) -> RoleNow:
    if row is None or (ran.at is not None and row.observed_at < ran.at):
        return RoleNow(arn, others, None, "", row.observed_at if row else None)
    policy = None if row.gone_at else row.inline_policies.get(role_policy_name(wave))
    denied = policy is not None or row.gone_at is not None
    return RoleNow(arn, others, denied, _before(policy), row.observed_at)


def _before(policy: Any) -> str:
    """The aws:TokenIssueTime of the denial; what AWS says is not ours to trust."""
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    for one in statements if isinstance(statements, list) else [statements]:
        condition = one.get("Condition", {}) if isinstance(one, dict) else {}
        less = condition.get("DateLessThan", {}) if isinstance(condition, dict) else {}
        found = less.get("aws:TokenIssueTime") if isinstance(less, dict) else None
        if isinstance(found, str):
            return found[:40]
    return ""


def reads_waiting(account_ids: Collection[str]) -> int:
    """How many of the reads that would tell are on the work list. One query."""
    return Job.objects.filter(
        state__in=OPEN, source__in=SOURCES, account_id__in=list(account_ids)
    ).count()
