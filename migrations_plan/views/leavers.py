"""Leavers: everybody who is gone, what they still hold, and how long off-boarding takes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from migrations_plan.gather import leavers as gather
from migrations_plan.gather.leavers import Leaver
from migrations_plan.gather.people import never_read
from migrations_plan.models import Person
from migrations_plan.rules.leavers import measure

STATES = (
    ("holds", "still holds something"),
    ("unknown", "not known"),
    ("clean", "holds nothing"),
)
# Every key sorts upwards; what is not known comes last in both directions.
SORTS: dict[str, Callable[[Leaver], Any]] = {
    "person": lambda one: str(one.person).lower(),
    "left": lambda one: one.left_on,
    "active": lambda one: sum(one.active.values()),
    "used": lambda one: one.used_at,
}
MOST_ACTIVE = "-active"
HEAD = (
    Column("Person", "person"),
    Column("Gone since", "left"),
    Column("Holds"),
    Column("Active credentials", "active"),
    Column("Still assigned", numeric=True),
    Column("Used since", "used"),
)
HEADER = (
    "email", "name", "left_on", "days_since", "how", "state", "iam_users", "active_credentials",
    "assignments", "last_use_after",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    today = now.date()
    known = as_of(now, sources=gather.SOURCES)
    everybody = gather.leavers(Person.objects.visible_to(viewer(request)), known, today)
    chosen = {
        "q": text_of(request, "q"),
        "state": choice_of(request, "state", [word for word, _ in STATES]),
    }
    sort = sort_of(request, dict.fromkeys(SORTS, ()), MOST_ACTIVE)
    rows = _sorted([one for one in everybody if _fits(one, chosen)], sort)
    if wants_csv(request):
        return csv_response(f"leavers-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows, today))
    found = page_of(request, rows)
    context = {
        "now": now,
        "page": found,
        "rows": [(one, _days(one, today)) for one in found],
        "sort": sort,
        "head": HEAD,
        "list_id": "leavers",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": known,
        "store_reason": never_read(known, "identity_store"),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/leavers/_table.html", context)
    states = [one.state for one in everybody]
    context |= {
        "states": STATES,
        "total": len(everybody),
        "counts": {word: states.count(word) for word, _ in STATES},
        "used": sum(one.used_at is not None for one in everybody),
        "measured": measure([one.measured for one in everybody], today),
    }
    return render(request, "migrations_plan/leavers/page.html", context)


def _fits(one: Leaver, chosen: dict[str, str]) -> bool:
    text = chosen["q"].lower()
    named = text in str(one.person).lower() or text in one.person.email.lower()
    return named and chosen["state"] in ("", one.state)


def _sorted(rows: Sequence[Leaver], sort: str) -> list[Leaver]:
    key, down = SORTS[sort.removeprefix("-")], sort.startswith("-")
    known = sorted((one for one in rows if key(one) is not None), key=lambda one: one.person.pk)
    known.sort(key=key, reverse=down)
    return [*known, *(one for one in rows if key(one) is None)]


def _days(one: Leaver, today: date) -> int | None:
    return (today - one.left_on).days if one.left_on else None


def _csv_rows(rows: Sequence[Leaver], today: date) -> Iterator[tuple[Any, ...]]:
    for one in rows:
        yield (
            one.person.email, one.person.name, one.left_on, _days(one, today), one.how, one.state,
            [user.arn for user in one.users], "; ".join(one.active_words), one.grants, one.used_at,
        )  # fmt: skip
