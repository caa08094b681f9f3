"""How many programs still use keys, per day: a part of Workloads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from migrations_plan.gather.workload_burn import workload_burn


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """htmx loads it into the list; without scripts it is a page of its own."""
    now = timezone.now()
    context = {"now": now, "found": workload_burn(viewer(request), now)}
    name = "_burn_down" if wants_partial(request) else "burn_down"
    return render(request, f"migrations_plan/workload/{name}.html", context)
