"""Rows -> what those who were cut over meet: refusals over the new path, live sessions, and how far
the logs were read. Nine queries, whatever the number of people.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from inventory.cloudtrail.records import Path
from inventory.models import AwsAccount, DailyUsage, UsageCoverage
from migrations_plan.gather.hindsight import Tried, outcome
from migrations_plan.gather.plan import calendar_of
from migrations_plan.gather.watching import tails_of
from migrations_plan.gather.wave_users import account_of
from migrations_plan.models import (
    ForecastLine,
    ForecastVerdict,
    Handout,
    Person,
    PersonState,
    Plan,
    WaveMember,
)
from migrations_plan.policy.actions import needed_actions
from migrations_plan.policy.calls import action_of
from migrations_plan.policy.housekeeping import is_refusal
from migrations_plan.rules.watching import Tail

MOST_ROWS = 300
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


@dataclass(frozen=True, slots=True)
class ReadUntil:
    """How far the logs of an account were read. at None: nothing vouches for any time."""

    account_id: str
    account: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """refusals: newest first. read: the account that was read least far first. users: names of
    IAM users by ARN."""

    people: Sequence[OnBoard]
    refusals: Sequence[Refusal]
    more: int
    tails: Sequence[tuple[Tail, str]]
    read: Sequence[ReadUntil]

    @property
    def blocked(self) -> int:
        """People with a refusal."""
        return len({one.who.person.pk for one in self.refusals})

    @property
    def regressed(self) -> list[OnBoard]:
        """Whose old path is in use again."""
        return [one for one in self.people if one.standing and one.standing.state == "regressed"]

    @property
    def read_until(self) -> datetime | None:
        """Up to when all logs in question were read; None: not known."""
        return self.read[0].at if self.read else None


def board(plan: Plan, now: datetime) -> Board:
    """Everything of a plan's standby board."""
    handouts = list(plan.handouts.filter(withdrawn_at=None).exclude(started_at=None))
    people = _people(plan, handouts, now)
    names = dict(AwsAccount.objects.values_list("account_id", "name"))
    owners = {
        one["arn"]: one["person"] or one["arn"].rsplit("/", 1)[-1]
        for handout in handouts
        for one in handout.users
    }
    refusals = _refusals({one.person.pk: one for one in people}, names)
    places = {account_of(arn) for arn in owners} | {one.account_id for one in refusals}
    tails = [(one, owners[one.arn]) for one in tails_of(list(owners), now)]
    return Board(
        people,
        refusals[:MOST_ROWS],
        max(len(refusals) - MOST_ROWS, 0),
        tails,
        _read(places, names, now),
    )


def _people(plan: Plan, handouts: Sequence[Handout], now: datetime) -> list[OnBoard]:
    """Of scripts that ran, and of waves whose day has come. Two queries."""
    on = calendar_of(plan)
    found: dict[int, OnBoard] = {}
    due = WaveMember.objects.filter(
        plan=plan, kind="person", wave__cutover_on__lte=on.date_of(now)
    ).select_related("person__standing", "wave")
    for member in due:
        since = on.instant(member.wave.cutover_on, time.min)
        found[member.person_id] = _on_board(member.person, since, member.wave.name, ran=False)
    ran: dict[int, tuple[datetime, str]] = {}
    for handout in handouts:
        name = handout.scripts[0]["wave"] if handout.scripts else ""
        for pk in {one.get("person_id") for one in handout.users} - {None}:
            at = handout.started_at or now
            ran[pk] = min(ran.get(pk, (at, name)), (at, name))
    for person in Person.objects.filter(pk__in=list(ran)).select_related("standing"):
        found[person.pk] = _on_board(person, *ran[person.pk], ran=True)
    return sorted(found.values(), key=lambda one: (str(one.person), one.person.pk))


def _on_board(person: Person, since: datetime, wave: str, *, ran: bool) -> OnBoard:
    return OnBoard(person, since, ran, wave, getattr(person, "standing", None))


@dataclass(slots=True)
class _Call:
    """An action as it was refused, and whether it passed as well."""

    tried: Tried
    error: str = ""
    refused_at: datetime | None = None


def _refusals(people: Mapping[int, OnBoard], names: Mapping[str, str]) -> list[Refusal]:
    """Three queries."""
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


def _read(account_ids: Collection[str], names: Mapping[str, str], now: datetime) -> list[ReadUntil]:
    """The region of each account that was read least far decides. One query."""
    rows = UsageCoverage.objects.filter(
        account_id__in=list(account_ids), day__gte=(now - timedelta(days=1)).date()
    )
    regions = rows.order_by().values_list("account_id", "region").annotate(Max("read_through"))
    through: dict[str, list[datetime | None]] = {}
    for account_id, _region, at in regions:
        through.setdefault(account_id, []).append(at)
    found = [ReadUntil(pk, names.get(pk) or pk, _least(through.get(pk, ()))) for pk in account_ids]
    return sorted(found, key=lambda one: (one.at is not None, one.at or now, one.account_id))


def _least(ends: Iterable[datetime | None]) -> datetime | None:
    known = list(ends)
    times = [one for one in known if one is not None]
    return min(times) if times and len(times) == len(known) else None
