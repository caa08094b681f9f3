"""Progress: people by state, keys alive and old-path calls per day, and when it may be over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from migrations_plan.gather import board as board_gather
from migrations_plan.gather import progress as gather
from migrations_plan.models import PersonState
from migrations_plan.rules.burn_down import burn_down
from migrations_plan.rules.progress_chart import GROUPS, chart
from migrations_plan.usage_address import everybody


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """Its own page, and a part of Overview."""
    now = timezone.now()
    points = gather.progress(everybody(request, now, None), now)
    context = {
        "now": now,
        "points": list(reversed(points)),
        "chart": chart(points),
        "groups": GROUPS,
        "burn": burn_down(gather.left(points, now)),
        "judged": sum(point.states is not None for point in points),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/progress/_part.html", context)
    rows = PersonState.objects.visible_to(viewer(request))
    context["board"] = board_gather.board(rows, now)
    return render(request, "migrations_plan/progress/page.html", context)
