"""Of one permission set: what its members would miss, and what none of them called. A part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from inventory.models import PermissionSet
from migrations_plan.gather import permission_set as places
from migrations_plan.gather import set_forecast as gather
from migrations_plan.gather.forecast import window
from migrations_plan.models import thresholds


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """htmx loads it into the set's page; without scripts it is a page of its own."""
    who, now = viewer(request), timezone.now()
    one = get_object_or_404(PermissionSet.objects.visible_to(who), pk=pk)
    days = window(now, thresholds().window_days)
    assigned = places.assigned(one, who)
    context = {
        "now": now,
        "permission_set": one,
        "missed": gather.missed(one, who),
        "most_missed": gather.MOST_MISSED,
        "unused": gather.unused(one, assigned, days, who, now),
        "since": days.first,
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/set_forecast/{part}.html", context)
