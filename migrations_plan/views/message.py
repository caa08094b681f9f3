"""One message as it would go out to one person now, and what that person got before."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans import telling
from migrations_plan.actions.plans.telling import Who
from migrations_plan.gather import messages as gather
from migrations_plan.gather.letters import STAGE_BY_NAME, drafts
from migrations_plan.gather.recipients import people_of
from migrations_plan.models import Plan, PlanState, Wave
from migrations_plan.notify import channels


def _waves(request: HttpRequest) -> QuerySet[Wave]:
    plans = Plan.objects.visible_to(viewer(request)).order_by()
    return Wave.objects.filter(plan__in=plans).select_related("plan")  # type: ignore[no-any-return]


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int, wave: int, stage: str, person: int) -> HttpResponse:
    """The text from the facts of now; nothing is sent by looking at it."""
    now, who = timezone.now(), viewer(request)
    found = get_object_or_404(_waves(request), pk=wave, plan=pk)
    if stage not in STAGE_BY_NAME:
        raise Http404
    chosen = get_object_or_404(people_of(found), pk=person)
    context = {
        "now": now,
        "plan": found.plan,
        "wave": found,
        "stage": STAGE_BY_NAME[stage],
        "person": chosen,
        "draft": drafts(found, stage, [chosen], now)[0],
        "rounds": gather.rounds(found, stage, chosen),
        "channels": channels.configured(),
        "tells": found.plan.state in (PlanState.RUNNING, PlanState.FINISHED),
        "decides": who.role == "lead",
    }
    return render(request, "migrations_plan/message/page.html", context)


@require_role("lead")
@require_POST
def copied(request: HttpRequest, pk: int, wave: int, stage: str, person: int) -> HttpResponse:
    """A lead sent it by hand."""
    found = get_object_or_404(_waves(request), pk=wave, plan=pk)
    chosen = get_object_or_404(people_of(found), pk=person)
    deciding = Who(viewer(request), timezone.now(), request.POST.get("reason", "")[:1000])
    try:
        telling.mark_copied(deciding, found, stage, chosen)
        messages.success(request, f"{chosen} counts as told, by hand.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(reverse("plan-message", args=[pk, wave, stage, person]))
