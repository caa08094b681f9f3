"""Plans: which there are, how far each is; and a new one from a template."""

from datetime import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.lists import choice_of
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans import making
from migrations_plan.artefacts.plan_template import TEMPLATES, plan_templates
from migrations_plan.forms.plans import MakeForm
from migrations_plan.gather.plans import live_today, plan_rows
from migrations_plan.models import Plan
from migrations_plan.rules.plan_calendar import WEEKDAYS

DAY_ENDS = time(18)
WEEK = (0, 1, 2, 3, 4)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """All plans, the newest first; as a part of Overview, what day it is in those that run."""
    now = timezone.now()
    if wants_partial(request):
        context = {"now": now, "plans": live_today(now)}
        return render(request, "migrations_plan/plans/_today.html", context)
    shown = page_of(request, Plan.objects.visible_to(viewer(request)))
    context = {
        "now": now,
        "page": shown,
        "plans": plan_rows(shown.object_list, now),
        "templates": plan_templates(),
    }
    return render(request, "migrations_plan/plans/page.html", context)


@require_role("lead")
def new(request: HttpRequest) -> HttpResponse:
    """The form, and a look at the days as they would fall; a POST makes the plan."""
    form = MakeForm(request.POST) if request.method == "POST" else None
    problems: list[str] = []
    if form is not None and form.is_valid() and "look" not in request.POST:
        try:
            plan = making.make_plan(
                by=viewer(request),
                wanted=form.wanted(),
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, "The plan is made. It is judged within a minute.")
            return redirect("plan", plan.pk)
    context = {"form": form, "problems": problems, **_form_context(request, form)}
    return render(request, "migrations_plan/plans/new.html", context)


def _form_context(request: HttpRequest, form: MakeForm | None) -> dict[str, Any]:
    now = timezone.now()
    filled = request.POST if form is not None else None
    name = filled.get("template", "") if filled else choice_of(request, "template", TEMPLATES)
    values = {
        "template": name or TEMPLATES[0],
        "name": "",
        "starts_on": timezone.localdate(now).isoformat(),
        "time_zone": settings.TIME_ZONE,
        "cutover_at": DAY_ENDS.strftime("%H:%M"),
        "contact": "",
        "holidays": "",
        "reason": "",
    }
    if filled:
        values |= {key: filled.get(key, "") for key in values}
    chosen = set(filled.getlist("working_days")) if filled else {str(day) for day in WEEK}
    look = None
    if form is not None and form.is_valid():
        try:
            look, _ = making.drafted(form.wanted())
        except ValidationError:
            look = None
    return {
        "now": now,
        "values": values,
        "everybody": bool(filled.get("everybody")) if filled else True,
        "weekdays": [(n, word, str(n) in chosen) for n, word in enumerate(WEEKDAYS)],
        "templates": plan_templates(),
        "look": look,
        "people": making.without_plan().count(),
    }
