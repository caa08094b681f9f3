"""The end of a wave's day: who may be cut over, who not and why, and the scripts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from migrations_plan.actions.plans import handing_out
from migrations_plan.artefacts.artefact import Artefact
from migrations_plan.artefacts.cutover_kept import KINDS, TITLES, ChangedTextError, again
from migrations_plan.forms.cutovers import RanForm
from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.gather.wave_locks import closed, lock, quiet_days, required
from migrations_plan.models import Handout, Wave
from migrations_plan.rules.interlocks import Interlock
from migrations_plan.rules.readiness import GATE_BY_NAME
from migrations_plan.rules.wave_facts import WaveFacts
from migrations_plan.wave_requests import hint, minutes, the_handout, the_wave, told

# What ends access waits for the interlock until it ran; what looks, or gives back, never does.
ENDING = ("cutover", "deny", "login-profiles")


@dataclass(frozen=True, slots=True)
class Script:
    """A script as the page shows it."""

    name: str
    kind: str
    title: str
    account_id: str
    sha256: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A handout with its scripts. problem: why they cannot be shown; why_closed: why they may not
    be run by now."""

    handout: Handout
    scripts: tuple[Script, ...]
    problem: str
    why_closed: tuple[str, ...]

    @property
    def takes(self) -> bool:
        """Whether anything may be downloaded."""
        return self.handout.usable and not self.problem


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """People first; then the scripts that were handed out, the newest open."""
    now, one = timezone.now(), the_wave(request, pk, wave)
    facts, found = lock(one, now)
    handouts = list(one.handouts.order_by("-at", "-pk"))
    newest = next((row for row in handouts if row.withdrawn_at is None), None)
    context = {
        "now": now,
        "plan": one.plan,
        "wave": one,
        "facts": facts,
        "lock": found,
        "required": [GATE_BY_NAME[name] for name in required(one.plan)],
        "quiet_days": quiet_days(one.plan),
        "shown": shown(newest, facts, found) if newest else None,
        "earlier": [row for row in handouts if row is not newest],
        "waiting": any(row.withdrawn_at is None and not row.started_at for row in handouts),
        "minute": minutes(now),
    }
    return render(request, "migrations_plan/cutover/page.html", context)


def shown(handout: Handout, facts: WaveFacts, found: Interlock) -> Shown:
    """With the texts, made again from what was kept. No query."""
    why = () if handout.started_at else tuple(closed(handout, facts, found))
    try:
        texts = again(handout.users, handout.roles, handout.scripts, handout.as_of)
    except ChangedTextError as problem:
        return Shown(handout, (), str(problem), why)
    order = sorted(
        handout.scripts, key=lambda one: (one["account_id"], KINDS.index(one["kind"]), one["name"])
    )
    return Shown(handout, tuple(_script(one, texts) for one in order), "", why)


def _script(kept: dict[str, Any], texts: dict[str, Artefact]) -> Script:
    made = texts[kept["name"]]
    return Script(
        kept["name"],
        kept["kind"],
        TITLES[kept["kind"]],
        kept["account_id"],
        kept["sha256"],
        made.text,
    )


@require_role("lead")
@require_POST
def hand_out(request: HttpRequest, pk: int, wave: int) -> HttpResponse:
    """A lead has scripts made."""
    one = the_wave(request, pk, wave)
    reason = _reason(request)
    if reason is not None:
        told(
            request,
            lambda: handing_out.hand_out(
                by=viewer(request), wave=one, reason=reason, now=timezone.now()
            ),
            _handed_out,
        )
    return _back(one)


def _handed_out(made: Handout) -> str:
    number = len(made.users)
    users = f"{number} IAM user{'' if number == 1 else 's'}"
    if made.production:
        return f"Scripts for {users} are there; another lead has to approve them."
    return f"Scripts for {users} are there."


@require_role("lead")
@require_POST
def approve(request: HttpRequest, pk: int, wave: int, handout: int) -> HttpResponse:
    """Another lead lets scripts be used that touch production."""
    one, reason = the_handout(request, pk, wave, handout), _reason(request)
    if reason is not None:
        told(
            request,
            lambda: handing_out.approve(
                by=viewer(request), handout=one, reason=reason, now=timezone.now()
            ),
            lambda _: "Approved: the scripts can be downloaded.",
        )
    return _back(one.wave)


@require_role("lead")
@require_POST
def started(request: HttpRequest, pk: int, wave: int, handout: int) -> HttpResponse:
    """A lead says that the scripts ran, and when; the accounts are read again at once."""
    one, form, now = the_handout(request, pk, wave, handout), RanForm(request.POST), timezone.now()
    if not form.is_valid():
        messages.error(request, "Please give the time as year, month, day, hour and minute.")
        return _back(one.wave)
    at: datetime = form.cleaned_data["at"] or now
    done = told(
        request,
        lambda: handing_out.started(
            by=viewer(request), handout=one, at=at, reason=form.cleaned_data["reason"], now=now
        ),
        lambda reads: f"{reads} reads were put on the work list.",
    )
    if not done:
        return _back(one.wave)
    hint()
    return redirect("plan-watch", one.plan_id, one.wave_id)


@require_role("lead")
@require_POST
def withdraw(request: HttpRequest, pk: int, wave: int, handout: int) -> HttpResponse:
    """A lead takes scripts back that nobody ran."""
    one, reason = the_handout(request, pk, wave, handout), _reason(request)
    if reason is not None:
        told(
            request,
            lambda: handing_out.withdraw(
                by=viewer(request), handout=one, reason=reason, now=timezone.now()
            ),
            lambda _: "Withdrawn: nobody can download these scripts any more.",
        )
    return _back(one.wave)


@require_role("lead")
@require_POST
def script(request: HttpRequest, pk: int, wave: int, handout: int, name: str) -> HttpResponse:
    """One script as a file; who took it stands in the journal. What ends access is refused while
    the interlock refuses somebody in it."""
    now, one = timezone.now(), the_handout(request, pk, wave, handout)
    why = _why_not(one, name, now)
    if why:
        messages.error(request, why)
        return _back(one.wave)
    try:
        texts = again(one.users, one.roles, one.scripts, one.as_of)
    except ChangedTextError as problem:
        messages.error(request, str(problem))
        return _back(one.wave)
    handing_out.note_download(by=viewer(request), handout=one, name=name, now=now)
    answer = HttpResponse(texts[name].text.encode(), content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _why_not(one: Handout, name: str, now: datetime) -> str:
    kept = next((row for row in one.scripts if row["name"] == name), None)
    if kept is None:
        return "There is no such script."
    if one.withdrawn_at is not None:
        return handing_out.NOT_THERE
    if not one.usable:
        return "These scripts touch production: another lead has to approve them first."
    if one.started_at is None and kept["kind"] in ENDING:
        why = closed(one, *lock(one.wave, now))
        return f"Not now: {' '.join(why)}" if why else ""
    return ""


def _reason(request: HttpRequest) -> str | None:
    form = ReasonForm(request.POST)
    if form.is_valid():
        return str(form.cleaned_data["reason"])
    messages.error(request, handing_out.NO_REASON)
    return None


def _back(wave: Wave) -> HttpResponse:
    return redirect("plan-cutover", wave.plan_id, wave.pk)
