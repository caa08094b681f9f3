"""Every version of a plan: who changed what, when and why; each can be downloaded whole."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.artefacts.plan_changes import differences
from migrations_plan.models import Plan, PlanVersion


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest first, each with what it changed."""
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    shown = page_of(request, PlanVersion.objects.filter(plan=plan))
    rows = list(shown.object_list)
    last = rows[-1].number if rows else 0
    earlier = PlanVersion.objects.filter(plan=plan, number=last - 1).first()
    before = [*rows[1:], earlier][: len(rows)]
    pairs = [
        (row, differences(was.whole if was else None, row.whole))
        for row, was in zip(rows, before, strict=True)
    ]
    context = {"now": timezone.now(), "plan": plan, "page": shown, "versions": pairs}
    return render(request, "migrations_plan/plan_versions/page.html", context)


@require_role("lead", "auditor")
def file(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version, whole, as JSON."""
    plan = get_object_or_404(Plan.objects.visible_to(viewer(request)), pk=pk)
    version = get_object_or_404(PlanVersion, plan=plan, number=number)
    about = {"plan": plan.pk, "version": number, "by": version.by, "reason": version.reason}
    response = JsonResponse({**about, "at": version.at, **version.whole})
    name = f"plan-{plan.pk}-version-{number}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
