"""Writes what a pass of forecasts found: only the rows that differ from those of the last pass."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from inventory.saving import bulk
from migrations_plan.models import (
    Against,
    ForecastDecision,
    ForecastLine,
    ForecastSummary,
    ForecastVerdict,
)
from migrations_plan.policy.additions import Addition
from migrations_plan.policy.forecast import Line

LIVE, TARGET = Against.LIVE.value, Against.TARGET.value
ASSIGNMENT = "assignment"
# The worst of several lines about one action decides.
RANK = {
    ForecastDecision.NOT_NEEDED.value: 0,
    ForecastDecision.ALLOWED.value: 1,
    ForecastDecision.UNKNOWN.value: 2,
    ForecastDecision.DENIED.value: 3,
}
MOST_ACTION, MOST_POLICY = 320, 256


class Made(NamedTuple):
    """A line, whose it is, and against which access."""

    person_id: int
    against: str
    line: Line


def changes_of(line: Line) -> list[dict[str, Any]]:
    """What would have to change, as the pages show it. A statement to add names every resource."""
    if line.verdict.value != ForecastDecision.DENIED:
        return []
    if not line.changes:
        sentence = f"assign a permission set that allows {line.action} in {line.account_id}"
        return [_change(ASSIGNMENT, line, sentence, None)]
    return [
        _change(one.layer.name, line, one.sentence(), _statement(one, line)) for one in line.changes
    ]


def _change(
    place: str, line: Line, sentence: str, statement: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "place": place,
        "permission_set": line.permission_set,
        "sentence": sentence,
        "statement": statement,
    }


def _statement(one: Addition, line: Line) -> dict[str, Any] | None:
    statement: dict[str, Any] | None = one.statement()
    if statement is None or line.count < 2:
        return statement
    # More than are named: the longest beginning that they share.
    listed: Any = list(line.resources)
    if line.count > len(line.resources):
        listed = f"{_shared_beginning(line.resources)}*"
    return statement | {"Resource": listed}


def _shared_beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    for place, sign in enumerate(first):
        if place >= len(last) or last[place] != sign:
            return first[:place]
    return first


def _row(made: Made) -> ForecastLine:
    line = made.line
    row = ForecastLine(
        person_id=made.person_id,
        against=made.against,
        account_id=line.account_id,
        service=line.action.partition(":")[0][:64],
        action=line.action[:MOST_ACTION],
        event_source=line.event_source,
        event_name=line.event_name,
        region=line.region,
        decision=line.verdict.value,
        refused_before=line.refused_before,
        sentence=line.sentence,
        permission_set=line.permission_set[:64],
        policy=line.policy[:MOST_POLICY],
        statement=line.statement,
        explicit=line.explicit,
        resources=list(line.resources),
        resource_count=line.count,
        events=line.events,
        last_at=line.last_at,
        changes=changes_of(line),
    )
    row.digest = _digest(row)
    return row


CONTENT = tuple(
    field.attname
    for field in ForecastLine._meta.concrete_fields
    if field.name not in ("id", "person", "against", "digest")
)


def _digest(row: ForecastLine) -> str:
    values = [getattr(row, name) for name in CONTENT]
    return hashlib.sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()


def _of(rows: Any, people: Collection[int] | None) -> Any:
    return rows if people is None else rows.filter(person_id__in=people)


def save_lines(made: Iterable[Made], people: Collection[int] | None) -> int:
    """people: whose lines these are; None: everybody's. Returns how many were new or are gone."""
    wanted = {}
    for one in made:
        row = _row(one)
        wanted[row.person_id, row.against, row.digest] = row
    known = _of(ForecastLine.objects.order_by(), people)
    gone = []
    for pk, *key in known.values_list("pk", "person_id", "against", "digest").iterator():
        if wanted.pop(tuple(key), None) is None:
            gone.append(pk)
    for start in range(0, len(gone), bulk.BATCH):
        ForecastLine.objects.filter(pk__in=gone[start : start + bulk.BATCH]).delete()
    ForecastLine.objects.bulk_create(wanted.values(), batch_size=bulk.BATCH)
    return len(gone) + len(wanted)


Verdict = tuple[str, tuple[str, ...]]


def save_verdicts(made: Iterable[Made], people: Collection[int] | None, now: datetime) -> None:
    """Closes what is forecast otherwise now, or not any more, and opens what is new."""
    wanted = _verdicts(made)
    closed = []
    for row in _of(ForecastVerdict.objects.filter(until=None).order_by(), people):
        key = (row.person_id, row.account_id, row.action)
        if wanted.get(key) == (row.decision, tuple(row.permission_sets)):
            del wanted[key]
        else:
            row.until = now
            closed.append(row)
    bulk.update(ForecastVerdict, closed, ["until"])
    ForecastVerdict.objects.bulk_create(
        (
            ForecastVerdict(
                person_id=person_id, account_id=account_id, action=action,
                decision=decision, permission_sets=list(sets), since=now,
            )
            for (person_id, account_id, action), (decision, sets) in wanted.items()
        ),
        batch_size=bulk.BATCH,
    )  # fmt: skip


def _verdicts(made: Iterable[Made]) -> dict[tuple[int, str, str], Verdict]:
    worst: dict[tuple[int, str, str], str] = {}
    allowing: dict[tuple[int, str, str], set[str]] = defaultdict(set)
    for person_id, against, line in made:
        if against != LIVE:
            continue
        key = (person_id, line.account_id, line.action[:MOST_ACTION])
        decision = line.verdict.value
        worst[key] = max(worst.get(key, decision), decision, key=RANK.__getitem__)
        if decision == ForecastDecision.ALLOWED and line.permission_set:
            allowing[key].add(line.permission_set)
    return {key: (decision, tuple(sorted(allowing[key]))) for key, decision in worst.items()}


SUMMARY = tuple(
    field.name
    for field in ForecastSummary._meta.concrete_fields
    if field.name not in ("id", "person")
)


def save_summaries(rows: Sequence[ForecastSummary]) -> None:
    """One for each person, new or in place of the one before."""
    ForecastSummary.objects.bulk_create(
        rows,
        batch_size=bulk.BATCH,
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=SUMMARY,
    )
