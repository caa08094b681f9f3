"""Targets: which permission sets people are meant to have, suggested from the calls they made."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.address import next_url
from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from inventory.models import AwsAccount
from migrations_plan.actions.targets import confirm_suggested, remove_target
from migrations_plan.decision_files import TARGET_COLUMNS
from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.gather import targets_list as gather
from migrations_plan.passes import derived
from migrations_plan.passes.suggesting import TARGETS

SORTS: dict[str, tuple[str, ...]] = {
    "person": ("person__name", "person__email", "account_id", "permission_set"),
    "account": ("account_name", "account_id", "person__name", "permission_set"),
    "set": ("permission_set", "person__name", "account_id"),
}
BY_PERSON = "person"
SHOWN = (("suggested", "suggested, not confirmed yet"), ("confirmed", "confirmed"))
HEAD = (
    Column("Person", "person"),
    Column("Account", "account"),
    Column("Permission set", "set"),
    Column("Live now"),
    Column("Why"),
)
HEADER = (
    "state", "email", "account_id", "account", "permission_set", "administrator", "calls",
    "allowed", "unknown", "reason", "confirmed_by", "confirmed_at",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now, who = timezone.now(), viewer(request)
    chosen = _chosen(request)
    is_confirmed = chosen["show"] == "confirmed"
    everything = gather.confirmed(who) if is_confirmed else gather.suggested(who)
    rows = sorted_by(request, _filtered(everything, chosen), SORTS, BY_PERSON)
    if wants_csv(request):
        lines = _csv_rows(rows, is_confirmed=is_confirmed)
        return csv_response(f"targets-{now:%Y-%m-%d}.csv", HEADER, lines)
    known = as_of(now, sources=gather.SOURCES)
    found = page_of(request, rows)
    unread = gather.why_unknown(known)
    gather.add_live(list(found.object_list), unread)
    context = {
        "now": now,
        "page": found,
        "sort": sort_of(request, SORTS, BY_PERSON),
        "head": HEAD,
        "list_id": "targets",
        "chosen": chosen,
        "is_confirmed": is_confirmed,
        "narrowed": any(chosen[name] for name in ("q", "account", "admin")),
        "all_checked": request.GET.get("check") == "all",
        "as_of": known,
        "why_unknown": unread,
        "made_at": None if found.object_list else derived.made_at(TARGETS),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/targets/_table.html", context)
    context |= {
        "accounts": AwsAccount.objects.visible_to(who).named(),
        "shows": SHOWN,
        "counts": gather.counts(who),
    }
    return render(request, "migrations_plan/targets/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "show": choice_of(request, "show", [word for word, _ in SHOWN]) or "suggested",
        "account": text_of(request, "account"),
        "admin": choice_of(request, "admin", ("yes", "no")),
    }


def _filtered(rows: QuerySet[Any, Any], chosen: dict[str, str]) -> QuerySet[Any, Any]:
    conditions = Q()
    if chosen["q"]:
        text = chosen["q"]
        conditions &= (
            Q(person__name__icontains=text)
            | Q(person__email__icontains=text)
            | Q(permission_set__icontains=text)
        )
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    if chosen["admin"] and chosen["show"] == "suggested":
        conditions &= Q(administrator=chosen["admin"] == "yes")
    return rows.filter(conditions)


def _csv_rows(rows: QuerySet[Any, Any], *, is_confirmed: bool) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=gather.CHUNK):
        start = (row.person.email, row.account_id, row.account_name, row.permission_set or None)
        if is_confirmed:
            told = (None, None, None, None, row.reason, row.confirmed_by, row.confirmed_at)
            yield ("confirmed", *start, *told)
        else:
            numbers = (row.administrator, row.calls, row.covered, row.unknown, row.sentence)
            yield ("suggested", *start, *numbers, None, None)


@require_role("lead", "auditor")
def file(request: HttpRequest) -> HttpResponseBase:
    """Confirmed targets in the columns that an import reads."""
    rows = gather.confirmed(viewer(request)).order_by("person__email", "account_id", "pk")
    lines = (
        (row.person.email, row.account_id, row.permission_set, row.reason)
        for row in rows.iterator(chunk_size=gather.CHUNK)
    )
    return csv_response(f"targets-{timezone.now():%Y-%m-%d}.csv", TARGET_COLUMNS, lines)


@require_role("lead")
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirms the chosen suggestions, each with its own line in the journal."""
    form = ReasonForm(request.POST)
    keys = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    if not form.is_valid():
        messages.error(request, "Please give a reason: it goes into the journal.")
    elif not keys:
        messages.error(request, "Please choose at least one row.")
    else:
        chosen = gather.suggested(viewer(request)).filter(pk__in=keys)
        _confirm(request, chosen, form.cleaned_data["reason"])
    return redirect(_back(request))


def _confirm(request: HttpRequest, chosen: QuerySet[Any, Any], reason: str) -> None:
    try:
        done = confirm_suggested(
            by=viewer(request), suggestions=chosen, reason=reason, now=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return
    plural = "target was" if done == 1 else "targets were"
    messages.success(request, f"{done} {plural} confirmed, each with a line in the journal.")


@require_role("lead")
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The person is not meant to have it any more."""
    target = get_object_or_404(gather.confirmed(viewer(request)), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please give a reason: it goes into the journal.")
        return redirect(_back(request))
    try:
        reason, now = form.cleaned_data["reason"], timezone.now()
        remove_target(by=viewer(request), target=target, reason=reason, now=now)
        messages.success(request, f"{target.permission_set} is no target of {target.person}.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    return next_url(request) if request.POST.get("next") else "targets"
