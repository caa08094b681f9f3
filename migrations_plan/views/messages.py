"""Messages of a plan: who was told what, and what leads queue, take back and settle."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accessportal.web.lists import choice_of, text_of
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from inventory.words import counted
from migrations_plan import tasks
from migrations_plan.actions.plans import telling
from migrations_plan.actions.plans.telling import Who
from migrations_plan.gather import messages as gather
from migrations_plan.gather.letters import STAGE_BY_NAME
from migrations_plan.gather.plan import today_of
from migrations_plan.models import Message, Plan, PlanState
from migrations_plan.notify import channels

FIRST_STAGE = "announcement"


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One wave and one stage of it; doubts of the whole plan on top."""
    now, who = timezone.now(), viewer(request)
    plan = get_object_or_404(Plan.objects.visible_to(who), pk=pk)
    waves = list(plan.waves.order_by("position", "pk"))
    for one in waves:
        one.plan = plan
    wave = gather.wave_at(waves, text_of(request, "wave"), today_of(plan, now))
    context: dict[str, Any] = {
        "now": now,
        "plan": plan,
        "waves": waves,
        "wave": wave,
        "channels": channels.states(),
        "doubts": gather.doubts(plan),
        "tells": plan.state in (PlanState.RUNNING, PlanState.FINISHED),
        "list_id": "",
    }
    if wave is not None:
        stage = choice_of(request, "stage", STAGE_BY_NAME) or FIRST_STAGE
        kind = choice_of(request, "kind", gather.KINDS)
        known = gather.told(wave)
        found = page_of(request, known.listed(stage, kind))
        counts = known.counts()
        context |= {
            "stage": STAGE_BY_NAME[stage],
            "kind": kind,
            "kinds": gather.KINDS,
            "counts": counts,
            "count": next(one for one in counts if one.stage.name == stage),
            "page": found,
            "rows": gather.rows(plan, stage, list(found.object_list), known),
        }
    return render(request, "migrations_plan/messages/page.html", context)


@require_role("lead")
@require_POST
def queue(request: HttpRequest, pk: int) -> HttpResponse:
    """A stage for everybody who was not told, for chosen people, or for those once more."""
    who, now = viewer(request), timezone.now()
    plan = get_object_or_404(Plan.objects.visible_to(who), pk=pk)
    text, stage = request.POST.get("wave", ""), request.POST.get("stage", "")
    wave = plan.waves.filter(pk=int(text) if text.isdecimal() else 0).first()
    if wave is None:
        messages.error(request, "Please choose a wave of this plan.")
        return redirect("plan-messages", pk=plan.pk)
    whom = request.POST.get("whom", "")
    chosen = [int(one) for one in request.POST.getlist("person") if one.isdecimal()]
    deciding = Who(who, now, request.POST.get("reason", "")[:1000])
    try:
        done = telling.queue(
            deciding,
            wave,
            stage,
            request.POST.get("channel", ""),
            None if whom == "all" else chosen,
            again=whom == "again",
        )
        _say(request, done)
        tasks.hint()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(plan.pk, text, stage))


def _say(request: HttpRequest, done: telling.Outcome) -> None:
    if done.queued:
        said = f"{counted(done.queued, 'message')} queued, with a line in the journal."
        messages.success(request, said)
    if done.told:
        people = counted(done.told, "person has", "people have")
        messages.info(request, f"{people} this message already, and got no second one.")
    if done.wrong:
        people = counted(done.wrong, "person", "people")
        messages.warning(request, f"Not true for {people}, so not queued: {done.why}.")
    if done.unreachable:
        people = counted(done.unreachable, "person has", "people have")
        messages.warning(request, f"{people} no e-mail address: tell them by hand.")


@require_role("lead")
@require_POST
def decide(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """Takes a waiting message back, or settles one in doubt."""
    who, now = viewer(request), timezone.now()
    visible = Message.objects.visible_to(who).select_related("person", "wave__plan")
    found = get_object_or_404(visible, pk=message, plan=pk)
    deciding = Who(who, now, request.POST.get("reason", "")[:1000])
    try:
        messages.success(request, _decided(request.POST.get("verb", ""), deciding, found))
        tasks.hint()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(pk, str(found.wave_id or ""), found.stage))


def _decided(verb: str, who: Who, message: Message) -> str:
    if verb == "withdraw":
        telling.withdraw(who, message)
        return f"The message to {message.person} is taken back."
    if verb == "arrived":
        telling.arrived(who, message)
        return f"{message.person} counts as told."
    if verb == "again":
        telling.send_again(who, message)
        return f"A new message to {message.person} is queued, made from today's facts."
    raise ValidationError("Please choose what to do with it.")


def _back(pk: int, wave: str, stage: str) -> str:
    query = {"wave": wave} if wave.isdecimal() else {}
    query |= {"stage": stage} if stage in STAGE_BY_NAME else {}
    return f"{reverse('plan-messages', args=[pk])}?{urlencode(query)}"
