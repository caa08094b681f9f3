"""Collection: what was read, what was not and why, and what is being read now."""

import logging
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import is_htmx, wants_partial
from accessportal.web.lists import choice_of, text_of, wants_csv
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from inventory import tasks
from inventory.models import AwsAccount, CollectionRun, Outcome
from inventory.sources import SOURCE_BY_NAME, SOURCES
from migrations_plan.actions.collecting import collect_now
from migrations_plan.gather import collection as gather

log = logging.getLogger(__name__)
ACCOUNTS_PER_PAGE = 25
ACCOUNTS_PAGE = "accounts"
RUNS_PER_PAGE = 25
HEADER = (
    "id", "source", "account_id", "region", "origin", "outcome", "started_at", "ended_at",
    "observed_at", "calls", "items", "error", "requested_by", "file_name", "file_sha256",
)  # fmt: skip
ORIGINS = ("aws", "file")


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The whole page; htmx asks for its list of runs."""
    now = timezone.now()
    chosen = _chosen(request)
    runs = CollectionRun.objects.filter(_condition(chosen))
    if wants_csv(request):
        rows = ([getattr(run, name) for name in HEADER] for run in runs.iterator(chunk_size=2000))
        return csv_response(f"runs-{now:%Y-%m-%d}.csv", HEADER, rows)
    accounts = _accounts(request)
    found = page_of(request, runs, RUNS_PER_PAGE)
    gather.describe(found.object_list, accounts)
    context = {
        "now": now,
        "page": found,
        "list_id": "runs",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/collection/_table.html", context)
    context |= _status(request, accounts) | _around(accounts)
    return render(request, "migrations_plan/collection/page.html", context)


@require_role("lead", "auditor")
def status(request: HttpRequest) -> HttpResponse:
    """The upper half of the page, which asks for itself while something is running."""
    if not wants_partial(request):
        return redirect("collection")
    return _status_part(request)


@require_role("lead")
@require_POST
def collect(request: HttpRequest) -> HttpResponse:
    """A lead asks for reads: everything, one source, one account, or one source in one account."""
    source, account_id = request.POST.get("source", ""), request.POST.get("account_id", "")
    who = viewer(request)
    if source and source not in SOURCE_BY_NAME:
        raise Http404
    if account_id and not AwsAccount.objects.visible_to(who).filter(pk=account_id).exists():
        raise Http404
    added = collect_now(
        by=who, now=timezone.now(), source=source or None, account_id=account_id or None
    )
    _hint()
    if is_htmx(request):
        return _status_part(request)
    said = f"{added} read{'' if added == 1 else 's'} added to the work list."
    messages.success(request, said if added else "Everything asked for is waiting already.")
    return redirect("collection")


def _hint() -> None:
    """Wakes a worker. Without a broker the work list waits for the next tick: nothing is lost."""
    try:
        tasks.hint()
    except OperationalError:
        log.warning("the broker does not answer; the work list waits for the next tick")


def _status_part(request: HttpRequest) -> HttpResponse:
    context = {"now": timezone.now(), **_status(request, _accounts(request))}
    return render(request, "migrations_plan/collection/_status.html", context)


def _accounts(request: HttpRequest) -> dict[str, AwsAccount]:
    who = viewer(request)
    named = AwsAccount.objects.visible_to(who).only("name", "environment")
    return gather.accounts_by_id(named)


def _status(request: HttpRequest, accounts: dict[str, AwsAccount]) -> dict[str, Any]:
    now = timezone.now()
    state = gather.status(accounts, now)
    shown = page_of(request, state.accounts, ACCOUNTS_PER_PAGE, name=ACCOUNTS_PAGE)
    organization, reads = gather.reads_of(list(shown), now)
    return {
        "status": state,
        "organization": organization,
        "work": gather.work(accounts),
        "account_page": shown,
        "account_reads": reads,
        "columns": [(s, gather.SHORT.get(s.name, s.title)) for s in gather.ACCOUNT_SOURCES],
    }


def _around(accounts: dict[str, AwsAccount]) -> dict[str, Any]:
    imports = list(CollectionRun.objects.exclude(file_sha256="")[:10])
    gather.describe(imports, accounts)
    return {
        "imports": imports,
        "outcomes": Outcome.values,
        "sources": SOURCES,
        "accounts": [(pk, str(account)) for pk, account in accounts.items()],
    }


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "outcome": choice_of(request, "outcome", [*Outcome.values, "bad"]),
        "source": text_of(request, "source"),
        "account": text_of(request, "account"),
        "origin": choice_of(request, "origin", ORIGINS),
    }


def _condition(chosen: dict[str, str]) -> Q:
    condition = Q()
    if chosen["outcome"]:
        bad = chosen["outcome"] == "bad"
        condition &= Q(outcome__in=gather.BAD) if bad else Q(outcome=chosen["outcome"])
    if chosen["source"]:
        condition &= Q(source=chosen["source"])
    if chosen["account"]:
        account = "" if chosen["account"] == "organization" else chosen["account"]
        condition &= Q(account_id=account)
    if chosen["origin"]:
        files = ~Q(file_sha256="")
        condition &= files if chosen["origin"] == "file" else ~files
    return condition
