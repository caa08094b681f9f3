"""A plan on one day: today first, what is late, who is waited for, what changes by itself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.lists import text_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.gather import plan_day as gather
from migrations_plan.models import Plan


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The day that is on, or ?day=NAME; ?all=yes prints every day."""
    now = timezone.now()
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    board = gather.board(plan, now)
    name = text_of(request, "day")
    try:
        before, day, after = (
            gather.around(board.days, name) if name else gather.beside(board.days, board.today)
        )
    except KeyError:
        raise Http404 from None
    context = {
        "now": now,
        "plan": plan,
        "board": board,
        "before": before,
        "day": day,
        "after": after,
        "whole": text_of(request, "all") == "yes",
        "waiting": board.waiting_for(),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/plan/_live.html", context)
    return render(request, "migrations_plan/plan/page.html", context)
