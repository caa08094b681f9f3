"""Usage: old path against new path against workloads, per day, with what was not read."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.lists import wants_csv
from accessportal.web.roles import require_role
from migrations_plan.gather import usage as gather
from migrations_plan.gather.old_path import latest
from migrations_plan.gather.usage_summary import summary
from migrations_plan.rules.usage_chart import SERIES, chart, read_words
from migrations_plan.rules.usage_days import PRESETS, UsageDay
from migrations_plan.usage_address import Asked, asked

COLUMNS = ("old", "new", "workload", "unknown", "root")
HEADER = (
    "day", "account_id", "person", "credential", *COLUMNS, "signin", "aws", "at_least", "open",
    "accounts_expected", "accounts_read", "accounts_read_in_part",
)  # fmt: skip
MOST_IDENTITIES = 10
MOST_CORRECTIONS = 5


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The days that the address asks for; ?format=csv gives their numbers."""
    now = timezone.now()
    found = asked(request, now)
    context = {
        "now": now,
        "asked": found,
        "chosen": found.chosen,
        "window": found.scope.window,
        "presets": PRESETS,
    }
    if not found.problem:
        days, before = gather.usage_days(found.scope)
        if wants_csv(request):
            rows = _csv_rows(found, days)
            return csv_response(f"usage-{now:%Y-%m-%d}.csv", HEADER, rows)
        context |= _numbers(found, days, before)
    return render(request, "migrations_plan/usage/page.html", context)


def _numbers(found: Asked, days: Sequence[UsageDay], before: Sequence[UsageDay]) -> dict[str, Any]:
    scope = found.scope
    first, identities = latest(scope, MOST_IDENTITIES)
    rows = gather.listed(scope, first)
    gather.add_origins(scope, rows)
    return {
        "days": [
            (day, [day.number(path) for path in COLUMNS], read_words(day)) for day in days[::-1]
        ],
        "chart": chart(days),
        "series": SERIES,
        "summary": summary(scope, days, before, identities=identities),
        "identities": rows,
        "corrections": list(gather.corrections(scope)[: MOST_CORRECTIONS + 1]),
        "most_corrections": MOST_CORRECTIONS,
    }


def _csv_rows(found: Asked, days: Sequence[UsageDay]) -> Iterator[tuple[Any, ...]]:
    person = found.person and (found.person.email or str(found.person))
    for day in days:
        yield (
            day.day, found.chosen["account"], person, found.chosen["credential"],
            *(day.number(path) for path in (*COLUMNS, "signin", "aws")),
            day.at_least, day.open, day.coverage.expected, day.coverage.whole,
            day.coverage.partly,
        )  # fmt: skip
