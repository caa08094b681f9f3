"""Everybody on the old path in an order, without reading each credential's days one by one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from inventory.cloudtrail.records import Path
from inventory.models import ActorDay, ActorSums, SummedWindow, UsageActor
from inventory.usage.actor_sums import valid_window
from migrations_plan.gather.usage import Scope

# By the word in ?sort=, the columns that decide.
SORTS: dict[str, tuple[str, ...]] = {
    "identity": ("arn",),
    "calls": ("calls", "arn"),
    "seen": ("last_day", "seen", "arn"),
}
SUMMED = """
SELECT actor_id, events, last_day, succeeded_at FROM {sums} WHERE days = %s{where} UNION ALL """
COUNTED = """
SELECT actor_id, events, day AS last_day, succeeded_at FROM {days}
WHERE day BETWEEN %s AND %s{where}"""
RANKED = """
SELECT actor.id FROM (
    SELECT actor_id, SUM(events) AS calls, MAX(last_day) AS last_day, MAX(succeeded_at) AS seen
    FROM ({parts}) part GROUP BY actor_id
) one JOIN {actors} actor ON actor.id = one.actor_id
WHERE actor.path = %s ORDER BY {order}, actor.id
"""


def ranked(scope: Scope, sort: str) -> list[int]:
    """Keys of the actors that used the old path in the window; sort: one of SORTS, with '-' in
    front for descending. What is not known comes last. Three queries at most. For readers who see
    everything: a scope with actors has only those that its viewer may see."""
    where, chosen = _where(scope)
    summed = _window(scope)
    parts, values = "", list[Any]()
    first = scope.window.first
    if summed:
        parts, values = SUMMED.format(sums=_table(ActorSums), where=where), [summed.days, *chosen]
        first = _after(summed.last)
    parts += COUNTED.format(days=_table(ActorDay), where=where)
    ends = map(connection.ops.adapt_datefield_value, (first, scope.window.last))
    values += [*ends, *chosen, Path.OLD.value]
    statement = RANKED.format(parts=parts, actors=_table(UsageActor), order=_order(sort))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [pk for (pk,) in cursor.fetchall()]


def _window(scope: Scope) -> SummedWindow | None:
    """Of some actors the days themselves are few."""
    preset = scope.window.preset
    return valid_window(preset, scope.window.today) if preset and scope.actors is None else None


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _where(scope: Scope) -> tuple[str, list[Any]]:
    sql, values = "", list[Any]()
    if scope.account_id:
        sql, values = " AND account_id = %s", [scope.account_id]
    if scope.actors is not None:
        actors = _holes(scope.actors)
        sql, values = f"{sql} AND actor_id IN ({actors})", [*values, *(scope.actors or [0])]
    return sql, values


def _holes(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * max(len(values), 1))


def _order(sort: str) -> str:
    direction = "DESC" if sort.startswith("-") else "ASC"
    columns = SORTS[sort.removeprefix("-")]
    return ", ".join(f"{column} {direction} NULLS LAST" for column in columns)


def _table(model: Any) -> str:
    return str(model._meta.db_table)
