"""Everybody on the old path in an order, without reading each credential's days one by one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from inventory.cloudtrail.records import Path
from inventory.models import ActorDay, ActorSums, SummedWindow, UsageActor
from inventory.usage.actor_sums import valid_window
from migrations_plan.gather import usage
from migrations_plan.gather.usage import Scope

# By the word in ?sort=, the columns that decide.
SORTS: dict[str, tuple[str, ...]] = {
    "identity": ("arn",),
    "calls": ("calls", "arn"),
    "seen": ("last_day", "seen", "arn"),
}
# PostgreSQL adds up such numbers as numeric, which is slow to put in order.
EVENTS = "CAST(SUM(events) AS bigint)"
# What a column is made of: of the days, of sums, and of both.
COLUMNS = {
    "calls": (EVENTS, EVENTS, "COALESCE(late.calls, 0) + COALESCE(early.calls, 0)"),
    "last_day": ("MAX(day)", "MAX(last_day)", "COALESCE(late.last_day, early.last_day)"),
    "seen": ("MAX(succeeded_at)", "MAX(succeeded_at)", "COALESCE(late.seen, early.seen)"),
}
# Each side is summed up before they meet: of a union PostgreSQL does not know how many actors it
# has, and then looks each one up. What is counted is of later days than what has sums.
COUNTED = """
LEFT JOIN (
    SELECT actor_id{columns} FROM {days} WHERE {when}{where} GROUP BY actor_id
) late ON late.actor_id = actor.id"""
SUMMED = """
LEFT JOIN (
    SELECT actor_id{columns} FROM {sums} WHERE days = %s{where} GROUP BY actor_id
) early ON early.actor_id = actor.id"""
USED = """
SELECT actor.id, actor.arn{columns} FROM {actors} actor{joins}
WHERE actor.path = %s AND {somewhere}"""
RANKED = "SELECT id FROM ({used}) used ORDER BY {order}, id"
LATEST = """
WITH used AS ({used})
SELECT id, (SELECT COUNT(*) FROM (SELECT arn FROM used GROUP BY arn) every) FROM used
ORDER BY last_day DESC, arn, id LIMIT %s"""
# Where there are sums: whoever was there on the newest day is among the latest, and mostly there
# are enough of them. Only where there are not, everybody's last day is looked for.
NEWEST = """
WITH newest AS (
    SELECT actor.id, actor.arn FROM (
        SELECT DISTINCT actor_id FROM {days}
        WHERE day = (SELECT MAX(day) FROM {days} WHERE {when}{where}){where}
    ) there JOIN {actors} actor ON actor.id = there.actor_id
    WHERE actor.path = %s ORDER BY actor.arn, actor.id LIMIT %s
), every_identity AS (
    SELECT arn FROM {actors} actor WHERE path = %s AND CASE
        WHEN id IN (SELECT actor_id FROM {sums} WHERE days = %s{where}) THEN 1 = 1
        ELSE EXISTS (SELECT 1 FROM {days} WHERE actor_id = actor.id AND {when}{where})
    END GROUP BY arn
)
SELECT id, (SELECT COUNT(*) FROM every_identity), NULL AS last_day, arn FROM newest
WHERE (SELECT COUNT(*) FROM newest) = %s
UNION ALL
SELECT id, (SELECT COUNT(*) FROM every_identity), last_day, arn FROM (
    SELECT id, last_day, arn FROM ({used}) used ORDER BY last_day DESC, arn, id LIMIT %s
) latest WHERE (SELECT COUNT(*) FROM newest) < %s
ORDER BY last_day DESC, arn, id"""


def ranked(scope: Scope, sort: str) -> list[int]:
    """Keys of the actors that used the old path in the window; sort: one of SORTS, with '-' in
    front for descending. What is not known comes last. Two queries at most. For readers who see
    everything: a scope with actors has only those that its viewer may see."""
    used, values = _used(scope, _window(scope), SORTS[sort.removeprefix("-")])
    with connection.cursor() as cursor:
        cursor.execute(RANKED.format(used=used, order=_order(sort)), values)
        return [pk for (pk,) in cursor.fetchall()]


def latest(scope: Scope, most: int) -> tuple[list[int], int]:
    """Keys of so many actors whose last day on the old path is the latest, and how many identities
    used it in the window. Two queries at most. For readers who see everything, as above."""
    summed = _window(scope)
    if summed is None and scope.actors is None and not scope.account_id:
        every = usage.last_days_used(scope)
        return [pk for _, _, pk in every[:most]], len({arn for _, arn, _ in every})
    used, values = _used(scope, summed, ["last_day"])
    statement = LATEST.format(used=used)
    values = [*values, most]
    if summed:
        statement, values = _newest(scope, summed, used, values)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _newest(
    scope: Scope, summed: SummedWindow, used: str, values: Sequence[Any]
) -> tuple[str, list[Any]]:
    """NEWEST and its values. used, values: everybody with their last day, and how many of them."""
    where, chosen = _where(scope)
    when, days = _days(scope, _after(summed.last))
    old, most = Path.OLD.value, values[-1]
    statement = NEWEST.format(
        used=used,
        days=_table(ActorDay),
        sums=_table(ActorSums),
        actors=_table(UsageActor),
        when=when,
        where=where,
    )
    newest = [*days, *chosen, *chosen, old, most]
    identities = [old, summed.days, *chosen, *days, *chosen]
    return statement, [*newest, *identities, most, *values, most]


def _used(
    scope: Scope, summed: SummedWindow | None, columns: Iterable[str]
) -> tuple[str, list[Any]]:
    """SQL of id, arn and these columns of everybody on the old path, and its values."""
    made = {name: COLUMNS[name] for name in COLUMNS if name in columns}
    where, chosen = _where(scope)
    when, days = _days(scope, _after(summed.last) if summed else scope.window.first)
    late = _listed({name: of_days for name, (of_days, _, _) in made.items()})
    joins = COUNTED.format(columns=late, days=_table(ActorDay), when=when, where=where)
    values, both, somewhere = (
        [*days, *chosen],
        {n: f"late.{n}" for n in made},
        "late.actor_id IS NOT NULL",
    )
    if summed:
        early = _listed({name: of_sums for name, (_, of_sums, _) in made.items()})
        joins += SUMMED.format(columns=early, sums=_table(ActorSums), where=where)
        values += [summed.days, *chosen]
        both = {name: of_both for name, (_, _, of_both) in made.items()}
        somewhere = "(late.actor_id IS NOT NULL OR early.actor_id IS NOT NULL)"
    used = USED.format(
        columns=_listed(both), actors=_table(UsageActor), joins=joins, somewhere=somewhere
    )
    return used, [*values, Path.OLD.value]


def _listed(columns: Mapping[str, str]) -> str:
    return "".join(f", {made} AS {name}" for name, made in columns.items())


def _days(scope: Scope, first: date) -> tuple[str, list[Any]]:
    """Few rows are of one account: they are looked up day by day."""
    as_date = connection.ops.adapt_datefield_value
    if scope.account_id:
        days = [as_date(day) for day in scope.window.days if day >= first]
        return f"day IN ({_holes(days)})", days
    return "day BETWEEN %s AND %s", [as_date(first), as_date(scope.window.last)]


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


def _holes(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * max(len(values), 1))


def _order(sort: str) -> str:
    direction = "DESC" if sort.startswith("-") else "ASC"
    columns = SORTS[sort.removeprefix("-")]
    return ", ".join(f"{column} {direction} NULLS LAST" for column in columns)


def _table(model: Any) -> str:
    return str(model._meta.db_table)
