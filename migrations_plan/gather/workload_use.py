"""What one program was seen doing, and the policy that follows from it. Nine queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet, Sum

from inventory.cloudtrail.records import Credential, Path
from inventory.models import DailyUsage, UsageActor, UsageResource
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage
from inventory.words import counted
from migrations_plan.artefacts.least_privilege import Use, Used
from migrations_plan.models import thresholds
from migrations_plan.policy.actions import needed_actions
from migrations_plan.policy.resources import judged_resources
from migrations_plan.rules.usage_days import last_days

MOST_RESOURCES = 12
OPERATION = ("operation__event_source", "operation__event_name")
Op = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Called:
    """One operation. resources: the first of them; more: how many others. failed: of the calls."""

    source: str
    name: str
    calls: int
    failed: int
    resources: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Seen:
    """All of it. use: what the policy is made from. unknown: what is not known, in sentences.
    region: where most calls went; ''. days, whole_days: of the window that are over, and of these
    the wholly read."""

    called: tuple[Called, ...]
    use: Use | None
    unknown: tuple[str, ...]
    region: str
    days: int
    whole_days: int

    @property
    def whole(self) -> bool:
        """Every day of the window was wholly read."""
        return self.days > 0 and self.days == self.whole_days


def seen(user_arn: str, name: str, account_id: str, now: datetime) -> Seen:
    """Of one IAM user in the window."""
    window = last_days(thresholds().window_days, now.date())
    actors = UsageActor.objects.filter(path=Path.OLD, arn=user_arn).order_by()
    direct = set(actors.exclude(credential=Credential.ROLE).values_list("pk", flat=True))
    inside = {
        "actor__arn": user_arn,
        "actor__path": Path.OLD,
        "day__range": (window.first, window.last),
    }
    counts, overflow, lasts = _counts(inside)
    resources = _resources(inside)
    told = coverage([account_id], window.over[0], window.over[-1]) if window.over else []
    days = [day for one in told for day in one.days]
    whole = sum(day.state == Coverage.COVERED for day in days)
    own = {key: n for key, n in counts.items() if key[0] in direct and not key[4]}
    uses, unmapped = _used(own, resources, overflow)
    unknown = [
        *_unread(len(days), whole, data_events=bool(days) and days[-1].data_events is True),
        *_not_mapped(unmapped),
        *_through_roles(counts, direct),
    ]
    at = max(lasts, default=None)
    use = Use(name, tuple(uses), window.first, window.last, at, tuple(unknown)) if at else None
    return Seen(
        tuple(_called(counts, resources)),
        use if uses else None,
        tuple(unknown),
        _region(counts),
        len(days),
        whole,
    )


# (actor, source, name, region, error) -> calls
Counts = dict[tuple[int, str, str, str, str], int]
Resources = Mapping[tuple[int, str, str], set[str]]


def _counts(
    inside: Mapping[str, Any],
) -> tuple[Counts, set[tuple[int, str, str]], list[datetime]]:
    """With the operations of which not every resource was kept, and when calls were last made. One
    query."""
    rows: QuerySet[Any] = DailyUsage.objects.filter(**inside).order_by()
    columns = ("actor_id", *OPERATION, "operation__region", "operation__error")
    counts: Counts = defaultdict(int)
    cut = set()
    lasts = []
    for overflow, actor, source, name, region, error, events, last in rows.values_list(
        "resources_overflow", *columns
    ).annotate(Sum("events"), Max("last_at")):
        lasts.append(last)
        counts[actor, source, name, region, error] += int(events)
        if overflow:
            cut.add((actor, source, name))
    return counts, cut, lasts


def _resources(inside: Mapping[str, Any]) -> Resources:
    found: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    rows: QuerySet[Any] = UsageResource.objects.filter(**inside).order_by()
    for actor, source, name, arn in rows.values_list(
        "actor_id", *OPERATION, "resource__arn"
    ).distinct():
        found[actor, source, name].add(arn)
    return found


def _used(
    counts: Counts, resources: Resources, overflow: set[tuple[int, str, str]]
) -> tuple[list[Used], set[Op]]:
    """What is needed, and the operations of which nobody knows what they need."""
    together: dict[tuple[str, str | None], int] = defaultdict(int)
    unmapped: set[Op] = set()
    for (actor, source, name, _, _), events in counts.items():
        needed = needed_actions(source, name)
        if needed is None:
            unmapped.add((source, name))
            continue
        arns = resources.get((actor, source, name), set())
        for action in (*needed.actions, *needed.perhaps):
            judged = None if (actor, source, name) in overflow else judged_resources(action, arns)
            for resource in judged or (None,):
                together[action, resource] += events
    ordered = sorted(together.items(), key=lambda item: (item[0][0], str(item[0][1])))
    return [Used(action, resource, n) for (action, resource), n in ordered], unmapped


def _called(counts: Counts, resources: Resources) -> Iterable[Called]:
    calls: dict[Op, list[int]] = defaultdict(lambda: [0, 0])
    for (_, source, name, _, error), events in counts.items():
        calls[source, name][0] += events
        calls[source, name][1] += events if error else 0
    named: dict[Op, set[str]] = defaultdict(set)
    for (_, source, name), arns in resources.items():
        named[source, name] |= arns
    for (source, name), (n, failed) in sorted(
        calls.items(), key=lambda item: (-item[1][0], item[0])
    ):
        listed = sorted(named[source, name])
        shown = tuple(listed[:MOST_RESOURCES])
        yield Called(source, name, n, failed, shown, len(listed) - len(shown))


def _region(counts: Counts) -> str:
    by_region: dict[str, int] = defaultdict(int)
    for (_, _, _, region, _), events in counts.items():
        by_region[region] += events
    by_region.pop("", None)
    return max(sorted(by_region), key=lambda one: by_region[one], default="")


def _unread(days: int, whole: int, *, data_events: bool) -> Iterable[str]:
    if whole < days or not days:
        yield (
            f"Of the account's log {whole} of {counted(days, 'day')} were wholly read: it may have "
            "done more."
        )
    if not data_events:
        yield (
            "Whether data events are logged is not known, or they are not: reads and writes of "
            "objects in S3 and the like are perhaps not seen."
        )


def _not_mapped(unmapped: set[Op]) -> Iterable[str]:
    if unmapped:
        named = ", ".join(f"{source.partition('.')[0]} {name}" for source, name in sorted(unmapped))
        yield f"Which permission these need is not known, so the policy lacks them: {named}."


def _through_roles(counts: Counts, direct: set[int]) -> Iterable[str]:
    through = sum(n for key, n in counts.items() if key[0] not in direct)
    if through:
        yield (
            f"{counted(through, 'call')} went through a role that it assumed: that role keeps its "
            "own policy, and the new role needs sts:AssumeRole on it."
        )
