"""Requests: what people ask for because it would fail, and what leads decide."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.lists import choice_of
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.access_requests import ask_for_access, decide_request
from migrations_plan.forms.decisions import DecideRequestForm, ReasonForm
from migrations_plan.gather import forecast_people as gather
from migrations_plan.models import AccessRequest, ForecastLine, RequestState


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest) -> HttpResponse:
    """Open ones first; an engineer sees only their own."""
    who = viewer(request)
    visible = AccessRequest.objects.visible_to(who)
    state = choice_of(request, "state", RequestState.values)
    rows = visible.filter(state=state) if state else visible
    found = page_of(request, rows.select_related("person").order_by("state", "-asked_at", "-pk"))
    gather.with_account_names(found.object_list)
    gather.with_forecasts(found.object_list, who)
    counts = visible.aggregate(
        everything=Count("pk"), open=Count("pk", filter=Q(state=RequestState.OPEN))
    )
    context = {
        "now": timezone.now(),
        "page": found,
        "counts": counts,
        "state": state,
        "states": RequestState.values,
        "list_id": "",
    }
    return render(request, "migrations_plan/access_requests/page.html", context)


@require_role("lead", "auditor", "engineer")
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for what a line of one's own forecast says would fail."""
    who = viewer(request)
    visible = ForecastLine.objects.visible_to(who).select_related("person")
    line = get_object_or_404(visible, pk=pk)
    if line.person_id != who.person_id:
        messages.error(request, "Only the person whose calls these are may ask for it.")
        return redirect("my-forecast")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please say what you need it for.")
        return redirect("my-forecast")
    try:
        ask_for_access(by=who, line=line, reason=form.cleaned_data["reason"], now=timezone.now())
        messages.success(request, f"You asked for {line.action}; a security lead will decide.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("my-forecast")


@require_role("lead")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead says yes or no."""
    who = viewer(request)
    visible = AccessRequest.objects.visible_to(who).select_related("person")
    asked = get_object_or_404(visible, pk=pk)
    form = DecideRequestForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please give a reason, and say yes or no.")
        return redirect("access-requests")
    granted = form.cleaned_data["decision"] == RequestState.GRANTED
    reason, now = form.cleaned_data["reason"], timezone.now()
    try:
        decide_request(by=who, request=asked, granted=granted, reason=reason, now=now)
        word = "Granted" if granted else "Declined"
        messages.success(request, f"{word}; the journal has why.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("access-requests")
