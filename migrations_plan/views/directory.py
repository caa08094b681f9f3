"""Directory: everybody the identity store or a roster names, and where they stand there."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from migrations_plan.gather import people as gather
from migrations_plan.models import Person

SORTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "email"),
    "email": ("email",),
    "state": ("store_enabled", "name"),
    "iam-users": ("iam_users", "name"),
    "left": ("left_on", "name"),
}
YES_NO = ("yes", "no")
HEADER = (
    "email", "name", "identity_center_user_id", "in_identity_center", "provisioned_by", "groups",
    "accounts", "permission_sets", "iam_users", "left_on", "in_roster",
)  # fmt: skip
HEAD = (
    Column("Name", "name"),
    Column("E-mail", "email"),
    Column("In Identity Center", "state"),
    Column("Accounts", numeric=True),
    Column("Permission sets", numeric=True),
    Column("Groups", numeric=True),
    Column("IAM users", "iam-users", numeric=True),
    Column("Left on", "left"),
)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    known = as_of(now, sources=gather.SOURCES)
    store_known = not gather.never_read(known, "identity_store")
    everybody = gather.people(Person.objects.visible_to(viewer(request)))
    chosen = _chosen(request)
    rows = sorted_by(request, _filtered(everybody, chosen, store_known), SORTS, "name")
    if wants_csv(request):
        listed = gather.all_rows(rows, known, now.date())
        return csv_response(f"people-{now:%Y-%m-%d}.csv", HEADER, map(_csv_row, listed))
    found = page_of(request, rows)
    context = {
        "now": now,
        "page": found,
        "rows": gather.person_rows(list(found), known, now.date()),
        "sort": sort_of(request, SORTS, "name"),
        "head": HEAD,
        "list_id": "directory",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": known,
        "store_known": store_known,
    }
    if wants_partial(request):
        return render(request, "migrations_plan/directory/_table.html", context)
    counts = gather.sentence(everybody, store_known=store_known, today=now.date())
    context |= {"sentence": counts, "states": gather.STATES, "yes_no": YES_NO}
    return render(request, "migrations_plan/directory/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "state": choice_of(request, "state", gather.STATES),
        "source": choice_of(request, "source", ("scim", "manual")),
        "left": choice_of(request, "left", YES_NO),
        "iam": choice_of(request, "iam", YES_NO),
    }


def _filtered(
    rows: QuerySet[Person, Any], chosen: dict[str, str], store_known: bool
) -> QuerySet[Person, Any]:
    conditions = Q()
    if chosen["q"]:
        conditions &= Q(name__icontains=chosen["q"]) | Q(email__icontains=chosen["q"])
    if chosen["state"]:
        conditions &= gather.state_filter(chosen["state"], store_known=store_known)
    if chosen["source"]:
        conditions &= Q(store_user__isnull=False, scim=chosen["source"] == "scim")
    if chosen["left"]:
        left = gather.left_filter(timezone.now().date())
        conditions &= left if chosen["left"] == "yes" else Q(left_on=None) | ~left
    if chosen["iam"]:
        conditions &= Q(iam_users__gt=0) if chosen["iam"] == "yes" else Q(iam_users=0)
    return rows.filter(conditions)


def _csv_row(row: gather.PersonRow) -> tuple[Any, ...]:
    person, reach = row.person, row.reach
    origin = None if row.scim is None else "scim" if row.scim else "manual"
    return (
        person.email, person.name, person.identity_center_user_id, row.state, origin,
        reach and len(reach.group_ids), reach and reach.accounts(),
        reach and reach.permission_sets(), row.iam_users, person.left_on, person.in_roster,
    )  # fmt: skip
