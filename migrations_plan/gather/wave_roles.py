"""Ordinary roles that IAM users of a wave assumed, and who else used each. Six queries at most."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from inventory.cloudtrail.records import Path
from inventory.models import ActorDay, UsageActor, UsageSession
from migrations_plan.artefacts.cutover_facts import ROLE_ARN, AssumedRole
from migrations_plan.gather.person_usage import last_counted
from migrations_plan.gather.usage_coverage import whole_days
from migrations_plan.gather.wave_users import account_of

PROGRAM = "a program"


def roles_of(arns: Collection[str], now: datetime, window_days: int) -> tuple[AssumedRole, ...]:
    """Those that were assumed over the old path in the window, by ARN. Who else used one is not
    known where a day of the role's account was not wholly read, or a session's maker is not."""
    first = last_counted(now) - timedelta(days=window_days - 1)
    mine = _assumed(arns, first)
    if not mine:
        return ()
    accounts = {account_of(role) for role in mine}
    every = [first + timedelta(days=number) for number in range(window_days)]
    whole = whole_days(every, accounts, today=now.date())
    others, unclear = _others(mine, arns, first)
    return tuple(
        AssumedRole(
            role,
            None
            if role in unclear or len(whole.get(account_of(role), ())) < window_days
            else tuple(sorted(others[role])),
        )
        for role in sorted(mine)
    )


def _assumed(arns: Collection[str], first: date) -> set[str]:
    """Sessions that were begun, and calls that were made in one. Two queries."""
    theirs = UsageActor.objects.filter(path=Path.OLD, arn__in=list(arns)).exclude(role_arn="")
    used: Iterable[str] = _in_window(theirs, first).values_list("role_arn", flat=True)
    begun = UsageSession.objects.filter(
        kind="role", actor__arn__in=list(arns), actor__path=Path.OLD, started_at__date__gte=first
    )
    found = {*used, *begun.order_by().values_list("role_arn", flat=True)}
    return {role for role in found if ROLE_ARN.fullmatch(role)}


def _in_window(actors: QuerySet[Any], first: date) -> QuerySet[Any]:
    days = ActorDay.objects.filter(actor=OuterRef("pk"), day__gte=first)
    return actors.filter(Exists(days)).order_by()


def _others(
    roles: Collection[str], arns: Collection[str], first: date
) -> tuple[dict[str, set[str]], set[str]]:
    """By role, who else; and roles of which some session's maker is not known. Two queries."""
    found: dict[str, set[str]] = defaultdict(set)
    unclear: set[str] = set()
    others = UsageActor.objects.filter(role_arn__in=list(roles)).exclude(arn__in=list(arns))
    for role, arn, name, path, session_key in _in_window(others, first).values_list(
        "role_arn", "arn", "user_name", "path", "session_key"
    ):
        _note(found[role], unclear, role, arn, name, path, known=not session_key)
    begun = UsageSession.objects.filter(
        Q(actor=None) | ~Q(actor__arn__in=list(arns)),
        kind="role",
        role_arn__in=list(roles),
        started_at__date__gte=first,
    )
    for role, arn, name, path in begun.order_by().values_list(
        "role_arn", "actor__arn", "actor__user_name", "actor__path"
    ):
        _note(found[role], unclear, role, arn, name, path, known=arn is not None)
    return found, unclear


def _note(
    names: set[str],
    unclear: set[str],
    role: str,
    arn: str | None,
    name: str | None,
    path: str | None,
    *,
    known: bool,
) -> None:
    if known and path == Path.WORKLOAD and arn == role:
        names.add(PROGRAM)
    elif known and arn != role and (name or arn):
        names.add(name or arn or "")
    else:
        # A session of which nobody knows who is behind it.
        unclear.add(role)
