"""What the portal can make, and whether it can be made now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.roles import require_role
from migrations_plan.gather.generated import index as gather


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """Each with the time of its facts, or the sentence why not."""
    now = timezone.now()
    context = {"now": now, "rows": gather.rows(now)}
    return render(request, "migrations_plan/generated/page.html", context)
