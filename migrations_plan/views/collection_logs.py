"""Logs: which log objects were counted, which wait, which could not be read and why."""

import logging
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from accessportal.web.csvfile import csv_response
from accessportal.web.lists import choice_of, wants_csv
from accessportal.web.paging import PER_PAGE
from accessportal.web.roles import require_role, viewer
from inventory import tasks
from inventory.models import AwsAccount, LogState, TrailObject
from migrations_plan.actions.collecting import retry_logs
from migrations_plan.gather import logs as gather
from migrations_plan.gather.collection import accounts_by_id

log = logging.getLogger(__name__)
ACCOUNTS_PER_PAGE = 50
HEADER = (
    "id", "uri", "state", "account_id", "region", "day", "reason", "detail", "attempts",
    "found_at", "not_before", "done_at",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The whole page; ?format=csv gives what could not be read."""
    now = timezone.now()
    rows = gather.quarantine()
    if wants_csv(request):
        found = ([getattr(row, name) for name in HEADER] for row in rows.iterator(chunk_size=2000))
        return csv_response(f"logs-not-read-{now:%Y-%m-%d}.csv", HEADER, found)
    accounts = accounts_by_id(AwsAccount.objects.visible_to(viewer(request)))
    logs = gather.gather_logs(accounts, now)
    account_page = Paginator(logs.accounts, ACCOUNTS_PER_PAGE).get_page(request.GET.get("accounts"))
    quarantine = _page(request, rows, logs.failing + logs.quarantined)
    for row in quarantine.object_list:
        row.sentence = gather.sentence_of(row.reason)  # type: ignore[attr-defined]
    context = {
        "now": now,
        "logs": logs,
        "account_page": account_page,
        "gap_days": gather.GAP_DAYS,
        "page": quarantine,
    }
    # Either or, because each is a question of its own to the database.
    if choice_of(request, "show", ("events",)):
        context["bad_events"] = gather.bad_events()
    else:
        context["gaps"] = gather.gaps([one.account for one in account_page if one.account], now)
    return render(request, "migrations_plan/collection_logs/page.html", context)


def _page(request: HttpRequest, rows: Any, count: int) -> Page[TrailObject]:
    """The page that ?page= names, of rows that were counted already."""
    pages = Paginator(rows, PER_PAGE)
    pages.count = count
    return pages.get_page(request.GET.get("page"))


@require_role("lead")
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """A lead puts quarantined objects back on the list: one, or all when none is named."""
    word = request.POST.get("object", "")
    object_id = int(word) if word.isascii() and word.isdecimal() and len(word) < 19 else None
    if word and not _is_quarantined(object_id):
        raise Http404
    count = retry_logs(by=viewer(request), now=timezone.now(), object_id=object_id)
    try:
        tasks.hint_logs()
    except OperationalError:
        log.warning("the broker does not answer; the work list waits for the next tick")
    said = f"{count} log object{'' if count == 1 else 's'} back on the work list."
    messages.success(request, said)
    return redirect("collection-logs")


def _is_quarantined(object_id: int | None) -> bool:
    rows = TrailObject.objects.filter(pk=object_id or 0, state=LogState.QUARANTINED)
    return rows.exists()
