"""Pages and order of lists, from the address. A value that makes no sense falls back."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PER_PAGE = 50


def page_of(
    request: HttpRequest, rows: Any, per_page: int = PER_PAGE, *, name: str = "page"
) -> Page[Any]:
    """The page that ?page= names (or another name, for a second list on a page); the first for
    nonsense, the last for too much."""
    found: Page[Any] = Paginator(rows, per_page).get_page(request.GET.get(name))
    if isinstance(rows, QuerySet) and not rows.query.distinct:
        # The database puts keys alone in order, then fetches the rows of one page: carrying whole
        # rows and what is joined to them through the sorting takes two to three times as long. The
        # keys of distinct rows it does not sort by other columns.
        first = max(found.start_index() - 1, 0)
        found.object_list = rows.filter(pk__in=rows.values("pk")[first : found.end_index()])
    return found


def sort_of(request: HttpRequest, allowed: Mapping[str, tuple[str, ...]], default: str) -> str:
    """The word in ?sort=, with '-' in front for descending; the default for anything else."""
    word = request.GET.get("sort", "")
    return word if word.removeprefix("-") in allowed else default


def sorted_by(
    request: HttpRequest,
    queryset: QuerySet[M],
    allowed: Mapping[str, tuple[str, ...]],
    default: str,
) -> QuerySet[M]:
    """In the order that ?sort= asks for. Unknown values come last in both directions, and the
    primary key breaks ties, so that no row is on two pages."""
    word = sort_of(request, allowed, default)
    down = word.startswith("-")
    terms = [_term(field, down) for field in allowed[word.removeprefix("-")]]
    return queryset.order_by(*terms, "pk")


def _term(field: str, down: bool) -> OrderBy:
    return F(field).desc(nulls_last=True) if down else F(field).asc(nulls_last=True)
