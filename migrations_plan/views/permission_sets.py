"""Permission sets: what each is, how far it reaches, and which make administrators."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of
from accessportal.web.roles import require_role, viewer
from inventory.asof import AsOf, as_of
from inventory.models import PermissionSet
from migrations_plan.gather.people import never_read
from migrations_plan.gather.permission_sets import SetRow, set_rows

SOURCES = ("permission_sets", "account_assignments", "identity_store")
SORTS: dict[str, tuple[str, ...]] = dict.fromkeys(("name", "session", "accounts", "people"), ())
ADMIN = {"yes": True, "no": False, "unknown": None}
ASSIGNED = ("yes", "no")
HEADER = (
    "arn", "name", "description", "session_duration", "session_seconds", "administrator",
    "administrator_how", "boundary", "managed_policies", "customer_managed_policies", "inline",
    "accounts", "people", "tags", "observed_at",
)  # fmt: skip
HEAD = (
    Column("Name", "name"),
    Column("Administrator"),
    Column("Session", "session"),
    Column("Policies"),
    Column("Accounts", "accounts", numeric=True),
    Column("People", "people", numeric=True),
    Column("Tags"),
)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    known = as_of(now, sources=SOURCES)
    every = _every(request, known)
    chosen = {
        "q": text_of(request, "q"),
        "admin": choice_of(request, "admin", ADMIN),
        "assigned": choice_of(request, "assigned", ASSIGNED),
    }
    sort = sort_of(request, SORTS, "name")
    rows = _sorted([row for row in every if _fits(row, chosen)], sort)
    if wants_csv(request):
        return csv_response(f"permission-sets-{now:%Y-%m-%d}.csv", HEADER, map(_csv_row, rows))
    context = {
        "now": now,
        "page": page_of(request, rows),
        "sort": sort,
        "head": HEAD,
        "list_id": "permission-sets",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": known,
        "never_read": never_read(known, "permission_sets"),
        "unassigned_reason": never_read(known, "account_assignments"),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/permission_sets/_table.html", context)
    context |= {"every": every, "admins": [r for r in every if r.admin.yes], **_counts(every)}
    return render(request, "migrations_plan/permission_sets/page.html", context)


def _every(request: HttpRequest, known: AsOf) -> list[SetRow]:
    who = viewer(request)
    return set_rows(
        PermissionSet.objects.visible_to(who).present(),
        assignments_read=not never_read(known, "account_assignments"),
        people_read=not never_read(known, "identity_store"),
    )


def _counts(every: list[SetRow]) -> dict[str, int]:
    return {
        "unsure": sum(row.admin.yes is None for row in every),
        "long": sum(row.long for row in every),
        "unused": sum(row.accounts == 0 for row in every),
    }


def _fits(row: SetRow, chosen: dict[str, str]) -> bool:
    one = row.permission_set
    text = chosen["q"].lower()
    return (
        (not text or text in one.name.lower() or text in one.description.lower())
        and (not chosen["admin"] or row.admin.yes is ADMIN[chosen["admin"]])
        and (
            not chosen["assigned"]
            or (row.accounts is not None and (row.accounts > 0) == (chosen["assigned"] == "yes"))
        )
    )


def _sorted(rows: list[SetRow], sort: str) -> list[SetRow]:
    """By name inside equal values; what is not known comes last in both directions."""
    word = sort.removeprefix("-")
    rows = sorted(rows, key=lambda row: (row.permission_set.name.lower(), row.permission_set.pk))
    if word == "name":
        return rows[::-1] if sort.startswith("-") else rows
    field = {"session": "seconds"}.get(word, word)
    known = [row for row in rows if getattr(row, field) is not None]
    known.sort(key=lambda row: int(getattr(row, field)), reverse=sort.startswith("-"))
    return known + [row for row in rows if getattr(row, field) is None]


def _csv_row(row: SetRow) -> tuple[Any, ...]:
    one = row.permission_set
    return (
        one.arn, one.name, one.description, one.session_duration, row.seconds, row.admin.yes,
        row.admin.how, one.permissions_boundary, one.managed_policies,
        one.customer_managed_policies, one.inline_policy, row.accounts, row.people, one.tags,
        one.observed_at,
    )  # fmt: skip
