"""A plan is changed: dates, numbers, owners, items; shifted, paused, resumed, ended."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans import changing
from migrations_plan.actions.plans.changing import Who
from migrations_plan.artefacts.plan_content import CHOICES
from migrations_plan.artefacts.plan_template import SETTINGS, WHO
from migrations_plan.forms.plans import AddItemForm, ChangeForm, EditForm, RemoveItemForm, ShiftForm
from migrations_plan.gather.plan import content_of, today_of
from migrations_plan.models import Plan, PlanState
from migrations_plan.rules.plan_calendar import WEEKDAYS
from migrations_plan.setting_words import SETTING_WORDS


@require_role("lead")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; a POST keeps a new version."""
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    content, now = content_of(plan), timezone.now()
    form = EditForm(request.POST, content) if request.method == "POST" else None
    if form is not None and form.is_valid():
        edit = form.edit()
        if _done(request, plan, form, lambda who: changing.edit_plan(who, edit)):
            return redirect("plan", plan.pk)
    context = {
        "now": now,
        "plan": plan,
        "content": content,
        "form": form,
        "today": today_of(plan, now),
        "weekdays": [(n, word, n in plan.working_days) for n, word in enumerate(WEEKDAYS)],
        "settings": [
            (name, SETTING_WORDS[name], number, *SETTINGS[name])
            for name, number in content.settings.items()
        ],
        "choices": [(name, word, CHOICES[name]) for name, word in content.choices.items()],
        "owners": [(word, content.owners.get(word, "")) for word in WHO],
        "days": [
            (day, [(item, content.item_owners.get(item.name, "")) for item in day.items])
            for day in content.days
        ],
        "who": WHO,
    }
    return render(request, "migrations_plan/plan_edit/page.html", context)


def _done(
    request: HttpRequest, plan: Plan, form: forms.Form, work: Callable[[Who], Any], said: str = ""
) -> bool:
    """Whether the change was made; says why not."""
    if not form.is_valid():
        fields = ", ".join(form.errors)
        messages.error(request, f"Please look at these again: {fields}.")
        return False
    values = form.cleaned_data
    who = Who(viewer(request), plan, values["version"], values["reason"], timezone.now())
    try:
        work(who)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, said or "Changed. The version before is kept.")
    return True


@require_POST
@require_role("lead")
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything from a date on moves."""
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    form = ShiftForm(request.POST)
    _done(
        request,
        plan,
        form,
        lambda who: changing.shift_plan(
            who, form.cleaned_data["from_day"], form.cleaned_data["days"]
        ),
    )
    return redirect("plan", plan.pk)


@require_POST
@require_role("lead")
def state(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """pause, resume, finish or cancel."""
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    work: dict[str, Callable[[Who], Any]] = {
        "pause": changing.pause_plan,
        "resume": changing.resume_plan,
        "finish": lambda who: changing.end_plan(who, PlanState.FINISHED),
        "cancel": lambda who: changing.end_plan(who, PlanState.CANCELLED),
    }
    if to in work:
        _done(request, plan, ChangeForm(request.POST), work[to])
    else:
        messages.error(request, "A plan is paused, resumed, finished or cancelled.")
    return redirect("plan", plan.pk)


@require_POST
@require_role("lead")
def add_item(request: HttpRequest, pk: int) -> HttpResponse:
    """An item of one's own."""
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    form = AddItemForm(request.POST)

    def work(who: Who) -> None:
        values = form.cleaned_data
        changing.add_item(
            who, values["day"], form.item_name(), values["title"], values["confirm"], values["who"]
        )

    _done(request, plan, form, work)
    return redirect("plan-edit", plan.pk)


@require_POST
@require_role("lead")
def remove_item(request: HttpRequest, pk: int) -> HttpResponse:
    """An item that does not fit here."""
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    form = RemoveItemForm(request.POST)
    _done(request, plan, form, lambda who: changing.remove_item(who, form.cleaned_data["item"]))
    return redirect("plan-edit", plan.pk)
