"""The forecast as rows: one for each person, account and action, the worst of its lines first."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from migrations_plan.models import ForecastLine
from migrations_plan.passes.forecast_rows import RANK

Row = dict[str, Any]
COLUMNS = (
    "person", "name", "account_id", "action", "decision", "explicit", "permission_set", "policy",
    "statement", "sentence", "regions", "resources", "resource_count", "events", "allowed_events",
    "denied_events", "unknown_events", "refused_before_events", "last_seen", "changes",
)  # fmt: skip
# Of single lines, as the pages list them.
HEADER = (
    "person", "name", "against", "account_id", "action", "decision", "refused_before", "calls",
    "last_at", "region", "permission_set", "policy", "statement", "sentence", "resources",
    "resource_count", "changes",
)  # fmt: skip
CHUNK = 2000


def ordered(lines: QuerySet[ForecastLine]) -> QuerySet[ForecastLine]:
    """As rows() needs them."""
    found = lines.select_related("person")
    return found.order_by("person__email", "person_id", "account_id", "action", "pk")


def rows(lines: QuerySet[ForecastLine]) -> Iterator[Row]:
    """In the order of persons, accounts and actions. One query."""
    listed = ordered(lines).iterator(chunk_size=CHUNK)
    for _, group in groupby(listed, key=lambda row: (row.person_id, row.account_id, row.action)):
        yield _row(list(group))


def _row(lines: Sequence[ForecastLine]) -> Row:
    """Lines that weigh come before those that AWS refused before."""
    first = max(lines, key=lambda one: (not one.refused_before, RANK[one.decision], one.events))
    same = [one for one in lines if one.refused_before == first.refused_before]
    worst = [one for one in same if one.decision == first.decision]
    return {
        "person": first.person.email or None,
        "name": first.person.name,
        "account_id": first.account_id,
        "action": first.action,
        "decision": first.decision,
        "explicit": first.explicit,
        "permission_set": first.permission_set or None,
        "policy": first.policy or None,
        "statement": first.statement or None,
        "sentence": first.sentence,
        "regions": sorted({one.region for one in same if one.region}),
        "resources": sorted({arn for one in worst for arn in one.resources}),
        "resource_count": sum(one.resource_count for one in worst),
        "events": sum(one.events for one in lines),
        "allowed_events": _events(lines, "allowed"),
        "denied_events": _events(lines, "denied"),
        "unknown_events": _events(lines, "unknown"),
        "refused_before_events": sum(one.events for one in lines if one.refused_before),
        "last_seen": max(one.last_at for one in lines),
        "changes": [change for one in worst for change in one.changes],
    }


def _events(lines: Iterable[ForecastLine], decision: str) -> int:
    return sum(one.events for one in lines if one.decision == decision and not one.refused_before)


def csv_rows(rows: QuerySet[ForecastLine]) -> Iterator[tuple[Any, ...]]:
    """One query."""
    for row in rows.iterator(chunk_size=CHUNK):
        yield (
            row.person.email or None, row.person.name, row.against, row.account_id, row.action,
            row.decision, row.refused_before, row.events, row.last_at, row.region,
            row.permission_set or None, row.policy or None, row.statement or None, row.sentence,
            row.resources, row.resource_count, row.changes,
        )  # fmt: skip
