"""The forecast in numbers over everybody, and the few changes that help most people."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from inventory.models import AwsAccount
from migrations_plan.models import ForecastDecision, ForecastLine, ForecastSummary, PortalUser

MOST_CHANGES = 8
# Lines read to say which actions a change is made of; the numbers are counted over all.
MOST_LINES = 3000
MOST_ACTIONS = 12
EVERYTHING = "*"
IDENTITY, BOUNDARY = "identity", "boundary"


@dataclass(frozen=True, slots=True)
class People:
    """People with calls over the old path in the window. denied: at least one call would fail;
    unknown: none certainly, but some may; clean: none. doubtful: of all these, those of whom not
    everything behind the forecast was read whole and fresh. since, made_at None: no forecast yet.
    """

    counted: int
    denied: int
    unknown: int
    clean: int
    doubtful: int
    since: Any
    made_at: datetime | None


def people(viewer: PortalUser, now: datetime) -> People:
    """Two queries."""
    rows = ForecastSummary.objects.visible_to(viewer)
    used = Q(calls__gt=0)
    doubt = ~Q(why="") | Q(stale_after__lte=now)
    # Named apart from the columns, which the aggregates would hide from each other.
    found = rows.aggregate(
        of_all=Count("pk", filter=used),
        of_denied=Count("pk", filter=used & Q(denied__gt=0)),
        of_unknown=Count("pk", filter=used & Q(denied=0, unknown__gt=0)),
        of_clean=Count("pk", filter=used & Q(denied=0, unknown=0)),
        of_doubtful=Count("pk", filter=used & doubt),
    )
    last = rows.order_by("-made_at").values("since", "made_at").first() or {}
    return People(
        counted=found["of_all"],
        denied=found["of_denied"],
        unknown=found["of_unknown"],
        clean=found["of_clean"],
        doubtful=found["of_doubtful"],
        since=last.get("since"),
        made_at=last.get("made_at"),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One permission set in one account ('' as the set: nothing is assigned there), and what to add
    so that people's calls pass. cleared: people of whom nothing else would be denied. statements:
    to copy; others: what must change besides, in words."""

    account_id: str
    account: str
    permission_set: str
    people: int
    cleared: int
    calls: int
    actions: tuple[str, ...]
    hidden: int
    statements: tuple[dict[str, Any], ...]
    others: tuple[str, ...]

    @property
    def policy(self) -> dict[str, Any]:
        """A whole document."""
        return {"Version": "2012-10-17", "Statement": list(self.statements)}


def changes(viewer: PortalUser, names: Mapping[str, str]) -> list[Change]:
    """Those that help most people first. names: of accounts. Three queries."""
    denied = ForecastLine.objects.visible_to(viewer).live().weighing()
    denied = denied.filter(decision=ForecastDecision.DENIED)
    groups = list(
        denied.order_by()
        .values("account_id", "permission_set")
        .annotate(people=Count("person", distinct=True), calls=Sum("events"))
        .order_by("-people", "-calls", "account_id", "permission_set")[:MOST_CHANGES]
    )
    if not groups:
        return []
    wanted = Q()
    for group in groups:
        wanted |= Q(account_id=group["account_id"], permission_set=group["permission_set"])
    columns = ("account_id", "permission_set", "person_id", "action", "changes")
    lines = denied.filter(wanted).order_by("-events", "pk").values(*columns)[:MOST_LINES]
    by_group: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for line in lines:
        by_group[line["account_id"], line["permission_set"]].append(line)
    cleared = _cleared(denied, wanted)
    return [
        _change(group, by_group[group["account_id"], group["permission_set"]], cleared, names)
        for group in groups
    ]


def _cleared(denied: QuerySet[Any], wanted: Q) -> Counter[tuple[str, str]]:
    """By group, the people all of whose denied lines are in it. One query: whoever has denied lines
    in one place only is cleared by one change."""
    places: dict[int, set[tuple[str, str]]] = defaultdict(set)
    people = denied.filter(wanted).order_by().values("person_id")
    rows = denied.filter(person_id__in=people).order_by()
    for person_id, *place in rows.values_list(
        "person_id", "account_id", "permission_set"
    ).distinct():
        places[person_id].add((place[0], place[1]))
    return Counter(next(iter(found)) for found in places.values() if len(found) == 1)


def _change(
    group: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    cleared: Mapping[tuple[str, str], int],
    names: Mapping[str, str],
) -> Change:
    account_id, name = group["account_id"], group["permission_set"]
    calls = Counter(line["action"] for line in lines)
    actions = [action for action, _ in calls.most_common()]
    return Change(
        account_id=account_id,
        account=names.get(account_id) or account_id,
        permission_set=name,
        people=group["people"],
        cleared=cleared.get((account_id, name), 0),
        calls=int(group["calls"]),
        actions=tuple(actions[:MOST_ACTIONS]),
        hidden=max(len(actions) - MOST_ACTIONS, 0),
        statements=_statements(lines),
        others=_others(lines),
    )


def _statements(lines: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """One for what knows no resource or whose resource is not known, one for each list of
    resources: no action gets a resource that only another one needs."""
    actions: dict[tuple[str, ...], set[str]] = defaultdict(set)
    resources: dict[str, set[str]] = defaultdict(set)
    for change in (one for line in lines for one in line["changes"]):
        statement = change["statement"]
        if statement is not None and change["place"] == IDENTITY:
            named = statement["Resource"]
            resources[statement["Action"]] |= {named} if isinstance(named, str) else set(named)
    for action, arns in resources.items():
        key = (EVERYTHING,) if EVERYTHING in arns else tuple(sorted(arns))
        actions[key].add(action)
    return tuple(
        {
            "Effect": "Allow",
            "Action": sorted(listed),
            "Resource": key[0] if len(key) == 1 else list(key),
        }
        for key, listed in sorted(actions.items())
    )


def _others(lines: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What is no addition to the set itself: its boundary, guardrails, a Deny."""
    places: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        for change in line["changes"]:
            if change["place"] == BOUNDARY and change["statement"] is not None:
                places["the permissions boundary must allow them too"].add(line["action"])
            elif change["place"] not in (IDENTITY, "assignment") or (
                change["place"] == IDENTITY and change["statement"] is None
            ):
                places[change["sentence"]].add(line["action"])
    ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(words for words, _ in ranked[:3])


def with_account_names(rows: Iterable[Any], names: Mapping[str, str] | None = None) -> None:
    """Each line gets `account_name`. One query, unless the names are known."""
    listed = list(rows)
    if names is None:
        known = AwsAccount.objects.filter(pk__in={row.account_id for row in listed})
        names = dict(known.values_list("account_id", "name"))
    for row in listed:
        row.account_name = names.get(row.account_id) or row.account_id


def services(lines: QuerySet[Any]) -> list[str]:
    """What the lines are about, for a filter. One query."""
    return list(lines.order_by("service").values_list("service", flat=True).distinct())


def sets(lines: QuerySet[Any]) -> list[str]:
    """Which permission sets decide. One query."""
    named = lines.exclude(permission_set="").order_by("permission_set")
    return list(named.values_list("permission_set", flat=True).distinct())


def accounts() -> list[tuple[str, str]]:
    """(id, name) of every account, for a filter. One query."""
    return AwsAccount.objects.order_by("name", "account_id").named()


def with_forecasts(rows: Iterable[Any], viewer: PortalUser) -> None:
    """Each request gets `line`: the heaviest line that now stands for its action; None: there is no
    such call in the window any more. One query."""
    listed = list(rows)
    wanted = {"person_id__in": {row.person_id for row in listed}}
    wanted["action__in"] = {row.action for row in listed}
    lines = ForecastLine.objects.visible_to(viewer).live().weighing().filter(**wanted)
    found = {
        (line.person_id, line.account_id, line.action): line for line in lines.order_by("events")
    }
    for row in listed:
        row.line = found.get((row.person_id, row.account_id, row.action))
