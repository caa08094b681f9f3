"""One finding: its sentence, the facts and times behind it, its history, what a lead decides."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from inventory import codec
from migrations_plan.actions.findings import (
    acknowledge_finding,
    finding_subject,
    unacknowledge_finding,
)
from migrations_plan.forms.decisions import AcknowledgeForm, ReasonForm
from migrations_plan.gather import alerts as gather
from migrations_plan.models import Finding, JournalEntry
from migrations_plan.rules.facts import KINDS

MOST_ROWS = 50
DECISIONS = ("acknowledge-finding", "unacknowledge-finding")
PROPOSED = timedelta(days=14)


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The finding, with every earlier one of the same rule and subject."""
    finding = _the_finding(request, pk)
    now = timezone.now()
    same = Finding.objects.visible_to(viewer(request)).filter(
        rule=finding.rule, subject=finding.subject
    )
    (dressed,) = gather.dressed([finding], now)
    context: dict[str, Any] = {
        "now": now,
        "finding": dressed,
        "kind": KINDS.get(finding.kind, finding.kind),
        "facts": [_with_time(fact) for fact in finding.facts],
        "history": gather.dressed(same.order_by("-opened_at", "-pk")[:MOST_ROWS], now),
        "decisions": JournalEntry.objects.filter(
            action__in=DECISIONS, subject=finding_subject(finding)
        )[:MOST_ROWS],
        "proposed": (now + PROPOSED).date(),
        "first_day": (now + timedelta(days=1)).date(),
        "last_day": (now + timedelta(days=365)).date(),
    }
    return render(request, "migrations_plan/finding/page.html", context)


def _the_finding(request: HttpRequest, pk: int) -> Finding:
    visible = Finding.objects.visible_to(viewer(request)).select_related("account")
    finding: Finding = get_object_or_404(visible, pk=pk)
    return finding


def _with_time(fact: dict[str, Any]) -> dict[str, Any]:
    at = fact.get("at")
    return {**fact, "at": codec.time_from_text(at) if at else None}


@require_role("lead")
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead says that it may wait, why, and until when."""
    finding = _the_finding(request, pk)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please give a reason and the last day.")
        return redirect("finding", pk=pk)
    # The day that was named is included.
    until = datetime.combine(form.cleaned_data["until"], time.max, UTC).replace(microsecond=0)
    try:
        acknowledge_finding(
            by=viewer(request),
            finding=finding,
            reason=form.cleaned_data["reason"],
            until=until,
            now=timezone.now(),
        )
        messages.success(request, f"Acknowledged until {until:%Y-%m-%d}; the journal has why.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("finding", pk=pk)


@require_role("lead")
@require_POST
def unacknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead puts it back on the list."""
    finding = _the_finding(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please give a reason.")
        return redirect("finding", pk=pk)
    try:
        unacknowledge_finding(
            by=viewer(request),
            finding=finding,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, "It is back on the list.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("finding", pk=pk)
