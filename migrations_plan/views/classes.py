"""Classes: what each IAM user and each key is used as, why, and what a lead declared it to be."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
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
from migrations_plan.actions.classes import declare_class, take_back_declaration
from migrations_plan.forms.decisions import DeclarationForm, ReasonForm
from migrations_plan.gather import classes_list as gather
from migrations_plan.gather.told import CREDENTIAL_SOURCES
from migrations_plan.models import DECLARABLE, IdentityClass, IdentityKind
from migrations_plan.passes import derived
from migrations_plan.passes.classifying import CLASSES

SORTS: dict[str, tuple[str, ...]] = {
    "user": ("user_name", "user_arn", "access_key_id"),
    "account": ("account__name", "account_id", "user_name", "access_key_id"),
    "kind": ("shown", "user_name", "access_key_id"),
    "calls": ("calls",),
    "used": ("used_at",),
}
BY_USER = "user"
HEAD = (
    Column("IAM user or key", "user"),
    Column("Account", "account"),
    Column("Used as", "kind"),
    Column("Calls", "calls", numeric=True),
    Column("Last used", "used"),
    Column("Owner"),
    Column("Why"),
)
HEADER = (
    "account_id", "user_name", "arn", "access_key_id", "kind", "judged", "declared", "declaration",
    "declared_until", "sentence", "reasons", "calls", "last_used_at", "owner", "made_at",
)  # fmt: skip
WHAT = (("user", "whole users"), ("key", "single keys"))


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now, who = timezone.now(), viewer(request)
    chosen = _chosen(request)
    everything = gather.classes(who, now)
    rows = sorted_by(request, _filtered(everything, chosen, now), SORTS, BY_USER)
    if wants_csv(request):
        return csv_response(f"classes-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows, now))
    found = page_of(request, rows)
    context = {
        "now": now,
        "page": found,
        "sort": sort_of(request, SORTS, BY_USER),
        "head": HEAD,
        "list_id": "classes",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": as_of(now, sources=CREDENTIAL_SOURCES),
        "declarable": DECLARABLE,
        "made_at": None if found.object_list else derived.made_at(CLASSES),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/classes/_table.html", context)
    context |= {
        "accounts": AwsAccount.objects.visible_to(who).named(),
        "kinds": IdentityKind.values,
        "what": WHAT,
        "counts": gather.kinds(who, now),
    }
    return render(request, "migrations_plan/classes/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "kind": choice_of(request, "kind", IdentityKind.values),
        "what": choice_of(request, "what", [word for word, _ in WHAT]),
        "account": text_of(request, "account"),
        "declared": choice_of(request, "declared", ("yes", "no")),
    }


def _filtered(
    rows: QuerySet[Any, Any], chosen: dict[str, str], now: datetime
) -> QuerySet[Any, Any]:
    conditions = Q()
    if chosen["q"]:
        text = chosen["q"]
        conditions &= Q(user_name__icontains=text) | Q(access_key_id__icontains=text)
    if chosen["kind"]:
        conditions &= Q(shown=chosen["kind"])
    if chosen["what"]:
        conditions &= Q(access_key_id="") if chosen["what"] == "user" else ~Q(access_key_id="")
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    if chosen["declared"]:
        held = gather.declared_now(now)
        conditions &= held if chosen["declared"] == "yes" else ~held
    return rows.filter(conditions)


def _csv_rows(rows: QuerySet[Any, Any], now: datetime) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=gather.CHUNK):
        held = row.is_declared(now)
        yield (
            row.account_id, row.user_name, row.user_arn, row.access_key_id or None, row.shown,
            row.judged, held, row.declaration if held else None,
            row.declared_until if held else None, row.sentence,
            "; ".join(words for words, _ in row.reasons), row.calls, row.used_at, row.owner_email,
            row.made_at,
        )  # fmt: skip


@require_role("lead")
@require_POST
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead says what it is, with a reason, perhaps until a day."""
    identity = _identity(request, pk)
    form = DeclarationForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please choose what it is, and say why.")
        return redirect(_back(request))
    day = form.cleaned_data["until"]
    until = datetime.combine(day, time.min, UTC) + timedelta(days=1) if day else None
    try:
        declare_class(
            by=viewer(request),
            identity=identity,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            until=until,
            now=timezone.now(),
        )
        messages.success(request, f"{identity.subject} is declared {form.cleaned_data['kind']}.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(request))


@require_role("lead")
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What the calls say holds again."""
    identity = _identity(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please give a reason: it goes into the journal.")
        return redirect(_back(request))
    try:
        take_back_declaration(
            by=viewer(request),
            identity=identity,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, "The declaration was taken back; the calls decide again.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(request))


def _identity(request: HttpRequest, pk: int) -> IdentityClass:
    found: IdentityClass = get_object_or_404(
        IdentityClass.objects.visible_to(viewer(request)), pk=pk
    )
    return found


def _back(request: HttpRequest) -> str:
    return next_url(request) if request.POST.get("next") else "classes"
