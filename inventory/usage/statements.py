"""Statements for many rows at once, made of the names of our own tables and columns alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import connection, models

Row = Sequence[Any]
PORTION = 500


def postgresql() -> bool:
    """Whether the database is PostgreSQL; else it is SQLite."""
    return connection.vendor == "postgresql"


def rows_of(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]
) -> tuple[str, list[Any]]:
    """SQL for these rows, and its parameters. PostgreSQL takes an array a column, since thousands
    of parameters cost more than the rows."""
    if not postgresql():
        hole = f"({', '.join(['%s'] * len(columns))})"
        return f"VALUES {', '.join([hole] * len(rows))}", [value for row in rows for value in row]
    holes = ", ".join(f"%s::{_array_type(model, name)}[]" for name in columns)
    return f"SELECT * FROM unnest({holes})", _arrays(rows)  # noqa: S608


def _arrays(rows: Iterable[Row]) -> list[str]:
    """The rows' columns as PostgreSQL writes arrays; the driver takes four times as long."""
    return [_array(column) for column in zip(*rows, strict=True)]


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


@cache
def _array_type(model: type[models.Model], column: str) -> str:
    """A cast to varchar(n) would cut what is too long; as text it is refused."""
    [field] = [one for one in model._meta.concrete_fields if one.column == column]
    found = field.db_type(connection) or "text"
    return "text" if found.startswith("varchar") else found


def pairs_of(homes: Mapping[int, int]) -> tuple[str, list[Any]]:
    """SQL for pairs of ids, and its parameters."""
    if postgresql():
        return "SELECT * FROM unnest(%s::bigint[], %s::bigint[])", _arrays(sorted(homes.items()))
    pairs = ", ".join(["(%s, %s)"] * len(homes))
    return f"VALUES {pairs}", [value for pair in sorted(homes.items()) for value in pair]


def found_or_made(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]
) -> dict[Any, int]:
    """The ids of rows by their key, which is the first column; makes those that are not there.

    In the order of keys, so that two writers with the same new rows do not deadlock. Whoever is
    missing was removed, or made by another, at the same time.
    """
    found: dict[Any, int] = {}
    for part in _portions(sorted(rows, key=itemgetter(0))):
        if postgresql():
            found |= _found_and_made(model, columns, part)
            continue
        keys = [row[0] for row in part]
        there = model._default_manager.filter(**{f"{columns[0]}__in": keys})
        found |= dict(there.values_list(columns[0], "pk"))
        found |= made(model, columns, [row for row in part if row[0] not in found])
    return found


def _found_and_made(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]
) -> dict[Any, int]:
    table, key, names = model._meta.db_table, columns[0], ", ".join(columns)
    source, values = rows_of(model, columns, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH given({names}) AS ({source}), "  # noqa: S608
            f"there AS (SELECT {key}, id FROM {table} WHERE {key} = ANY(%s::text[])), "
            f"made AS (INSERT INTO {table} ({names}) SELECT {names} FROM given "
            f"WHERE {key} NOT IN (SELECT {key} FROM there) ORDER BY {key} "
            f"ON CONFLICT DO NOTHING RETURNING {key}, id) "
            "SELECT * FROM there UNION ALL SELECT * FROM made",
            [*values, values[0]],
        )
        return dict(cursor.fetchall())


def made(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> dict[Any, int]:
    """Inserts rows that are not there yet; the first column is their key. Returns the new rows' ids
    by key; whoever is missing had been there, or was made by another at the same time."""
    new: dict[Any, int] = {}
    for part in _portions(sorted(rows, key=itemgetter(0))):
        source, values = rows_of(model, columns, part)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) {source} "
                f"ON CONFLICT DO NOTHING RETURNING {columns[0]}, id",
                values,
            )
            new |= dict(cursor.fetchall())
    return new


def _portions(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + PORTION] for start in range(0, len(rows), PORTION))


def point(model: type[models.Model], column: str, homes: Mapping[int, int]) -> None:
    """Makes a column of many rows, named by their ids, refer to other rows."""
    if not homes:
        return
    source, values = pairs_of(homes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH homes(old, new) AS ({source}) "  # noqa: S608
            f"UPDATE {model._meta.db_table} "
            f"SET {column} = (SELECT new FROM homes WHERE old = id) "
            f"WHERE id IN (SELECT old FROM homes)",
            values,
        )


def kept(model: type[models.Model], pks: Iterable[int]) -> int:
    """How many rows of these ids there are. None of them is removed until the transaction ends: the
    lock is the one that a constraint takes, once for each row that is referred to and not for each
    that refers."""
    listed = sorted(pks)
    if not postgresql():
        # SQLite has one writer at a time, which is us.
        parts = (listed[start : start + PORTION] for start in range(0, len(listed), PORTION))
        return sum(model._default_manager.filter(pk__in=part).count() for part in parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {model._meta.db_table} "  # noqa: S608
            f"WHERE id = ANY(%s::bigint[]) ORDER BY id FOR KEY SHARE) AS kept",
            [_array(listed)],
        )
        [count] = cursor.fetchone()
    return int(count)
