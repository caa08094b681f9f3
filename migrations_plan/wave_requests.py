"""What the pages about a wave share: which wave it is, and how an action is told of."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from kombu.exceptions import OperationalError

from accessportal.web.roles import viewer
from inventory import tasks
from migrations_plan.artefacts.cutover_kept import ChangedTextError
from migrations_plan.models import Handout, Plan, Wave


def the_wave(request: HttpRequest, pk: int, wave: int) -> Wave:
    """A wave of a plan, with its plan. One query."""
    plans = Plan.objects.visible_to(viewer(request))
    found: Wave = get_object_or_404(
        Wave.objects.select_related("plan"), pk=wave, plan_id=pk, plan__in=plans
    )
    return found


def the_handout(request: HttpRequest, pk: int, wave: int, handout: int) -> Handout:
    """Scripts of a wave, with wave and plan. One query."""
    rows = Handout.objects.visible_to(viewer(request)).select_related("wave__plan")
    found: Handout = get_object_or_404(rows, pk=handout, wave_id=wave, plan_id=pk)
    return found


def told(request: HttpRequest, work: Callable[[], Any], said: Callable[[Any], str]) -> bool:
    """Runs an action; says that it went well, or why not. Whether it did."""
    try:
        done = work()
    except (ValidationError, ChangedTextError) as error:
        words = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.error(request, " ".join(words))
        return False
    messages.success(request, said(done))
    return True


def hint() -> None:
    """Wakes a worker; without a broker the work list waits for the next tick."""
    try:
        tasks.hint()
    except OperationalError:
        return


def minutes(moment: datetime) -> str:
    """As a field for date and time wants it."""
    return moment.strftime("%Y-%m-%dT%H:%M")
