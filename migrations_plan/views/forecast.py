"""Forecast: whose calls would fail over the new path, what to add, and whether forecasts hold."""

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
from migrations_plan.forecast_export import HEADER, csv_rows
from migrations_plan.gather import forecast_people as gather
from migrations_plan.models import (
    Against,
    ForecastDecision,
    ForecastHindsight,
    ForecastLine,
    MappingFigures,
)

SORTS: dict[str, tuple[str, ...]] = {
    "calls": ("events",),
    "person": ("person__name", "person__email", "action"),
    "account": ("account_id", "action"),
    "action": ("action", "account_id"),
    "last": ("last_at",),
}
MOST = "-calls"
REFUSED = "refused-before"
DECISIONS = (*ForecastDecision.values, REFUSED)
HEAD = (
    Column("Person", "person"),
    Column("Account", "account"),
    Column("Action", "action"),
    Column("Forecast"),
    Column("Calls", "calls", numeric=True),
    Column("Last", "last"),
    Column("Why"),
)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The lines as the address filters, sorts and pages them; ?format=csv gives all of them."""
    now, who = timezone.now(), viewer(request)
    chosen = _chosen(request)
    everything = ForecastLine.objects.visible_to(who).filter(against=chosen["against"])
    lines = _filtered(everything, chosen).select_related("person")
    rows = sorted_by(request, lines, SORTS, MOST)
    if wants_csv(request):
        return csv_response(f"forecast-{now:%Y-%m-%d}.csv", HEADER, csv_rows(rows))
    found = page_of(request, rows)
    accounts = gather.accounts()
    gather.with_account_names(found.object_list, dict(accounts))
    context: dict[str, Any] = {
        "now": now,
        "page": found,
        "sort": sort_of(request, SORTS, MOST),
        "head": HEAD,
        "list_id": "forecast",
        "chosen": chosen,
        "narrowed": any(word for name, word in chosen.items() if name != "against"),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/forecast/_table.html", context)
    figures = MappingFigures.objects.first()
    context |= {
        "people": gather.people(who, now),
        "changes": gather.changes(who, dict(accounts)),
        "accounts": accounts,
        "services": gather.services(everything),
        "sets": gather.sets(everything),
        "decisions": DECISIONS,
        "figures": figures,
        "hindsight": ForecastHindsight.objects.first(),
    }
    return render(request, "migrations_plan/forecast/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "decision": choice_of(request, "decision", DECISIONS),
        "set": text_of(request, "set"),
        "account": text_of(request, "account"),
        "service": text_of(request, "service"),
        "against": choice_of(request, "against", Against.values) or Against.LIVE.value,
    }


def _filtered(lines: QuerySet[ForecastLine], chosen: dict[str, str]) -> QuerySet[ForecastLine]:
    """Without a choice, what would fail or may: of calls that AWS did not refuse before."""
    conditions = Q()
    if chosen["q"]:
        text = chosen["q"]
        conditions &= (
            Q(person__name__icontains=text)
            | Q(person__email__icontains=text)
            | Q(action__icontains=text)
        )
    if chosen["set"]:
        conditions &= Q(permission_set=chosen["set"])
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    if chosen["service"]:
        conditions &= Q(service=chosen["service"])
    if chosen["decision"] == REFUSED:
        return lines.filter(conditions, refused_before=True)
    wanted = [chosen["decision"]] if chosen["decision"] else ["denied", "unknown"]
    return lines.filter(conditions, refused_before=False, decision__in=wanted)
