"""One item of a plan: each of its subjects, the gates and facts behind it, and the tick."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.csvfile import csv_response
from accessportal.web.lists import choice_of, text_of, wants_csv
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans import drilling, reviewing, ticking
from migrations_plan.artefacts.plan_gates import meaning
from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.forms.plans import DrillForm, TickForm, UseReviewForm
from migrations_plan.gather.plan import content_of, standings, today_of
from migrations_plan.gather.plan_usage import recent_break_glass
from migrations_plan.models import Plan, StandingChange, Tick
from migrations_plan.rules.checklist import VERDICTS

HEADER = ("subject", "name", "wave", "verdict", "due", "since", "sentence")
MOST_CHANGES = 30
DRILLED = {"scim-arrives", "scim-leaves"}
EMERGENCIES = "break-glass-reviewed"
MOST_TICKS = 50


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """What it is, why, how each subject stands, and its history; ?format=csv: the subjects."""
    now = timezone.now()
    plan, content = _plan(request, pk)
    item, day = _item(content, name)
    verdict = choice_of(request, "verdict", VERDICTS)
    q = text_of(request, "q")
    rows = standings(plan, now).filter(item=name).select_related("wave")
    rows = rows.filter(reading=verdict) if verdict else rows
    rows = rows.filter(name__icontains=q) if q else rows
    rows = rows.order_by("verdict", "name", "pk")
    if wants_csv(request):
        return csv_response(f"plan-{plan.pk}-{name}-{now:%Y-%m-%d}.csv", HEADER, _lines(rows))
    named = {one.name: one.title for one in content.items}
    uses = recent_break_glass(now) if EMERGENCIES in item.gates else ()
    context = {
        "now": now,
        "plan": plan,
        "item": item,
        "day": day,
        "owner": content.owner(item),
        "meanings": [(gate, meaning(gate)) for gate in item.gates],
        "after": [(one, named[one]) for one in item.after if one in named],
        "page": page_of(request, rows),
        "chosen": {"verdict": verdict, "q": q},
        "verdicts": VERDICTS,
        "ticks": Tick.objects.filter(plan=plan, item=name)[:MOST_TICKS],
        "changes": StandingChange.objects.filter(plan=plan, item=name).exclude(before="")[
            :MOST_CHANGES
        ],
        "today": today_of(plan, now),
        "drilled": DRILLED & set(item.gates),
        "drills": plan.drills.all()[:MOST_TICKS] if DRILLED & set(item.gates) else (),
        "emergencies": EMERGENCIES in item.gates,
        "uses": uses,
        "waiting": [one for one in uses if one.reviewed_at is None],
        "decides": viewer(request).role == "lead" and plan.live,
    }
    return render(request, "migrations_plan/plan_item/page.html", context)


@require_POST
@require_role("lead")
def tick(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Somebody confirms it by hand."""
    plan, content = _plan(request, pk)
    _item(content, name)
    form = TickForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please say on which day, and what was done.")
        return redirect("plan-item", plan.pk, name)
    try:
        ticking.tick(
            by=viewer(request), plan=plan, item=name, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "Confirmed. The journal has it.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plan-item", plan.pk, name)


@require_POST
@require_role("lead")
def drill(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A test user was added in the identity provider, or removed."""
    plan, content = _plan(request, pk)
    _item(content, name)
    form = DrillForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Please look at these again: {', '.join(form.errors)}.")
        return redirect("plan-item", plan.pk, name)
    try:
        drilling.record_drill(
            by=viewer(request), plan=plan, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, "Recorded. The next reads of Identity Center follow it.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plan-item", plan.pk, name)


@require_POST
@require_role("lead")
def review_use(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A use of break-glass was looked at."""
    plan, content = _plan(request, pk)
    _item(content, name)
    form = UseReviewForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please say which use, and what came of it.")
        return redirect("plan-item", plan.pk, name)
    try:
        reviewing.review_use(by=viewer(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, "Reviewed. The journal has it.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plan-item", plan.pk, name)


@require_POST
@require_role("lead")
def take_back(request: HttpRequest, pk: int, name: str, tick: int) -> HttpResponse:
    """It is not so, or no longer."""
    plan, _ = _plan(request, pk)
    held = get_object_or_404(Tick.objects.select_related("plan"), pk=tick, plan=plan, item=name)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        ticking.take_back(by=viewer(request), tick=held, reason=reason, now=timezone.now())
        messages.success(request, "Taken back: the item is open again.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plan-item", plan.pk, name)


def _lines(rows: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=1000):
        wave = row.wave.name if row.wave else ""
        yield row.subject, row.name, wave, row.reading, row.due, row.since, row.sentence


def _plan(request: HttpRequest, pk: int) -> tuple[Plan, Any]:
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    return plan, content_of(plan)


def _item(content: Any, name: str) -> tuple[Any, Any]:
    try:
        return content.item(name), content.day_of_item(name)
    except KeyError:
        raise Http404 from None
