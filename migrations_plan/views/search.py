"""Search over everything this user may see: IAM users, keys, people, accounts, permission sets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accessportal.web.htmx import wants_partial
from accessportal.web.lists import text_of
from accessportal.web.roles import require_role, viewer
from inventory.models import AccessKey, AwsAccount, IamUser, PermissionSet
from migrations_plan.models import Person

SHORTEST = 2
MOST = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind. more: there are others that are not shown."""

    kind: str
    title: str
    hits: list[Any]
    more: bool


def _any_of(*fields: str) -> Callable[[str], Q]:
    def condition(text: str) -> Q:
        found = Q()
        for field in fields:
            found |= Q(**{f"{field}__icontains": text})
        return found

    return condition


# kind, title, model, what is joined, what is searched
KINDS: tuple[tuple[str, str, Any, tuple[str, ...], Callable[[str], Q]], ...] = (
    ("person", "People", Person, (), _any_of("name", "email")),
    ("iam-user", "IAM users", IamUser, ("account",), _any_of("user_name", "arn", "user_id")),
    ("key", "Access keys", AccessKey, ("account", "user"), _any_of("access_key_id")),
    ("account", "Accounts", AwsAccount, (), _any_of("name", "account_id", "email")),
    ("permission-set", "Permission sets", PermissionSet, (), _any_of("name", "description", "arn")),
)


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest) -> HttpResponse:
    """Hits by kind, at most ten each."""
    text = text_of(request, "q")
    groups = [_look(request, text, *kind) for kind in KINDS] if len(text) >= SHORTEST else []
    context = {
        "q": text,
        "groups": [group for group in groups if group.hits],
        "too_short": 0 < len(text) < SHORTEST,
        "shortest": SHORTEST,
        "list_id": "hits",
    }
    name = "_hits" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/search/{name}.html", context)


def _look(
    request: HttpRequest,
    text: str,
    kind: str,
    title: str,
    model: Any,
    joined: tuple[str, ...],
    condition: Callable[[str], Q],
) -> Group:
    visible = model.objects.visible_to(viewer(request)).filter(condition(text))
    if joined:
        visible = visible.select_related(*joined)
    hits = list(visible[: MOST + 1])
    return Group(kind, title, hits[:MOST], len(hits) > MOST)
