"""Rows that are added to: one upsert for every table of counts.

Equal keys meet in one row, whoever adds first: numbers add up, the earlier start and the later end
stay. So the order of additions does not matter, and a negative number takes out what was added.
Django's bulk_create(update_conflicts=True) can only overwrite, hence SQL of our own, made of the
names of our own columns alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import connection, models

Row = Sequence[Any]
# Up to so many rows one statement is cheaper than a copy.
FEW = 100
PORTION = 500


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
    # Rows are locked in the order of their keys, so that two writers never wait for each other.
    listed = list(rows)
    if _postgresql() and len(listed) > FEW:
        _copy(table, listed)
        return
    listed.sort(key=lambda row: tuple(row[: len(table.keys)]))
    if not _postgresql():
        _one_by_one(table, listed)
    elif listed:
        _at_once(table, listed)


def _at_once(table: Additive, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        source, values = _rows_of(table.model, table.columns, rows)
        cursor.execute(table.upsert(source), values)


def _rows_of(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]
) -> tuple[str, list[Any]]:
    """SQL for these rows, and its parameters. PostgreSQL takes an array a column, since thousands
    of parameters cost more than the rows."""
    if not _postgresql():
        hole = f"({', '.join(['%s'] * len(columns))})"
        return f"VALUES {', '.join([hole] * len(rows))}", [value for row in rows for value in row]
    holes = ", ".join(f"%s::{_array_type(model, name)}[]" for name in columns)
    source = f"SELECT * FROM unnest({holes})"  # noqa: S608
    return source, [list(one) for one in zip(*rows, strict=True)]


@cache
def _array_type(model: type[models.Model], column: str) -> str:
    """A cast to varchar(n) would cut what is too long; as text it is refused."""
    [field] = [one for one in model._meta.concrete_fields if one.column == column]
    found = field.db_type(connection) or "text"
    return "text" if found.startswith("varchar") else found


def _copy(table: Additive, rows: Iterable[Row]) -> None:
    scratch, names = f"added_{table.table}", ", ".join(table.columns)
    with connection.cursor() as cursor:
        # Kept for the connection's life: to make and drop tables all the time costs more than to
        # fill them.
        shape = f"SELECT {names} FROM {table.table} WITH NO DATA"  # noqa: S608
        make = f"CREATE TEMP TABLE IF NOT EXISTS {scratch} ON COMMIT DELETE ROWS AS {shape}"
        cursor.execute(f"{make}; DELETE FROM {scratch}")  # noqa: S608
        with cursor.copy(f"COPY {scratch} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(table.upsert(table.select(scratch)))


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


def insert_new(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]
) -> dict[Any, int]:
    """Inserts rows that are not there yet; the first column is their key. Returns the new rows' ids
    by key; whoever is missing had been there, or was made by another at the same time."""
    made: dict[Any, int] = {}
    for start in range(0, len(rows), PORTION):
        source, values = _rows_of(model, columns, rows[start : start + PORTION])
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) {source} "
                f"ON CONFLICT DO NOTHING RETURNING {columns[0]}, id",
                values,
            )
            made |= dict(cursor.fetchall())
    return made
