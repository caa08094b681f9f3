"""Who is still on the old path: IAM users' credentials that were used, how often, from where."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import wants_csv
from accessportal.web.paging import page_of, sort_of
from accessportal.web.roles import require_role
from migrations_plan.gather import usage as gather
from migrations_plan.gather.old_path import SORTS, ranked
from migrations_plan.gather.usage import Scope
from migrations_plan.rules.usage_days import PRESETS
from migrations_plan.usage_address import asked

CSV_AT_ONCE = 500
HEADER = (
    "arn", "user_name", "account_id", "owner", "credential", "access_key_id", "role_arn", "calls",
    "direct_calls", "errors", "last_use_at", "last_day",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address narrows, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    found = asked(request, now)
    scope = found.scope
    sort = sort_of(request, SORTS, "-seen")
    order = ranked(scope, sort)
    if wants_csv(request):
        return csv_response(f"old-path-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(scope, order))
    shown = page_of(request, order)
    shown.object_list = gather.listed(scope, list(shown.object_list))
    gather.add_origins(scope, shown.object_list)
    context = {
        "now": now,
        "asked": found,
        "chosen": found.chosen,
        "window": scope.window,
        "presets": PRESETS,
        "page": shown,
        "sort": sort,
        "list_id": "identities",
        "gaps": gather.gaps_of(scope),
    }
    part = "_table" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/usage_identities/{part}.html", context)


def _csv_rows(scope: Scope, order: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Some at a time, so that the file begins at once."""
    for start in range(0, len(order), CSV_AT_ONCE):
        for row in gather.listed(scope, order[start : start + CSV_AT_ONCE]):
            yield (
                row.arn, row.user_name, row.account_id, row.owner_email, row.credential,
                row.access_key_id, row.role_arn, row.calls, row.direct, row.errors, row.seen,
                row.last_day,
            )  # fmt: skip
