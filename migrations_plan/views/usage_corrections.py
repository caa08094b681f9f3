"""Corrections: what changed in the counts of a day after it was closed, and why."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import wants_csv
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role
from migrations_plan.gather import usage as gather
from migrations_plan.rules.usage_days import PRESETS
from migrations_plan.usage_address import asked

HEADER = ("at", "day", "account_id", "path", "events", "reason", "sentence")


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list of the address's days and account; ?format=csv gives all of it."""
    now = timezone.now()
    found = asked(request, now)
    rows = gather.corrections(found.scope)
    if wants_csv(request):
        return csv_response(f"corrections-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows))
    context = {
        "now": now,
        "asked": found,
        "chosen": found.chosen,
        "window": found.scope.window,
        "presets": PRESETS,
        "page": page_of(request, rows),
        "list_id": "corrections",
    }
    part = "_table" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/usage_corrections/{part}.html", context)


def _csv_rows(rows: Any) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=2000):
        yield tuple(getattr(row, name) for name in HEADER)
