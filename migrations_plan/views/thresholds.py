"""Thresholds: the numbers that gates and forecasts stand on; leads change them, others read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.gates import set_thresholds
from migrations_plan.forms.decisions import ThresholdsForm
from migrations_plan.models import JournalEntry, ThresholdSettings, thresholds
from migrations_plan.models.settings import ONLY
from migrations_plan.rules import thresholds as rules

MOST_CHANGES = 20


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """Which are in force, since when, by whom; a POST puts others in force."""
    who = viewer(request)
    form = ThresholdsForm(request.POST) if request.method == "POST" else None
    if form is not None:
        if form.is_valid():
            return _set(request, form)
        messages.error(request, "Please give numbers within the bounds, and a reason.")
    changes = JournalEntry.objects.filter(action="set-thresholds")
    context = {
        "now": timezone.now(),
        "inforce": thresholds(),
        "default": rules.Thresholds(),
        "bounds": rules,
        "row": ThresholdSettings.objects.filter(pk=ONLY).first(),
        "changes": changes[:MOST_CHANGES],
        "decides": who.role == "lead",
        "form": form,
    }
    return render(request, "migrations_plan/thresholds/page.html", context)


def _set(request: HttpRequest, form: ThresholdsForm) -> HttpResponse:
    values = dict(form.cleaned_data)
    reason = values.pop("reason")
    try:
        set_thresholds(
            by=viewer(request),
            wanted=rules.Thresholds(**values),
            reason=reason,
            now=timezone.now(),
        )
        messages.success(request, "In force. Everybody is judged again within a minute.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("thresholds")
