"""Standby: what those who were cut over are refused, within minutes of the logs' delivery."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.gather.standby import board
from migrations_plan.models import Plan

# CloudTrail delivers within about this time on average; later than that something is late.
USUAL_DELAY = timedelta(minutes=15)
PEOPLE_PER_PAGE = 100


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The board; its part asks for itself every half minute."""
    now = timezone.now()
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    found = board(plan, now)
    until = found.read_until
    context = {
        "now": now,
        "plan": plan,
        "board": found,
        "page": page_of(request, found.people, PEOPLE_PER_PAGE),
        "until": until,
        "late": until is None or now - until > USUAL_DELAY,
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/standby/{part}.html", context)
