"""What people really met over the new path, against what was forecast before they tried.

Cost: four queries for any number of people.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import DailyUsage, UsageActor
from migrations_plan.gather.forecast import Window
from migrations_plan.models import (
    ForecastDecision,
    ForecastHindsight,
    ForecastVerdict,
    Person,
)
from migrations_plan.policy.actions import needed_actions
from migrations_plan.policy.calls import action_of
from migrations_plan.policy.housekeeping import is_refusal

ONLY = 1
MOST_ROWS = 200
HIT, FALSE_ALARM, PASSED, MISS = "hits", "false_alarms", "passed", "misses"
OTHER_SET, UNDECIDED, UNFORESEEN = "other_set", "undecided", "unforeseen"
SHOWN = (MISS, FALSE_ALARM, OTHER_SET, UNFORESEEN)

Key = tuple[int, str, str]


@dataclass(slots=True)
class Tried:
    """One action in one account, as somebody tried it over the new path."""

    passed: int = 0
    refused: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    sets: set[str] = field(default_factory=set)

    def add(
        self, events: int, first: datetime, last: datetime, name: str, *, refused: bool
    ) -> None:
        """More calls of the same."""
        self.passed += 0 if refused else events
        self.refused += events if refused else 0
        self.first_at = min(first, self.first_at or first)
        self.last_at = max(last, self.last_at or last)
        if refused and name:
            self.sets.add(name)


def save_hindsight(now: datetime, days: Window) -> ForecastHindsight:
    """All of it, as one row."""
    verdicts = _verdicts()
    listed = _people(verdicts)
    people = {pk: name for pk, name, _ in listed}
    calls = tried({user_id: pk for pk, _, user_id in listed}, days)
    counts: Counter[str] = Counter()
    rows = []
    for key, one in calls.items():
        known = verdicts.get(key[0], {}).get(key[1:], [])
        before = [row for row in known if one.first_at and row.since <= one.first_at]
        held = before[-1] if before else known[0] if known else None
        kind = outcome(one, held.decision if held else "", held.permission_sets if held else ())
        if not kind:
            continue
        counts[kind] += 1
        counts["afterwards"] += held is not None and not before
        if kind in SHOWN:
            rows.append(_row(key, one, kind, people[key[0]], held))
    rows.sort(key=lambda row: (SHOWN.index(row["kind"]), -row["refused"], row["person"]))
    names = (HIT, FALSE_ALARM, PASSED, MISS, OTHER_SET, UNDECIDED, UNFORESEEN, "afterwards")
    row, _ = ForecastHindsight.objects.update_or_create(
        pk=ONLY,
        defaults={
            "since": days.first,
            "made_at": now,
            "people": len({key[0] for key in calls}),
            "rows": rows[:MOST_ROWS],
            **{name: counts[name] for name in names},
        },
    )
    return row


def outcome(one: Tried, decision: str, sets: Collection[str]) -> str:
    """Which of the cases it is; '' for what was neither forecast nor refused. What passed once is
    allowed; of what was only refused the set that was tried matters, for a session has one."""
    if decision in ("", ForecastDecision.NOT_NEEDED):
        return UNFORESEEN if one.refused and not one.passed else ""
    if decision == ForecastDecision.UNKNOWN:
        return UNDECIDED
    if decision == ForecastDecision.DENIED:
        return FALSE_ALARM if one.passed else HIT
    if one.passed:
        return PASSED
    return MISS if one.sets.intersection(sets) or not sets or not one.sets else OTHER_SET


def _verdicts() -> dict[int, dict[tuple[str, str], list[ForecastVerdict]]]:
    """By person, account and action, oldest first. One query."""
    found: dict[int, dict[tuple[str, str], list[ForecastVerdict]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in ForecastVerdict.objects.order_by("since", "pk"):
        found[row.person_id][row.account_id, row.action].append(row)
    return found


def _people(verdicts: Mapping[int, Any]) -> list[tuple[int, str, str]]:
    rows = Person.objects.exclude(identity_center_user_id=None).order_by("pk")
    return [
        (person.pk, str(person), person.identity_center_user_id or "")
        for person in rows
        if person.pk in verdicts
    ]


def tried(person_of: Mapping[str, int], days: Window) -> dict[Key, Tried]:
    """What these identity store users called over the new path, by person. Two queries."""
    actors = {
        pk: (person_of[user_id], name)
        for pk, user_id, name in UsageActor.objects.filter(path=Path.NEW)
        .exclude(user_id="")
        .values_list("pk", "user_id", "permission_set")
        if user_id in person_of
    }
    rows: QuerySet[Any] = DailyUsage.objects.filter(
        actor__path=Path.NEW, day__range=(days.first, days.last)
    ).exclude(actor__user_id="")
    operation = ("event_source", "event_name", "error")
    found: dict[Key, Tried] = defaultdict(Tried)
    for actor_id, account_id, source, name, error, events, first, last in (
        rows.order_by()
        .values_list("actor_id", "account_id", *(f"operation__{part}" for part in operation))
        .annotate(Sum("events"), Min("first_at"), Max("last_at"))
    ):
        if actor_id in actors:
            person_id, set_name = actors[actor_id]
            action = action_of(source, name, needed_actions(source, name))
            found[person_id, account_id, action].add(
                int(events), first, last, set_name, refused=is_refusal(error)
            )
    return found


def _row(
    key: Key, one: Tried, kind: str, person: str, held: ForecastVerdict | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "person_id": key[0],
        "person": person,
        "account_id": key[1],
        "action": key[2],
        "permission_sets": sorted(one.sets),
        "allowed_by": held.permission_sets if held else [],
        "forecast": held.decision if held else None,
        "refused": one.refused,
        "passed": one.passed,
        "last_at": one.last_at,
    }
