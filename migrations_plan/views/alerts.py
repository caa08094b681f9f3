"""Alerts: what stands out, since when, what is unknown, and what a lead said may wait."""

from collections.abc import Iterator
from datetime import datetime
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
from inventory.models import AwsAccount, Environment
from migrations_plan.gather import alerts as gather
from migrations_plan.gather.told import CREDENTIAL_SOURCES
from migrations_plan.models import Finding
from migrations_plan.models.alerts import acknowledged, certain, unknown
from migrations_plan.passes.judging import TITLES

SORTS: dict[str, tuple[str, ...]] = {
    "worst": ("weight", "opened_at"),
    "rule": ("rule", "opened_at"),
    "subject": ("name",),
    "account": ("account__name", "account_id"),
    "since": ("opened_at",),
}
WORST = "-worst"
# word, title. Nothing chosen: whatever somebody should look at.
STATUSES = (
    ("open", "open"),
    ("unknown", "unknown"),
    ("acknowledged", "acknowledged"),
    ("closed", "closed"),
    ("all", "everything"),
)
HEADER = (
    "rule", "subject", "name", "account_id", "account", "user_name", "verdict", "severe",
    "sentence", "since", "last_true_at", "closed_at", "closed_because", "acknowledged_by",
    "acknowledged_reason", "acknowledged_until",
)  # fmt: skip
HEAD = (
    Column("Verdict", "worst"),
    Column("Finding", "rule"),
    Column("About", "subject"),
    Column("Account", "account"),
    Column("Since", "since"),
    Column("What is so"),
    Column("Acknowledged"),
)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    everything = Finding.objects.visible_to(viewer(request)).select_related("account")
    chosen = _chosen(request)
    rows = sorted_by(request, _filtered(everything, chosen, now), SORTS, WORST)
    if wants_csv(request):
        return csv_response(f"alerts-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows, now))
    found = page_of(request, rows)
    context = {
        "now": now,
        "page": found,
        "rows": gather.dressed(found.object_list, now),
        "sort": sort_of(request, SORTS, WORST),
        "head": HEAD,
        "list_id": "alerts",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": as_of(now, sources=CREDENTIAL_SOURCES),
        "evaluated_at": gather.evaluated_at(),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/alerts/_table.html", context)
    context |= {
        "counts": gather.counts(everything, now),
        "accounts": AwsAccount.objects.visible_to(viewer(request)).named(),
        "environments": Environment.values,
        "rules": TITLES.items(),
        "statuses": STATUSES,
    }
    return render(request, "migrations_plan/alerts/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "status": choice_of(request, "status", [word for word, _ in STATUSES]),
        "rule": choice_of(request, "rule", TITLES),
        "severe": choice_of(request, "severe", ("yes", "no")),
        "account": text_of(request, "account"),
        "environment": choice_of(request, "environment", Environment.values),
    }


def _filtered(rows: QuerySet[Finding], chosen: dict[str, str], now: datetime) -> QuerySet[Finding]:
    conditions = _status(chosen["status"], now)
    if chosen["q"]:
        text = chosen["q"]
        conditions &= Q(name__icontains=text) | Q(user_name__icontains=text)
    if chosen["rule"]:
        conditions &= Q(rule=chosen["rule"])
    if chosen["severe"]:
        conditions &= Q(severe=chosen["severe"] == "yes")
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    if chosen["environment"]:
        conditions &= Q(account__environment=chosen["environment"])
    return rows.filter(conditions)


def _status(word: str, now: datetime) -> Q:
    waiting = ~acknowledged(now)
    return {
        "open": certain(now) & waiting,
        "unknown": unknown(now) & waiting,
        "acknowledged": acknowledged(now),
        "closed": Q(closed_at__isnull=False),
        "all": Q(),
    }.get(word, Q(closed_at=None) & waiting)


def _csv_rows(rows: QuerySet[Finding], now: datetime) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=1000):
        yield (
            row.rule, row.subject, row.name, row.account_id, row.account.name, row.user_name,
            row.state(now), row.severe, row.sentence, row.opened_at, row.last_true_at,
            row.closed_at, row.closed_because, row.acknowledged_by, row.acknowledged_reason,
            row.acknowledged_until,
        )  # fmt: skip
