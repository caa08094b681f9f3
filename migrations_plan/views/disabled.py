"""Disabled IAM users of a wave: who has not been claimed, what may go, and what is decided."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans.deciding import LONGEST_KEEP, decide_disabled
from migrations_plan.forms.cutovers import FateForm
from migrations_plan.gather.disabled import disabled
from migrations_plan.gather.wave_locks import quiet_days
from migrations_plan.models import DisabledFate
from migrations_plan.rules.gate import READY, UNKNOWN
from migrations_plan.wave_requests import the_wave, told

USERS_PER_PAGE = 100


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """Those that nobody has claimed first."""
    now, one = timezone.now(), the_wave(request, pk, wave)
    found = disabled(one, now)
    rows = sorted(found, key=lambda row: not row.unclaimed)
    context = {
        "now": now,
        "plan": one.plan,
        "wave": one,
        "page": page_of(request, rows, USERS_PER_PAGE),
        "total": len(rows),
        "safe": sum(row.deletion.verdict == READY for row in rows),
        "unknown": sum(row.deletion.verdict == UNKNOWN for row in rows),
        "unclaimed": sum(row.unclaimed for row in rows),
        "quiet_days": quiet_days(one.plan),
        "fates": DisabledFate.choices,
        "first_day": (now + timedelta(days=1)).date(),
        "last_day": (now + LONGEST_KEEP - timedelta(days=1)).date(),
    }
    return render(request, "migrations_plan/disabled/page.html", context)


@require_role("lead")
@require_POST
def decide(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """A lead decides about users of this wave that are off."""
    now, one, form = timezone.now(), the_wave(request, pk, wave), FateForm(request.POST)
    known = {row.user.arn for row in disabled(one, now)}
    chosen = [arn for arn in request.POST.getlist("user") if arn in known]
    if not form.is_valid():
        messages.error(request, "Please choose what becomes of them, and give a reason.")
        return redirect("plan-disabled", pk, wave)
    given = form.cleaned_data
    until = given["until"]
    told(
        request,
        lambda: decide_disabled(
            by=viewer(request),
            user_arns=chosen,
            fate=given["fate"],
            reason=given["reason"],
            until=_end_of(until, now) if until else None,
            now=now,
        ),
        lambda number: f"{number} decided.",
    )
    return redirect("plan-disabled", pk, wave)


def _end_of(day: object, now: datetime) -> datetime:
    """The midnight (UTC) that ends a day."""
    midnight = datetime.fromisoformat(str(day)).replace(tzinfo=now.tzinfo)
    return datetime.combine(midnight, time.min, now.tzinfo) + timedelta(days=1)
