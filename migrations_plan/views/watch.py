"""After the scripts ran: the state of every credential, live sessions, what was missed, any use."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.htmx import wants_partial
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans import handing_out
from migrations_plan.gather import watching as gather
from migrations_plan.models import Wave
from migrations_plan.rules.watching import MISSED, NOT_READ, OFF, last_tail
from migrations_plan.wave_requests import hint, the_handout, the_wave, told

USERS_PER_PAGE = 100
MOST_ROWS = 500


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """The page; its part asks for itself every half minute."""
    now, one = timezone.now(), the_wave(request, pk, wave)
    context = _context(request, one, now)
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/watch/{part}.html", context)


def _context(request: HttpRequest, wave: Wave, now: datetime) -> dict[str, Any]:
    handouts = gather.handouts_of(wave)
    found = gather.watched(handouts, now)
    verdicts = [user.verdict for user in found.users]
    ends = max((last_tail(at) for at in found.started), default=None)
    uses, tails = gather.uses_after(found.ran_at), gather.tails_of(found.arns, now)
    names = {user.arn: user for user in found.users}
    # Those that want attention first.
    order = (MISSED, NOT_READ, OFF)
    users = sorted(found.users, key=lambda user: order.index(user.verdict))
    return {
        "now": now,
        "plan": wave.plan,
        "wave": wave,
        "ran": [one for one in found.ran.values() if one.at],
        "handout": next((one.handout for one in found.ran.values() if one.at), None),
        "page": page_of(request, users, USERS_PER_PAGE),
        "counts": {word: verdicts.count(word) for word in order},
        "total": len(users),
        "uses": [(use, names[use.arn]) for use in uses[:MOST_ROWS]],
        "earlier": len(uses[MOST_ROWS:]),
        "reopened": sum(use.succeeded for use in uses),
        "tails": [(one, names[one.arn]) for one in tails[:MOST_ROWS]],
        "shorter": len(tails[MOST_ROWS:]),
        "ends": ends,
        "over": ends is not None and ends <= now,
        "roles": gather.roles_now(found.ran.values()),
        "waiting": gather.reads_waiting({user.account_id for user in found.users}),
    }


@require_role("lead")
@require_POST
def again(request: HttpRequest, pk: int, wave: int, handout: int) -> HttpResponse:
    """A lead has exactly the accounts of these scripts read again, at once."""
    one = the_handout(request, pk, wave, handout)
    told(
        request,
        lambda: handing_out.look_again(by=viewer(request), handout=one, now=timezone.now()),
        lambda reads: f"{reads} reads were put on the work list.",
    )
    hint()
    return redirect("plan-watch", pk, wave)
