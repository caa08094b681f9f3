"""Rows that are added to: one upsert for every table of counts.

Equal keys meet in one row, whoever adds first: numbers add up, the earlier start and the later end
stay. So the order of additions does not matter, and a negative number takes out what was added.
Django's bulk_create(update_conflicts=True) can only overwrite, hence SQL of our own, made of the
names of our own columns alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


@dataclass(frozen=True)
class Additive:
    """How a table adds up. Columns are named as in the database.

    sums add up; of earliest and latest the lesser and the greater instant stays, and one that is
    not known (None) never wins; either: true once any row said so.
    """

    model: type[models.Model]
    keys: tuple[str, ...]
    sums: tuple[str, ...]
    earliest: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    @cached_property
    def table(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The order of the values in a row."""
        return (*self.keys, *self.sums, *self.earliest, *self.latest, *self.either)

    @cached_property
    def instants(self) -> range:
        """Where in a row the instants are."""
        start = len(self.keys) + len(self.sums)
        return range(start, start + len(self.earliest) + len(self.latest))

    def upsert(self, source: str) -> str:
        """SQL that adds the rows of `source`, a SELECT or VALUES in the order of the columns."""
        changes = [f"{name} = have.{name} + excluded.{name}" for name in self.sums]
        changes += [_instant("LEAST", "min", name) for name in self.earliest]
        changes += [_instant("GREATEST", "max", name) for name in self.latest]
        changes += [f"{name} = have.{name} OR excluded.{name}" for name in self.either]
        return (
            f"INSERT INTO {self.table} AS have ({', '.join(self.columns)}) {source} "
            f"ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {', '.join(changes)}"
        )

    def select(self, source: str, where: str = "true", **replaced: str) -> str:
        """SQL that selects the columns of `source`, in the order of the keys."""
        names = ", ".join(replaced.get(name, name) for name in self.columns)
        order = ", ".join(str(place + 1) for place in range(len(self.keys)))
        return f"SELECT {names} FROM {source} WHERE {where} ORDER BY {order}"  # noqa: S608


def _postgresql() -> bool:
    return connection.vendor == "postgresql"


def _instant(choose: str, sqlite_choose: str, name: str) -> str:
    mine, theirs = f"have.{name}", f"excluded.{name}"
    if _postgresql():
        return f"{name} = {choose}({mine}, {theirs})"
    # PostgreSQL passes over NULL, SQLite gives NULL.
    return f"{name} = COALESCE({sqlite_choose}({mine}, {theirs}), {mine}, {theirs})"


def add(table: Additive, rows: Iterable[Row]) -> None:
    """Adds rows, in the caller's transaction. No two of them may have equal keys.

    Days and instants are text as in inventory.cloudtrail.records; None is an unknown instant.
    """
    if _postgresql():
        _copy(table, rows)
    else:
        _one_by_one(table, rows)


def _copy(table: Additive, rows: Iterable[Row]) -> None:
    # Rows are locked in the order of their keys, so that two writers never wait for each other.
    scratch, names = f"added_{table.table}", ", ".join(table.columns)
    with connection.cursor() as cursor:
        shape = f"SELECT {names} FROM {table.table} WITH NO DATA"  # noqa: S608
        cursor.execute(f"CREATE TEMP TABLE {scratch} ON COMMIT DROP AS {shape}")
        with cursor.copy(f"COPY {scratch} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(table.upsert(table.select(scratch)))
        cursor.execute(f"DROP TABLE {scratch}")


def _one_by_one(table: Additive, rows: Iterable[Row]) -> None:
    holes = ", ".join(["%s"] * len(table.columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            table.upsert(f"VALUES ({holes})"), [_as_django_stores(table, row) for row in rows]
        )


def _as_django_stores(table: Additive, row: Row) -> list[Any]:
    """SQLite compares instants as text, so they are written as Django writes them."""
    values = list(row)
    for place in table.instants:
        text = values[place]
        values[place] = f"{text[:10]} {text[11:19]}" if text else None
    return values


def move(table: Additive, *, column: str, old: int, new: int) -> None:
    """Adds the rows that have `old` in a key column to those that have `new`, and removes them."""
    with connection.cursor() as cursor:
        if _postgresql():
            # One statement, so that exactly the rows that were removed are added.
            removed = f"DELETE FROM {table.table} WHERE {column} = %s RETURNING *"  # noqa: S608
            added = table.upsert(table.select("moved", **{column: "%s::bigint"}))
            cursor.execute(f"WITH moved AS ({removed}) {added}", [old, new])
            return
        source = table.select(table.table, f"{column} = %s", **{column: "%s"})
        cursor.execute(table.upsert(source), [new, old])
        cursor.execute(f"DELETE FROM {table.table} WHERE {column} = %s", [old])  # noqa: S608
