"""Fills what later reads show of a drill: a test user who arrived by SCIM, or who was removed.

A drill is recorded when something is done in the identity provider. When the portal saw it, when
the user opened nothing any more, and until when a session could live, follows from reads.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max, Q

from inventory.models import (
    AccountAssignment,
    GroupMembership,
    IdentityStoreUser,
    PermissionSet,
    ScopeState,
    UsageSession,
)
from migrations_plan.gather.reach import reach_of
from migrations_plan.gather.words import duration_seconds
from migrations_plan.models import ScimDrill
from migrations_plan.rules.live_sessions import MOST_HOURS

ARRIVE, LEAVE = "arrive", "leave"
STORE, ASSIGNMENTS = "identity_store", "account_assignments"
PERMISSION_SET = "permission_set"
LONGEST_SESSION = timedelta(hours=MOST_HOURS[PERMISSION_SET])
# Sessions from before may become known for so long after the access is gone.
WATCHED = timedelta(days=3)


def follow(now: datetime) -> int:
    """Brings the open drills up to date. Returns how many changed. Drills are few: some queries
    for each that is not over."""
    changed = 0
    reads = _whole_reads()
    for drill in ScimDrill.objects.order_by("pk"):
        before = (drill.seen_at, drill.assignment_gone_at, drill.residual_until)
        if drill.kind == ARRIVE and drill.seen_at is None:
            drill.seen_at = _arrived(drill)
        elif drill.kind == LEAVE and not _over(drill, now):
            _leave(drill, reads)
        if before != (drill.seen_at, drill.assignment_gone_at, drill.residual_until):
            drill.save(update_fields=["seen_at", "assignment_gone_at", "residual_until"])
            changed += 1
    return changed


def _over(drill: ScimDrill, now: datetime) -> bool:
    return drill.assignment_gone_at is not None and drill.assignment_gone_at < now - WATCHED


def _whole_reads() -> dict[str, datetime]:
    rows = ScopeState.objects.filter(source__in=(STORE, ASSIGNMENTS), account_id="")
    found = dict(rows.values_list("source", "whole_observed_at"))
    return {source: at for source, at in found.items() if at is not None}


def _users(drill: ScimDrill) -> Sequence[IdentityStoreUser]:
    """Whoever has the drill's address or name, gone ones too."""
    named = Q(user_name__iexact=drill.user) | Q(email__iexact=drill.user)
    return list(IdentityStoreUser.objects.filter(named).order_by("pk"))


def _arrived(drill: ScimDrill) -> datetime | None:
    """The read that first showed the user here, with an id of the identity provider. One that was
    there before the drill proves nothing."""
    found = [
        max(one.first_seen_at, drill.started_at)
        for one in _users(drill)
        if one.external_ids and not one.is_gone() and _came(one) >= drill.started_at
    ]
    return min(found, default=None)


def _came(one: IdentityStoreUser) -> datetime:
    return max(one.created_at, one.first_seen_at) if one.created_at else one.first_seen_at


def _leave(drill: ScimDrill, reads: dict[str, datetime]) -> None:
    users = _users(drill)
    ids = [one.user_id for one in users]
    if not users:
        return
    ends = _ends(ids, drill.started_at)
    gone = [one.gone_at for one in users if one.gone_at and one.gone_at >= drill.started_at]
    off = [
        one.changed_at
        for one in users
        if one.enabled is False and one.changed_at >= drill.started_at
    ]
    if drill.seen_at is None:
        drill.seen_at = min([*gone, *off, *ends], default=None)
    if drill.seen_at is not None and _opens_nothing(users, drill, reads):
        told = max(gone or off or ends)
        drill.assignment_gone_at = drill.assignment_gone_at or told
        drill.residual_until = _residual(ids, drill.assignment_gone_at)


def _ends(ids: Sequence[str], since: datetime) -> list[datetime]:
    """When memberships and grants of these users ended. Two queries."""
    members = GroupMembership.objects.filter(user_id__in=ids, gone_at__gte=since)
    grants = AccountAssignment.objects.filter(principal_id__in=ids, gone_at__gte=since)
    ends = [
        *members.values_list("gone_at", flat=True),
        *grants.values_list("gone_at", flat=True),
    ]
    return [at for at in ends if at is not None]


def _opens_nothing(
    users: Sequence[IdentityStoreUser], drill: ScimDrill, reads: dict[str, datetime]
) -> bool:
    """By whole reads of users and assignments since the drill began."""
    read = [reads.get(source) for source in (STORE, ASSIGNMENTS)]
    if any(at is None or at < drill.started_at for at in read):
        return False
    there = [one.user_id for one in users if not one.is_gone() and one.enabled is not False]
    return all(not one.grants for one in reach_of(there).values()) if there else True


def _residual(ids: Sequence[str], gone_at: datetime) -> datetime | None:
    """The last start of a session before, and as long as its permission set allows."""
    sessions = UsageSession.objects.filter(
        kind=PERMISSION_SET,
        actor__user_id__in=ids,
        started_at__lte=gone_at,
        started_at__gt=gone_at - LONGEST_SESSION,
    ).order_by()
    started = dict(sessions.values_list("permission_set").annotate(last=Max("started_at")))
    if not started:
        return None
    sets = PermissionSet.objects.filter(name__in=started).order_by()
    lengths = {name: _length(text) for name, text in sets.values_list("name", "session_duration")}
    ends: list[datetime] = [at + lengths.get(name, LONGEST_SESSION) for name, at in started.items()]
    return max(ends)


def _length(text: str) -> timedelta:
    seconds = duration_seconds(text)
    return timedelta(seconds=seconds) if seconds else LONGEST_SESSION
