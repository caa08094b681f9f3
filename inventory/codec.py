"""Records as canonical JSON and back: what the ledger hashes, stores and rebuilds populations from.

Equal records have equal text, whatever database the text passed through: sorted keys, no spaces,
ASCII only, instants in UTC with Z, whole numbers without a fraction (PostgreSQL's jsonb gives 1e2
back as 100, which must not look like a change).
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from inventory.records import Record

R = TypeVar("R", bound=Record)
Restore = Callable[[Any], Any]
Plan = tuple[tuple[str, Restore, Any], ...]
_PLANS: dict[type[Record], Plan] = {}


def time_text(at: datetime) -> str:
    """ISO 8601 in UTC with Z; microseconds only where there are any."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no timezone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def time_from_text(text: str) -> datetime:
    """The instant that time_text wrote, in UTC."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no timezone")
    return at.astimezone(UTC)


def canonical(record: Record) -> str:
    """The record as one canonical JSON text."""
    return canonical_text(to_json(record))


def canonical_text(data: Mapping[str, Any]) -> str:
    """Plain JSON data as canonical text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def to_json(record: Record) -> dict[str, Any]:
    """The record as plain JSON data, every field named."""
    return {name: _plain(getattr(record, name)) for name, _, _ in _plan(type(record))}


def from_json(record_type: type[R], data: Mapping[str, Any]) -> R:
    """The record that to_json wrote. Keys it no longer has are dropped; a field added since is None
    or its default, and an error where it has neither: an unknown fact is never made up."""
    values = {}
    for name, restore, fallback in _plan(record_type):
        if name in data:
            # Most fields are what JSON has: thousands of records ask not to call for nothing.
            values[name] = data[name] if restore is _same else restore(data[name])
        elif fallback is not MISSING:
            values[name] = fallback
        else:
            raise ValueError(f"{record_type.KIND}: {name} is missing")
    return record_type(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _plan(record_type: type[Any]) -> Plan:
    # Reading type hints is slow, and a population has thousands of records of one type.
    if record_type not in _PLANS:
        hints = get_type_hints(record_type)
        _PLANS[record_type] = tuple(
            (field.name, _restorer(hints[field.name]), _fallback(field, hints[field.name]))
            for field in fields(record_type)
        )
    return _PLANS[record_type]


def _fallback(field: Field[Any], hint: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return None if type(None) in get_args(hint) else MISSING


def _restorer(hint: Any) -> Restore:
    origin, inner = get_origin(hint), get_args(hint)
    if hint is datetime:
        return time_from_text
    if origin is tuple:
        return _tuple_of(_restorer(inner[0]))
    if origin in (Union, types.UnionType):
        return _optional(_restorer(next(arg for arg in inner if arg is not type(None))))
    return _same


def _tuple_of(restore: Restore) -> Restore:
    if restore is _same:
        return tuple
    return lambda values: tuple(restore(value) for value in values)


def _optional(restore: Restore) -> Restore:
    if restore is _same:
        return _same
    return lambda value: None if value is None else restore(value)


def _same(value: Any) -> Any:
    return value
