"""What one person, or one IAM user, does over both paths: by credential, from where, what, when.

First and last times are over all that was counted; calls, origins and actions are the window's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Case, DateField, F, Max, Min, Q, QuerySet, Sum, When

from inventory.cloudtrail.records import Credential, Path
from inventory.models import (
    ActorDay,
    DailyUsage,
    UsageActor,
    UsageOrigin,
    UsageSession,
)
from migrations_plan.gather.usage import Origin, Scope
from migrations_plan.rules import usage_words
from migrations_plan.rules.live_sessions import LONGEST, WORDS, may_live_until
from migrations_plan.rules.sso_use import first_use
from migrations_plan.rules.usage_words import DayHours, regularity

MOST_ACTIONS = 10
HOURS = tuple(f"h{hour:02}" for hour in range(24))
SUMS = {
    name: Sum(field)
    for name, field in (
        ("calls", "events"),
        ("direct", "direct_events"),
        ("failed", "errors"),
        ("signins", "failed_signins"),
        *((f"in_{hour}", hour) for hour in HOURS),
    )
}
# Calls by hour of an actor's day.
Hours = dict[tuple[int, date], list[int]]


@dataclass(slots=True)
class CredentialUse:
    """One credential (or one role, one permission set) that was used. seen None: only failures.

    calls, direct, errors: in the window. habit: its hours in words, '' when there is none yet.
    """

    actor: UsageActor
    first_at: datetime
    seen: datetime | None
    calls: int = 0
    direct: int = 0
    errors: int = 0
    failed_signins: int = 0
    habit: str = ""
    origins: list[Origin] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AccountUse:
    """Calls of the window in one account, by path."""

    account_id: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Action:
    """An operation that was called, how often, and how often it failed."""

    source: str
    name: str
    events: int
    errors: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A temporary credential that may still work, at the latest until."""

    session: UsageSession
    until: datetime

    @property
    def words(self) -> str:
        """What kind of session."""
        return WORDS.get(self.session.kind, "temporary credential")


@dataclass(frozen=True, slots=True)
class IdentityUsage:
    """All of it. first_sso: by console, command line, other tools; None: not seen."""

    old: tuple[CredentialUse, ...]
    new: tuple[CredentialUse, ...]
    accounts: tuple[AccountUse, ...]
    old_actions: tuple[Action, ...]
    new_actions: tuple[Action, ...]
    first_sso: Mapping[str, datetime | None]
    live: tuple[LiveSession, ...]

    @property
    def last_old(self) -> datetime | None:
        """The last successful use of the old path; None: none was seen."""
        return max((use.seen for use in self.old if use.seen), default=None)

    @property
    def old_calls(self) -> int:
        """Calls over the old path in the window."""
        return sum(use.calls for use in self.old)

    @property
    def new_calls(self) -> int:
        """Calls over the new path in the window."""
        return sum(use.calls for use in self.new)


def identity_usage(scope: Scope, actors: Mapping[int, UsageActor], now: datetime) -> IdentityUsage:
    """Of these actors, by key, all of which the viewer may see. Four queries."""
    uses, accounts = _credential_uses(scope, actors)
    firsts = _add_origins(scope, actors, uses)
    old_actions, new_actions = _actions(scope, list(actors))
    ordered = sorted(uses.values(), key=_order)
    return IdentityUsage(
        old=tuple(use for use in ordered if use.actor.path == Path.OLD),
        new=tuple(use for use in ordered if use.actor.path == Path.NEW),
        accounts=accounts,
        old_actions=old_actions,
        new_actions=new_actions,
        first_sso=first_use(firsts),
        live=_live(scope, actors.values(), now),
    )


def _order(use: CredentialUse) -> tuple[float, str]:
    """Last used first; what only failed comes last."""
    return (-use.seen.timestamp() if use.seen else 0.0, use.actor.digest)


def _in(scope: Scope) -> Q:
    return Q(day__range=(scope.window.first, scope.window.last))


Use = tuple[str, ...]


def _use_of(actor: UsageActor) -> Use:
    """What makes two actors one line: a permission set is one, in however many accounts."""
    if actor.credential == Credential.PERMISSION_SET:
        return (actor.path, actor.credential, actor.permission_set)
    return (actor.path, actor.credential, actor.arn, actor.access_key_id, actor.role_arn)


def _credential_uses(
    scope: Scope, actors: Mapping[int, UsageActor]
) -> tuple[dict[Use, CredentialUse], tuple[AccountUse, ...]]:
    """Each use with its habit. One query: of what is outside the window only the ends matter."""
    rows: QuerySet[Any] = ActorDay.objects.filter(actor_id__in=list(actors)).order_by()
    inside = Case(When(_in(scope), then=F("day")), output_field=DateField())
    uses: dict[Use, CredentialUse] = {}
    by_account: dict[str, dict[str, int]] = defaultdict(dict)
    hours: dict[Use, Hours] = defaultdict(dict)
    for row in rows.values("actor_id", "account_id", inside=inside).annotate(
        first=Min("first_at"), seen=Max("succeeded_at"), **SUMS
    ):
        actor = actors[row["actor_id"]]
        use = uses.setdefault(_use_of(actor), CredentialUse(actor, row["first"], None))
        use.first_at = min(use.first_at, row["first"])
        use.seen = max(filter(None, (use.seen, row["seen"])), default=None)
        if row["inside"] is not None:
            _add(use, row)
            paths = by_account[row["account_id"]]
            paths[actor.path] = paths.get(actor.path, 0) + row["calls"]
            _add_hours(hours[_use_of(actor)], row)
    for key, used in hours.items():
        uses[key].habit = regularity(
            [DayHours(day, tuple(counts)) for (_, day), counts in sorted(used.items())]
        )
    return uses, _accounts(by_account)


def _add_hours(hours: Hours, row: Mapping[str, Any]) -> None:
    """An actor's day may be in several accounts."""
    counts = hours.setdefault((row["actor_id"], row["inside"]), [0] * len(HOURS))
    for place, hour in enumerate(HOURS):
        counts[place] += row[f"in_{hour}"]


def _add(use: CredentialUse, row: Mapping[str, Any]) -> None:
    use.calls += row["calls"]
    use.direct += row["direct"]
    use.errors += row["failed"]
    use.failed_signins += row["signins"]


def _accounts(by_account: Mapping[str, Mapping[str, int]]) -> tuple[AccountUse, ...]:
    found = [
        AccountUse(account_id, paths.get(Path.OLD, 0), paths.get(Path.NEW, 0))
        for account_id, paths in by_account.items()
    ]
    used = [use for use in found if use.old or use.new]
    return tuple(sorted(used, key=lambda use: (-use.old, -use.new, use.account_id)))


def _add_origins(
    scope: Scope, actors: Mapping[int, UsageActor], uses: Mapping[Use, CredentialUse]
) -> list[tuple[str, datetime]]:
    """Each use gets its origins; the result is when each tool first used the new path."""
    rows: QuerySet[Any] = UsageOrigin.objects.filter(actor_id__in=list(actors)).order_by()
    firsts: list[tuple[str, datetime]] = []
    found: dict[Use, dict[str, int]] = defaultdict(dict)
    sums = rows.values_list("actor_id", "network", "agent_family").annotate(
        calls=Sum("events", filter=_in(scope), default=0), first=Min("first_at")
    )
    for actor_id, network, family, calls, first in sums:
        actor = actors[actor_id]
        words, mine = usage_words.origin(network, family), found[_use_of(actor)]
        if calls:
            mine[words] = mine.get(words, 0) + int(calls)
        if actor.path == Path.NEW:
            firsts.append((family, first))
    for use, counts in found.items():
        if use in uses:
            ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            uses[use].origins = [Origin(words, calls) for words, calls in ranked]
    return firsts


def _actions(
    scope: Scope, actor_ids: Sequence[int]
) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
    """The operations called most, over the old and over the new path."""
    rows: QuerySet[Any] = DailyUsage.objects.filter(_in(scope), actor_id__in=actor_ids).order_by()
    names = ("actor__path", "operation__event_source", "operation__event_name")
    failed = ~Q(operation__error="")
    found: dict[str, list[Action]] = defaultdict(list)
    for path, source, name, events, errors, last_at in (
        rows.values_list(*names)
        .annotate(
            calls=Sum("events"), errors=Sum("events", filter=failed, default=0), last=Max("last_at")
        )
        .order_by(F("calls").desc(), *names)
    ):
        if len(found[path]) < MOST_ACTIONS:
            found[path].append(Action(source, name, int(events), int(errors), last_at))
    return tuple(found[Path.OLD]), tuple(found[Path.NEW])


def _live(scope: Scope, actors: Iterable[UsageActor], now: datetime) -> tuple[LiveSession, ...]:
    """Sessions made over the old path that AWS may still honour, newest first."""
    arns = {actor.arn for actor in actors if actor.path == Path.OLD}
    rows = UsageSession.objects.visible_to(scope.viewer).filter(
        actor__path=Path.OLD, actor__arn__in=arns, started_at__gt=now - LONGEST
    )
    found = [
        LiveSession(row, may_live_until(row.kind, row.started_at))
        for row in rows.order_by("-started_at", "pk")
    ]
    return tuple(one for one in found if one.until > now)
