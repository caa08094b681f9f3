"""Workloads: users that programs use, where these run, and what should take the keys' place."""

from collections.abc import Iterator
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
from inventory.models import AwsAccount
from migrations_plan.gather import classes_list as gather
from migrations_plan.gather.told import CREDENTIAL_SOURCES
from migrations_plan.models import DECLARABLE
from migrations_plan.passes import derived
from migrations_plan.passes.classifying import CLASSES
from migrations_plan.rules.patterns import TITLES

SORTS: dict[str, tuple[str, ...]] = {
    "user": ("user_name", "user_arn"),
    "account": ("account__name", "account_id", "user_name"),
    "kind": ("shown", "user_name"),
    "used": ("used_at",),
    "pattern": ("pattern", "user_name"),
}
LAST_USED = "-used"
OPEN = "open"
HEAD = (
    Column("User", "user"),
    Column("Account", "account"),
    Column("Used as", "kind"),
    Column("Where it runs"),
    Column("Last used", "used"),
    Column("What should take its place", "pattern"),
    Column("Owner"),
)
HEADER = (
    "account_id", "user_name", "arn", "kind", "active_keys", "places", "last_used_at", "pattern",
    "pattern_why", "owner", "exception_until", "declaration", "in_identity_center",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now, who = timezone.now(), viewer(request)
    chosen = _chosen(request)
    rows = sorted_by(request, _filtered(gather.programs(who, now), chosen), SORTS, LAST_USED)
    if wants_csv(request):
        return csv_response(f"workloads-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows))
    found = page_of(request, rows)
    context = {
        "now": now,
        "page": found,
        "rows": gather.dress(found.object_list),
        "sort": sort_of(request, SORTS, LAST_USED),
        "head": HEAD,
        "list_id": "workloads",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": as_of(now, sources=CREDENTIAL_SOURCES),
        "declarable": DECLARABLE,
        "made_at": None if found.object_list else derived.made_at(CLASSES),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/workloads/_table.html", context)
    context |= {
        "accounts": AwsAccount.objects.visible_to(who).named(),
        "kinds": [kind.value for kind in gather.PROGRAMS],
        "patterns": [*TITLES.items(), (OPEN, "not known")],
        "burn": gather.burn_down(who, now),
        "unknown_users": gather.kinds(who, now)["unknown"],
    }
    return render(request, "migrations_plan/workloads/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "kind": choice_of(request, "kind", gather.PROGRAMS),
        "pattern": choice_of(request, "pattern", (*TITLES, OPEN)),
        "account": text_of(request, "account"),
        "center": choice_of(request, "center", ("yes",)),
    }


def _filtered(rows: QuerySet[Any, Any], chosen: dict[str, str]) -> QuerySet[Any, Any]:
    conditions = Q()
    if chosen["q"]:
        conditions &= Q(user_name__icontains=chosen["q"])
    if chosen["kind"]:
        conditions &= Q(shown=chosen["kind"])
    if chosen["pattern"]:
        conditions &= Q(pattern="" if chosen["pattern"] == OPEN else chosen["pattern"])
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    if chosen["center"]:
        conditions &= ~Q(in_identity_center="")
    return rows.filter(conditions)


def _csv_rows(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=gather.CHUNK):
        yield (
            row.account_id, row.user_name, row.user_arn, row.shown,
            row.iam_user.active_keys if row.iam_user else None,
            [f"{network} {family}: {calls}" for network, family, calls in row.places],
            row.used_at, row.pattern or None, row.pattern_why, row.owner_email,
            row.declared_until, row.declaration or None, row.in_identity_center or None,
        )  # fmt: skip
