"""One statement of the auditor's list: its result on a day, every case behind it, and its days."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.csvfile import csv_response
from accessportal.web.lists import choice_of, wants_csv
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from inventory.models import PermissionSet
from migrations_plan.actions.reviews import review_permission_set
from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.gather import control_days as gather
from migrations_plan.models import ControlDay
from migrations_plan.periods import day_of, period_of
from migrations_plan.rules.controls import CONTROLS, Control
from migrations_plan.rules.usage_days import PRESETS

REVIEWED = "sets-as-code"
# Pages that a case may lead to, and whether their address is a number.
PAGES = {"iam-user": int, "person": int, "permission-set": int, "account": str}
CASES = ("control", "day", "verdict", "subject", "name", "sentence", "link")
DAYS = (
    "control", "day", "verdict", "verdict_when_judged", "sentence", "population", "looked_at",
    "not_looked_at", "exceptions", "undecided", "judged_at", "stale_after", "runs", "notes",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest, name: str) -> HttpResponseBase:
    """The result of ?day=, or of the newest day of the period. ?format=csv gives its cases, with
    ?of=days the days instead."""
    if name not in CONTROLS:
        raise Http404
    now, control = timezone.now(), CONTROLS[name]
    window = period_of(request, now.date())
    (statement,) = gather.statements(viewer(request), window, now, [name])
    chosen = day_of(request, "day") or window.last
    row = ControlDay.objects.visible_to(viewer(request)).filter(control=name, day=chosen).first()
    if wants_csv(request):
        if choice_of(request, "of", ("days",)):
            days = _day_rows(control, statement, request)
            return csv_response(f"{name}-{window.first}-{window.last}.csv", DAYS, days)
        return csv_response(f"{name}-{chosen}.csv", CASES, _case_rows(request, row, chosen))
    cases = page_of(request, row.cases if row else [])
    context = {
        "now": now,
        "control": control,
        "window": window,
        "presets": PRESETS,
        "statement": statement,
        "day": gather.day_of(row, chosen, now),
        "page": cases,
        "cases": [{**case, "url": _url(case)} for case in cases],
        "cut": row and row.exceptions + row.undecided - len(row.cases),
        "facts": gather.facts_of(row) if row else [],
        "notes": gather.notes_of(row) if row else [],
        "reviewed": _sets(request) if name == REVIEWED else None,
    }
    return render(request, "migrations_plan/statement/page.html", context)


@require_POST
@require_role("lead")
def review(request: HttpRequest) -> HttpResponse:
    """Records that a permission set was reviewed."""
    sets = PermissionSet.objects.visible_to(viewer(request)).present()
    chosen = request.POST.get("permission_set", "")
    key = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10 else 0
    one = sets.filter(pk=key).first()
    form = ReasonForm(request.POST)
    if one is None:
        messages.error(request, "There is no such permission set. Nothing was recorded.")
    elif not form.is_valid():
        messages.error(request, "Please say what the review found: it goes into the journal.")
    else:
        try:
            review_permission_set(
                by=viewer(request),
                permission_set=one,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"The journal has the review of {one}.")
    return redirect("evidence-statement", REVIEWED)


def _sets(request: HttpRequest) -> list[PermissionSet]:
    return list(PermissionSet.objects.visible_to(viewer(request)).present())


def _url(case: dict[str, Any]) -> str:
    """Where its subject is shown; '' where nothing shows it."""
    kind, key = PAGES.get(case.get("page", "")), str(case.get("key", ""))
    if kind is None or not (key.isascii() and key.isdecimal()):
        return ""
    return reverse(case["page"], args=[kind(key)])


def _case_rows(
    request: HttpRequest, row: ControlDay | None, day: date
) -> Iterator[tuple[Any, ...]]:
    for case in row.cases if row else ():
        link = _url(case)
        yield (
            row and row.control, day, case["verdict"], case["id"], case["name"], case["sentence"],
            request.build_absolute_uri(link) if link else None,
        )  # fmt: skip


def _day_rows(
    control: Control, statement: gather.Statement, request: HttpRequest
) -> Iterator[tuple[Any, ...]]:
    rows = ControlDay.objects.visible_to(viewer(request)).filter(
        control=control.name, day__range=(statement.days[0].day, statement.last.day)
    )
    runs: dict[date, Any] = dict(rows.values_list("day", "runs"))
    for one in statement.days:
        row = one.row
        yield (
            control.name, one.day, one.verdict, row and row.verdict, one.sentence,
            row and row.population, row and row.looked_at, row and row.not_looked_at,
            row and row.exceptions, row and row.undecided, row and row.at,
            row and row.stale_after, runs.get(one.day), row and _noted(row),
        )  # fmt: skip


def _noted(row: ControlDay) -> list[str]:
    return [f"{note['at']}: {note['sentence']}" for note in row.notes]
