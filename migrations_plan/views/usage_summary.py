"""Usage of the last 30 days in a few lines: a part of Overview and of an account's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from inventory.models import AwsAccount
from migrations_plan.gather.usage import usage_days
from migrations_plan.gather.usage_summary import summary
from migrations_plan.rules.usage_chart import SERIES, SMALL, chart, read_words
from migrations_plan.rules.usage_days import COVERED
from migrations_plan.usage_address import everybody


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """Of the organization, or of the account in ?account=."""
    now = timezone.now()
    account = _account(request)
    scope = everybody(request, now, account)
    days, before = usage_days(scope)
    over = [day for day in days if day.day < scope.window.today]
    context = {
        "now": now,
        "account": account,
        "window": scope.window,
        "summary": summary(scope, days, before),
        "chart": chart(days, SERIES[:2], SMALL),
        "strip": [(day, read_words(day)) for day in over],
        "read": sum(day.state == COVERED for day in over),
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/usage_summary/{part}.html", context)


def _account(request: HttpRequest) -> AwsAccount | None:
    account_id = request.GET.get("account", "")
    if not account_id:
        return None
    found = AwsAccount.objects.visible_to(viewer(request)).filter(pk=account_id[:12]).first()
    if found is None:
        raise Http404
    return found
