"""Whether a record fits its columns, asked before the database is.

PostgreSQL refuses a value that is too long without naming it, and SQLite keeps it: both are worse
than a failed read that says which value it was.
"""

from dataclasses import fields

from inventory.aws.values import shown
from inventory.models import Observation
from inventory.records import Record
from inventory.saving.tables import TABLES

Limits = tuple[tuple[str, int], ...]
_LIMITS: dict[type[Record], Limits] = {}
KEY_LENGTH: int = Observation._meta.get_field("key").max_length or 0


class TooLong(ValueError):
    """A value is longer than any that AWS documents; the message names record and field."""


def check(record: Record) -> None:
    """Raises TooLong when a text of the record is longer than its column."""
    for name, most in _limits(type(record)):
        value = getattr(record, name)
        if isinstance(value, str) and len(value) > most:
            raise _too_long(record, name, len(value), most)
    if len(record.key()) > KEY_LENGTH:
        raise _too_long(record, "its key", len(record.key()), KEY_LENGTH)


def _too_long(record: Record, name: str, length: int, most: int) -> TooLong:
    what = f"{record.KIND} {shown(record.key(), 120)}"
    return TooLong(f"{what}: {name} has {length} characters, at most {most} can be kept")


def _limits(record_type: type[Record]) -> Limits:
    """(record field, most characters) for every field whose column has a limit."""
    if record_type not in _LIMITS:
        model = TABLES[record_type]
        most = {field.attname: field.max_length for field in model._meta.concrete_fields}
        names = [field.name for field in fields(record_type)]  # type: ignore[arg-type]
        limits = [(name, most.get(model.COLUMNS.get(name, name))) for name in names]
        _LIMITS[record_type] = tuple((name, limit) for name, limit in limits if limit)
    return _LIMITS[record_type]
