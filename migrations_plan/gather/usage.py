"""Usage of the organization, an account, a person or a credential: numbers by day and path, and who
is still on the old path.

Charts of everybody come from PathDay, which is small; those of some actors from their ActorDays.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from inventory.cloudtrail.records import Path
from inventory.models import (
    ActorDay,
    IamUser,
    UsageActor,
    UsageCorrection,
    UsageOrigin,
)
from inventory.usage.day_sums import path_sums
from migrations_plan.gather.usage_coverage import Summed, coverage, summed
from migrations_plan.models import IamUserLink, Person, PortalUser
from migrations_plan.rules.usage_days import Gaps, UsageDay, Window, gaps
from migrations_plan.rules.usage_words import origin

MOST_ORIGINS = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose usage, where and when. actors None: everybody's; else keys of actors that the viewer
    may see. account_id '': every account's. joined: the accounts that are expected to be read, and
    the day each joined the organization."""

    viewer: PortalUser
    window: Window
    joined: Mapping[str, date | None]
    account_id: str = ""
    actors: Sequence[int] | None = None

    def rows(self, model: Any, days: Sequence[date]) -> QuerySet[Any]:
        """Rows of a table of counts on these days (from the first to the last of them)."""
        rows = model.objects.visible_to(self.viewer).filter(day__range=(days[0], days[-1]))
        if self.account_id:
            rows = rows.filter(account_id=self.account_id)
        mine: QuerySet[Any] = rows if self.actors is None else rows.filter(actor_id__in=self.actors)
        return mine

    def visible_actors(self) -> QuerySet[UsageActor]:
        """The actors in question."""
        found: QuerySet[UsageActor] = UsageActor.objects.visible_to(self.viewer)
        return found if self.actors is None else found.filter(pk__in=self.actors)


def actors_of_user(arn: str) -> QuerySet[UsageActor]:
    """What an IAM user did over the old path, by whatever credential."""
    return UsageActor.objects.filter(path=Path.OLD, arn=arn)


def actors_of_key(access_key_id: str) -> QuerySet[UsageActor]:
    """What was done with one long-lived access key."""
    return UsageActor.objects.filter(access_key_id=access_key_id)


def actors_of_person(person: Person) -> QuerySet[UsageActor]:
    """A person's confirmed IAM users, and what the person did over Identity Center."""
    arns = IamUserLink.objects.filter(person=person).values("iam_user_arn")
    mine = Q(path=Path.OLD, arn__in=arns)
    if person.identity_center_user_id:
        mine |= Q(user_id=person.identity_center_user_id)
    return UsageActor.objects.filter(mine)


def usage_days(scope: Scope) -> tuple[list[UsageDay], list[UsageDay]]:
    """The days of the window, and as many before it. Three queries."""
    window = scope.window
    every = [*window.before, *window.days]
    sums = summed(every)
    events, direct = _numbers(scope, every, sums)
    read = coverage(every, scope.joined, today=window.today, sums=sums)
    days = [UsageDay(day, events[day], direct[day], read[day]) for day in every]
    return days[len(window.before) :], days[: len(window.before)]


def gaps_of(scope: Scope) -> Gaps:
    """What was not read of the window's days that are over. Two queries."""
    days = scope.window.over
    return gaps(coverage(days, scope.joined, today=scope.window.today).values())


Counts = dict[date, dict[str, int]]


def _numbers(scope: Scope, days: Sequence[date], sums: Summed) -> tuple[Counts, Counts]:
    """Calls, and those among them that nobody's service made on somebody's behalf. One query."""
    rows: Iterable[tuple[date, str, int, int]]
    if scope.actors is not None:
        counted = scope.rows(ActorDay, days).order_by().values_list("day", "actor__path")
        rows = counted.annotate(a=Sum("events"), d=Sum("direct_events"))
    elif scope.account_id:
        rows = path_sums(days, scope.account_id)
    else:
        known = ((day, *row) for day, one in sums.items() for row in one.paths)
        rows = chain(known, path_sums([day for day in days if day not in sums]))
    events: Counts = defaultdict(dict)
    direct: Counts = defaultdict(dict)
    for day, name, all_calls, own in rows:
        if all_calls:
            events[day][name], direct[day][name] = int(all_calls), int(own)
    return events, direct


def untraced(scope: Scope) -> int:
    """Direct calls on the new path, on days that are over, of which nobody knows whose they are.
    One query, and another when there are such actors: asked for at once, the planner takes them
    for many. Actors that were chosen are known by their IAM user or Identity Center user."""
    days = scope.window.over
    if not days or scope.actors is not None:
        return 0
    nobodys = scope.visible_actors().filter(path=Path.NEW, user_id="").order_by()
    keys = list(nobodys.values_list("pk", flat=True))
    if not keys:
        return 0
    rows = scope.rows(ActorDay, days).filter(actor_id__in=keys)
    return int(rows.aggregate(n=Sum("direct_events"))["n"] or 0)


def _sum(rows: Any, name: str) -> Any:
    return rows.values("actor").annotate(n=Sum(name)).values("n")


def _last_day(scope: Scope) -> QuerySet[Any]:
    """For a subquery: an actor's last row in the window."""
    rows = scope.rows(ActorDay, scope.window.days).filter(actor=OuterRef("pk"))
    return rows.order_by("-day", "-succeeded_at")


def last_days_used(scope: Scope) -> list[tuple[date, str, int]]:
    """(last day, ARN, key) of every actor that used the old path in the window, the latest first.

    Every actor is looked up by its own index entry: grouping a million credential days takes longer
    than a page may. One query.
    """
    old = scope.visible_actors().filter(path=Path.OLD).order_by()
    # By the day alone, so that the index has the answer.
    last = _last_day(scope).order_by("-day").values("day")[:1]
    rows = old.values_list("pk", "arn").annotate(last=Subquery(last))
    used = [(last, arn, pk) for pk, arn, last in rows if last]
    return sorted(used, key=lambda row: (-row[0].toordinal(), row[1], row[2]))


def identities(scope: Scope) -> QuerySet[Any, Any]:
    """The same as rows, with last_day and seen (the last use that did not fail)."""
    mine = _last_day(scope)
    old = scope.visible_actors().filter(path=Path.OLD)
    found: QuerySet[Any, Any] = old.filter(Exists(mine)).annotate(
        last_day=Subquery(mine.values("day")[:1]),
        seen=Subquery(mine.exclude(succeeded_at=None).values("succeeded_at")[:1]),
    )
    return found


def with_calls(scope: Scope, rows: Any) -> QuerySet[Any, Any]:
    """The same with calls, direct and failed calls in the window."""
    mine = scope.rows(ActorDay, scope.window.days).filter(actor=OuterRef("pk")).order_by()
    sums = {
        name: Subquery(_sum(mine, field))
        for name, field in (("calls", "events"), ("direct", "direct_events"), ("errors", "errors"))
    }
    found: QuerySet[Any, Any] = rows.annotate(**sums)
    return found


def with_owners(rows: Any) -> QuerySet[Any, Any]:
    """The same with iam_user (its key here) and owner (a name), when they are known."""
    user = IamUser.objects.filter(arn=OuterRef("arn")).order_by("gone_at")
    link = IamUserLink.objects.filter(iam_user_arn=OuterRef("arn"))
    found: QuerySet[Any, Any] = rows.annotate(
        iam_user=Subquery(user.values("pk")[:1]),
        owner=Subquery(link.values("person__name")[:1]),
        owner_email=Subquery(link.values("person__email")[:1]),
        owner_pk=Subquery(link.values("person")[:1]),
    )
    return found


def listed(scope: Scope, keys: Sequence[int]) -> list[Any]:
    """These actors with all of it, in the order of the keys. One query."""
    rows = with_calls(scope, with_owners(identities(scope))).filter(pk__in=keys)
    found = {row.pk: row for row in rows}
    return [found[key] for key in keys if key in found]


@dataclass(frozen=True, slots=True)
class Origin:
    """From where and with what, in words, and how many calls."""

    words: str
    events: int


def origins(scope: Scope, actor_ids: Iterable[int]) -> dict[int, list[Origin]]:
    """By actor, most calls first. Origins are kept by day, not by account. One query."""
    first, last = scope.window.first, scope.window.last
    rows = UsageOrigin.objects.visible_to(scope.viewer).filter(actor_id__in=list(actor_ids))
    sums = (
        rows.filter(day__range=(first, last))
        .order_by()
        .values_list("actor_id", "network", "agent_family")
        .annotate(calls=Sum("events"))
        .order_by("actor_id", F("calls").desc(), "network", "agent_family")
    )
    found: dict[int, list[Origin]] = defaultdict(list)
    for actor_id, network, family, calls in sums:
        found[actor_id].append(Origin(origin(network, family), int(calls)))
    return found


def add_origins(scope: Scope, rows: Iterable[Any]) -> None:
    """Each actor gets `origins`. One query."""
    found = origins(scope, [row.pk for row in rows])
    for row in rows:
        row.origins = found.get(row.pk, [])


def corrections(scope: Scope) -> QuerySet[UsageCorrection]:
    """Changes to closed days of the window, newest first."""
    rows = UsageCorrection.objects.filter(day__range=(scope.window.first, scope.window.last))
    rows = rows.filter(account_id=scope.account_id) if scope.account_id else rows
    return rows.order_by("-at", "-pk")
