"""Coercions at the door: raw values of AWS answers and of saved files, made safe and uniform.

Live answers hold datetimes and dicts; files hold ISO texts and policy documents as text. Both come
through here. Nothing guesses: a value that cannot be told raises ValueError, naming itself.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from inventory.records import Document

# PostgreSQL's text refuses NUL, and UTF-8 cannot carry a lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"
# As much as clocks may differ: AWS refuses requests from more than 5 minutes away anyway.
CLOCK_SKEW = timedelta(minutes=15)
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


def clean(value: Any) -> Any:
    """The same value with every unstorable character, in keys too, shown as U+FFFD.

    NaN and the infinities, which JSON columns refuse, become their names. Lists and dicts are
    copied, anything else is handed through. ValueError: nested too deeply to read.
    """
    try:
        return _clean(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub(_REPLACEMENT, value)
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def as_time(value: Any) -> datetime | None:
    """An aware UTC datetime from a datetime, ISO 8601 text (Z or offset) or epoch seconds.

    None, '' and AWS's word N/A are None. ValueError: no time zone, or not a time at all.
    """
    if value is None or value in ("", "N/A"):
        return None
    try:
        return _instant(value).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError(f"{shown(value)} is not a time with a time zone") from None


def _instant(value: Any) -> datetime:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def as_instant(value: Any) -> datetime:
    """Like as_time, where AWS always has a value. ValueError: there is none."""
    moment = as_time(value)
    if moment is None:
        raise ValueError("a time is missing")
    return moment


def as_document(value: Any) -> Document:
    """A policy document from a dict, JSON text or URL-encoded JSON text.

    ValueError: not a JSON object.
    """
    if isinstance(value, str):
        value = _json(value)
    if not isinstance(value, Mapping):
        raise ValueError(f"{shown(value)} is not a policy document")
    document: Document = clean(value)
    return document


def as_document_or_none(value: Any) -> Document | None:
    """Like as_document; None, '' and blank text are AWS's ways to say that there is none."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return as_document(value)


def _json(text: str) -> Any:
    # IAM's wire format is RFC 3986 encoded JSON, which begins with %7B and never with a brace.
    plain = text.lstrip("\ufeff \t\r\n")
    try:
        return json.loads(unquote(plain) if plain.startswith("%") else plain)
    except (ValueError, RecursionError):
        raise ValueError(f"{shown(text)} is not JSON") from None


def as_list(value: Any) -> list[Any]:
    """None as no items, a list as itself, anything else as its only item."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def as_tags(value: Any) -> dict[str, str]:
    """Tags from AWS's list of Key and Value (any letter case), or from a plain map."""
    if isinstance(value, Mapping) and not _is_tag(value):
        return {str(key): as_text(item) for key, item in sorted(value.items())}
    return dict(sorted(_tag(item) for item in as_list(value)))


def _is_tag(value: Mapping[str, Any]) -> bool:
    return {key.lower() for key in value} == {"key", "value"}


def _tag(value: Any) -> tuple[str, str]:
    if not isinstance(value, Mapping) or not _is_tag(value):
        raise ValueError(f"{shown(value)} is not a tag")
    parts = {key.lower(): item for key, item in value.items()}
    return as_text(parts["key"]), as_text(parts["value"])


def as_text(value: Any) -> str:
    """Text, '' for None. ValueError: a list or a map where AWS has a text."""
    if value is None:
        return ""
    if isinstance(value, Mapping | list | tuple):
        raise ValueError(f"{shown(value)} is not a text")
    return str(value)


def as_name(value: Any) -> str:
    """Text that AWS always has: an id, a name, an ARN. ValueError: missing or empty."""
    text = as_text(value)
    if not text:
        raise ValueError("an id or a name is missing")
    return text


def as_text_or_none(value: Any) -> str | None:
    """Text; None for None, '' and AWS's word for no value, N/A."""
    text = as_text(value)
    return None if text in ("", "N/A") else text


def as_bool(value: Any) -> bool | None:
    """A truth value from a bool or its words in any letter case; None and '' are None."""
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in ("true", "false", ""):
        raise ValueError(f"{shown(value)} is neither true nor false")
    return None if word == "" else word == "true"


def as_int(value: Any) -> int | None:
    """A whole number from an int or its digits; None and '' are None."""
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{shown(value)} is not a whole number") from None


def sorted_texts(values: Iterable[Any]) -> tuple[str, ...]:
    """Distinct texts in order, so that equal facts have equal records."""
    return tuple(sorted({as_name(value) for value in values}))


def account_of(arn: Any) -> str:
    """The account id inside an ARN ('aws' in those of AWS's own policies)."""
    parts = as_text(arn).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or not (is_account_id(parts[4]) or parts[4] == "aws"):
        raise ValueError(f"{shown(arn)} is not an ARN with an account")
    return parts[4]


def is_account_id(text: str) -> bool:
    """Twelve ASCII digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def shown(value: Any, limit: int = 60) -> str:
    """A value as an error sentence may show it: escaped, one line, cut."""
    text = ascii(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
