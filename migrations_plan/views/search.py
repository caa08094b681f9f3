"""search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accessportal.web.roles import require_role


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest) -> HttpResponse:
    """search."""
    return render(request, "base.html", {})
