"""Waves of a plan: who is cut over together, and when."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.csvfile import csv_response
from accessportal.web.lists import wants_csv
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans import waves
from migrations_plan.actions.plans.changing import Who
from migrations_plan.forms.plans import (
    ChangeForm,
    MembersForm,
    MoveWaveForm,
    TakeOutForm,
    WaveForm,
)
from migrations_plan.gather.plan_day import wave_rows
from migrations_plan.gather.plan_members import member_rows, without_wave
from migrations_plan.models import MemberKind, Plan, Wave, WaveMember

HEADER = ("wave", "cutover_on", "kind", "email", "account_id", "user_arn", "state")
MOST_LEFT = 30


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every wave with its members; and who is in none; ?format=csv: the members."""
    now, who = timezone.now(), viewer(request)
    plan = get_object_or_404(Plan.objects.visible_to(who), pk=pk)
    if wants_csv(request):
        return csv_response(f"plan-{plan.pk}-waves-{now:%Y-%m-%d}.csv", HEADER, _lines(plan))
    rows = wave_rows(plan, now)
    left, left_count = without_wave(plan, MOST_LEFT)
    members = page_of(request, member_rows(plan))
    context = {
        "now": now,
        "plan": plan,
        "waves": rows,
        "page": members,
        "left": left,
        "left_count": left_count,
        "kinds": MemberKind.choices,
        "decides": who.role == "lead" and plan.live,
    }
    return render(request, "migrations_plan/plan_waves/page.html", context)


def _lines(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for row in member_rows(plan).iterator(chunk_size=1000):
        who = row.person.email if row.person else ""
        standing = getattr(row.person, "standing", None)
        state = standing.state if standing else ""
        wave = row.wave
        yield wave.name, wave.cutover_on, row.kind, who, row.account_id, row.user_arn, state


def _run(
    request: HttpRequest, plan: Plan, form: forms.Form, work: Callable[[Who], Any]
) -> HttpResponse:
    if not form.is_valid():
        messages.error(request, f"Please look at these again: {', '.join(form.errors)}.")
        return redirect("plan-waves", plan.pk)
    values = form.cleaned_data
    who = Who(viewer(request), plan, values["version"], values["reason"], timezone.now())
    try:
        work(who)
        messages.success(request, "Changed. The version before is kept.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("plan-waves", plan.pk)


def _plan(request: HttpRequest, pk: int) -> Plan:
    found: Plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    return found


@require_POST
@require_role("lead")
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more wave."""
    form = WaveForm(request.POST)
    return _run(
        request,
        _plan(request, pk),
        form,
        lambda who: waves.add_wave(who, form.cleaned_data["name"], form.cleaned_data["cutover_on"]),
    )


@require_POST
@require_role("lead")
def move(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """Another day for its cutover."""
    plan = _plan(request, pk)
    held = get_object_or_404(Wave, pk=wave, plan=plan)
    form = MoveWaveForm(request.POST)
    return _run(
        request,
        plan,
        form,
        lambda who: waves.move_wave(who, held, form.cleaned_data["cutover_on"]),
    )


@require_POST
@require_role("lead")
def remove(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """A wave is taken away."""
    plan = _plan(request, pk)
    held = get_object_or_404(Wave, pk=wave, plan=plan)
    return _run(request, plan, ChangeForm(request.POST), lambda who: waves.remove_wave(who, held))


@require_POST
@require_role("lead")
def put(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """People, accounts or workloads go into a wave."""
    plan = _plan(request, pk)
    held = get_object_or_404(Wave, pk=wave, plan=plan)
    form = MembersForm(request.POST)
    put_them = {
        MemberKind.PERSON: waves.put_people,
        MemberKind.ACCOUNT: waves.put_accounts,
        MemberKind.WORKLOAD: waves.put_workloads,
    }
    return _run(
        request,
        plan,
        form,
        lambda who: put_them[MemberKind(form.cleaned_data["kind"])](who, held, form.words()),
    )


@require_POST
@require_role("lead")
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Members leave their wave."""
    plan = _plan(request, pk)
    rows = {row.pk: row for row in WaveMember.objects.filter(plan=plan).select_related("person")}
    form = TakeOutForm(request.POST, list(rows))
    return _run(
        request,
        plan,
        form,
        lambda who: waves.take_out(who, [rows[one] for one in form.cleaned_data["members"]]),
    )
