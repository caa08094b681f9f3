"""Pages as AWS makes them: an opaque token, a maximum, and an error for a token nobody issued."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from inventory.sample_org.errors import JsonError

T = TypeVar("T")


def encode(offset: int) -> str:
    return base64.urlsafe_b64encode(f"page:{offset}".encode()).decode().rstrip("=")


def decode(token: str | None) -> int:
    """The offset a token stands for. Raises ValueError for a token this server never gave."""
    if not token:
        return 0
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(token) from error
    if not text.startswith("page:"):
        raise ValueError(token)
    return int(text.removeprefix("page:"))


def page(items: Sequence[T], token: str | None, size: int) -> tuple[list[T], str | None]:
    """One page and the token of the next, which is None on the last page."""
    start = decode(token)
    end = start + max(size, 1)
    return list(items[start:end]), encode(end) if end < len(items) else None


def json_page(
    items: Sequence[T], token: str | None, size: int | None, default: int, maximum: int = 100
) -> tuple[list[T], str | None]:
    """A page for the JSON services, which refuse a bad token or size with ValidationException."""
    if size is not None and not 1 <= int(size) <= maximum:
        raise JsonError("ValidationException", f"MaxResults must be between 1 and {maximum}.")
    try:
        return page(items, token, int(size or default))
    except ValueError as error:
        raise JsonError("ValidationException", "The pagination token is invalid.") from error
