"""What a list reads from its address, and addresses that keep the rest of it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its title, the word in ?sort= that sorts by it ('': nothing does)."""

    title: str
    sort: str = ""
    numeric: bool = False


def text_of(request: HttpRequest, name: str) -> str:
    """Free text, trimmed and cut; NUL goes, because PostgreSQL refuses it."""
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST_TEXT]


def choice_of(request: HttpRequest, name: str, allowed: Collection[str]) -> str:
    """One of the allowed words, else ''."""
    word = request.GET.get(name, "")
    return word if word in allowed else ""


def with_query(request: HttpRequest, **changes: str | None) -> str:
    """'?...' of this request with changes; None removes. Templates use {% querystring %}."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def wants_csv(request: HttpRequest) -> bool:
    """?format=csv asks for the whole list as filtered, not for a page of it."""
    return request.GET.get("format") == "csv"
