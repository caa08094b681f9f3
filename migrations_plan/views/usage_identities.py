"""Who is still on the old path: IAM users' credentials that were used, how often, from where."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role
from migrations_plan.gather import usage as gather
from migrations_plan.rules.usage_days import PRESETS
from migrations_plan.usage_address import asked

SORTS: dict[str, tuple[str, ...]] = {
    "identity": ("arn",),
    "calls": ("calls", "arn"),
    "seen": ("last_day", "seen", "arn"),
}
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
    listed = gather.with_calls(scope, gather.with_owners(gather.identities(scope)))
    rows = sorted_by(request, listed, SORTS, "-seen")
    if wants_csv(request):
        return csv_response(f"old-path-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows))
    shown = page_of(request, rows)
    gather.add_origins(scope, list(shown.object_list))
    context = {
        "now": now,
        "asked": found,
        "chosen": found.chosen,
        "window": scope.window,
        "presets": PRESETS,
        "page": shown,
        "sort": sort_of(request, SORTS, "-seen"),
        "list_id": "identities",
        "gaps": gather.gaps_of(scope),
    }
    part = "_table" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/usage_identities/{part}.html", context)


def _csv_rows(rows: Any) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=2000):
        yield (
            row.arn, row.user_name, row.account_id, row.owner_email, row.credential,
            row.access_key_id, row.role_arn, row.calls, row.direct, row.errors, row.seen,
            row.last_day,
        )  # fmt: skip
