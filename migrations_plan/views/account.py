"""account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accessportal.web.roles import require_role


@require_role("lead", "auditor")
def page(request: HttpRequest, account_id: str) -> HttpResponse:
    """account."""
    return render(request, "base.html", {})


environment = page
