"""The ledger for people: what each change changed, field by field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.models import Change, Observation


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; None where it was not there."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. erased: what it said was erased on a person's wish."""

    seq: int
    change: str
    at: datetime
    run_id: int
    fields: tuple[FieldChange, ...]
    erased: bool


def entries(newest_first: Iterable[Observation]) -> Iterator[Entry]:
    """Each change compared with the one before it."""
    rows = iter(newest_first)
    row = next(rows, None)
    while row is not None:
        earlier = next(rows, None)
        yield _entry(row, earlier)
        row = earlier


def _entry(row: Observation, earlier: Observation | None) -> Entry:
    fields: tuple[FieldChange, ...] = ()
    if row.change == Change.CHANGED and row.record is not None and earlier and earlier.record:
        fields = tuple(_difference(earlier.record, row.record))
    return Entry(
        seq=row.seq,
        change=row.change,
        at=row.observed_at,
        run_id=row.run_id,
        fields=fields,
        erased=row.record is None,
    )


def _difference(before: dict[str, Any], after: dict[str, Any]) -> Iterator[FieldChange]:
    for field in sorted(before.keys() | after.keys()):
        if before.get(field) != after.get(field):
            yield FieldChange(field, before.get(field), after.get(field))
