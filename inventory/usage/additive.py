"""Rows that are added to: one upsert for every table of counts.

Equal keys meet in one row, whoever adds first: numbers add up, the earlier start and the later end
stay. So the order of additions does not matter, and a negative number takes out what was added.
Django's bulk_create(update_conflicts=True) can only overwrite, hence SQL of our own, made of the
names of our own columns alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection, models

from inventory.usage.statements import Row, pairs_of, postgresql, rows_of

# Up to so many rows one statement is cheaper than a copy.
FEW = 100


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

    def select(self, source: str) -> str:
        """SQL that selects the columns of `source`, in the order of the keys."""
        return f"SELECT {', '.join(self.columns)} FROM {source} ORDER BY {self._order}"  # noqa: S608

    def together(self, source: str, **replaced: str) -> str:
        """SQL that adds up the rows of `source` that have equal keys, in the order of the keys."""
        either = "bool_or" if postgresql() else "max"
        values = [replaced.get(name, name) for name in self.keys]
        values += [f"sum({name})" for name in self.sums]
        values += [f"min({name})" for name in self.earliest]
        values += [f"max({name})" for name in self.latest]
        values += [f"{either}({name})" for name in self.either]
        return (
            f"SELECT {', '.join(values)} FROM {source} WHERE true "  # noqa: S608
            f"GROUP BY {self._order} ORDER BY {self._order}"
        )

    @cached_property
    def _order(self) -> str:
        return ", ".join(str(place + 1) for place in range(len(self.keys)))


def _instant(choose: str, sqlite_choose: str, name: str) -> str:
    mine, theirs = f"have.{name}", f"excluded.{name}"
    if postgresql():
        return f"{name} = {choose}({mine}, {theirs})"
    # PostgreSQL passes over NULL, SQLite gives NULL.
    return f"{name} = COALESCE({sqlite_choose}({mine}, {theirs}), {mine}, {theirs})"


def add(table: Additive, rows: Iterable[Row]) -> None:
    """Adds rows, in the caller's transaction. No two of them may have equal keys.

    Days and instants are text as in inventory.cloudtrail.records; None is an unknown instant.
    """
    # Rows are locked in the order of their keys, so that two writers never wait for each other.
    listed = list(rows)
    if postgresql() and len(listed) > FEW:
        _copy(table, listed)
        return
    listed.sort(key=lambda row: tuple(row[: len(table.keys)]))
    if not postgresql():
        _one_by_one(table, listed)
    elif listed:
        _at_once(table, listed)


def _at_once(table: Additive, rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        source, values = rows_of(table.model, table.columns, rows)
        cursor.execute(table.upsert(source), values)


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


def move(table: Additive, *, column: str, homes: Mapping[int, int]) -> None:
    """Adds the rows that have one of `homes` in a key column to those that have its home there, and
    removes them."""
    source, values = pairs_of(homes)
    with connection.cursor() as cursor:
        if postgresql():
            # One statement, so that exactly the rows that were removed are added.
            removed = (
                f"DELETE FROM {table.table} AS gone USING homes "  # noqa: S608
                f"WHERE gone.{column} = homes.old RETURNING homes.new, gone.*"
            )
            added = table.upsert(table.together("moved", **{column: "new"}))
            cursor.execute(
                f"WITH homes(old, new) AS ({source}), moved AS ({removed}) {added}", values
            )
            return
        joined = f"{table.table} JOIN homes ON {column} = old"
        added = table.upsert(table.together(joined, **{column: "new"}))
        cursor.execute(f"WITH homes(old, new) AS ({source}) {added}", values)
        gone = f"DELETE FROM {table.table} WHERE {column} IN (SELECT old FROM homes)"  # noqa: S608
        cursor.execute(f"WITH homes(old, new) AS ({source}) {gone}", values)
