"""Rows -> what people were refused over the new path since they were cut over, with what the
forecast had said and the least that would allow it. Three queries, whatever the number of people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import DailyUsage
from migrations_plan.gather.hindsight import Tried, outcome
from migrations_plan.models import ForecastLine, ForecastVerdict, Person, PersonState
from migrations_plan.policy.actions import needed_actions
from migrations_plan.policy.calls import action_of
from migrations_plan.policy.housekeeping import is_refusal

# As gather.hindsight names what came of a call, in words.
SAID = {
    "hits": "forecast: denied",
    "false_alarms": "forecast: denied, and it passed too",
    "passed": "forecast: allowed; it passed too",
    "misses": "forecast: allowed, so it was missed",
    "other_set": "forecast: another set allows it",
    "undecided": "forecast: unknown",
    "unforeseen": "not forecast: never called over the old path",
}
NOT_NEEDED_HERE = "not forecast; it passed too"
Place = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class OnBoard:
    """Somebody who was cut over, or is to be today. since: from when on refusals are theirs to
    tell. ran: their scripts ran. standing: as last assessed; None: never."""

    person: Person
    since: datetime
    ran: bool
    wave: str
    standing: PersonState | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action in an account that somebody was refused. events: of the day, so that some may be
    from before. said: what the forecast had said; addition, statement: the least that would allow
    it; '' and None where that is not an addition."""

    who: OnBoard
    account_id: str
    account: str
    action: str
    permission_sets: tuple[str, ...]
    events: int
    last_at: datetime
    error: str
    said: str
    missed: bool
    addition: str
    statement: Mapping[str, Any] | None


@dataclass(slots=True)
class _Call:
    """An action as it was refused, and whether it passed as well."""

    tried: Tried
    error: str = ""
    refused_at: datetime | None = None


def refusals(people: Mapping[int, OnBoard], names: Mapping[str, str]) -> list[Refusal]:
    """Newest first. people: by their key; names: of accounts. Three queries."""
    calls = {place: call for place, call in _calls(people).items() if call.refused_at is not None}
    pks, actions = {pk for pk, _, _ in calls}, {action for _, _, action in calls}
    held: dict[Place, ForecastVerdict] = {}
    rows = ForecastVerdict.objects.filter(person__in=pks, action__in=actions)
    for row in rows.order_by("since", "pk"):
        place = (row.person_id, row.account_id, row.action)
        first = calls[place].tried.first_at if place in calls else None
        if place not in held or (first is not None and row.since <= first):
            held[place] = row
    lines = ForecastLine.objects.live().filter(person__in=pks, action__in=actions)
    changes: dict[Place, list[Mapping[str, Any]]] = {}
    for line in lines.filter(decision="denied").order_by("-events", "pk"):
        place = (line.person_id, line.account_id, line.action)
        changes.setdefault(place, list(line.changes))
    found = [
        _refusal(place, call, people[place[0]], held.get(place), changes.get(place, ()), names)
        for place, call in calls.items()
    ]
    return sorted(found, key=lambda one: (one.last_at, one.action), reverse=True)


def _calls(people: Mapping[int, OnBoard]) -> dict[Place, _Call]:
    """What they tried over the new path since, summed by the database. One query."""
    by_user = {
        one.person.identity_center_user_id: pk
        for pk, one in people.items()
        if one.person.identity_center_user_id
    }
    if not by_user:
        return {}
    first = min(one.since for one in people.values()).date()
    rows: QuerySet[Any] = DailyUsage.objects.filter(
        actor__path=Path.NEW, actor__user_id__in=list(by_user), day__gte=first
    ).order_by()
    columns = ("actor__user_id", "actor__permission_set", "account_id")
    operation = ("operation__event_source", "operation__event_name", "operation__error")
    found: dict[Place, _Call] = {}
    for (
        user_id,
        set_name,
        account_id,
        source,
        name,
        error,
        _day,
        events,
        begun,
        last,
    ) in rows.values_list(*columns, *operation, "day").annotate(
        Sum("events"), Min("first_at"), Max("last_at")
    ):
        pk = by_user[user_id]
        if last < people[pk].since:
            continue
        action = action_of(source, name, needed_actions(source, name))
        call = found.setdefault((pk, account_id, action), _Call(Tried()))
        refused = is_refusal(error)
        call.tried.add(int(events), begun, last, set_name, refused=refused)
        if refused and (call.refused_at is None or last > call.refused_at):
            call.refused_at, call.error = last, error
    return found


def _refusal(
    place: Place,
    call: _Call,
    who: OnBoard,
    held: ForecastVerdict | None,
    changes: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> Refusal:
    _, account_id, action = place
    sets = tuple(sorted(call.tried.sets))
    word = outcome(call.tried, held.decision if held else "", held.permission_sets if held else ())
    addition, statement = _addition(action, sets, held, changes, word)
    assert call.refused_at is not None
    return Refusal(
        who,
        account_id,
        names.get(account_id) or account_id,
        action,
        sets,
        call.tried.refused,
        call.refused_at,
        call.error,
        SAID.get(word, NOT_NEEDED_HERE),
        word == "misses",
        addition,
        statement,
    )


def _addition(
    action: str,
    sets: Sequence[str],
    held: ForecastVerdict | None,
    changes: Sequence[Mapping[str, Any]],
    word: str,
) -> tuple[str, Mapping[str, Any] | None]:
    """What the forecast found to be the least; else the action, in the set that was tried."""
    if changes:
        of = changes[0].get("permission_set") or ""
        sentence = f"{changes[0]['sentence']}{f' of {of}' if of else ''}"
        return sentence, changes[0].get("statement")
    if word == "other_set" and held is not None:
        return f"use {' or '.join(held.permission_sets)}, which allows it", None
    where = " or ".join(sets) or "a permission set that is assigned here"
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    if ":" not in action:
        return "which action it needs is not known", None
    return f"allow {action} in {where}, if no deny and no guardrail forbids it", statement
