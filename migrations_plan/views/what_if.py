"""What-if: ask what a cutover would break, under access as it is or as it would be."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.lists import text_of
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from inventory.models import AwsAccount, IdentityStoreGroup, PermissionSet
from migrations_plan.actions.scenarios import save_scenario
from migrations_plan.forms.questions import (
    AHEAD,
    BACK,
    MOST_GRANTS,
    MOST_PEOPLE,
    MOST_SETS,
    Draft,
    draft_from,
    draft_of,
    question_in,
)
from migrations_plan.gather.access import ORGANIZATION_SOURCES
from migrations_plan.models import Scenario
from migrations_plan.questions import question_of
from migrations_plan.what_if import answer

MOST_OPTIONS = 1000


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """Saved scenarios, the newest first."""
    now = timezone.now()
    rows = Scenario.objects.visible_to(viewer(request)).order_by("-made_at", "-pk")
    # An answer may hold thousands of lines, of which the list tells three numbers.
    rows = rows.defer("result").annotate(counts=F("result__counts"))
    context = {
        "now": now,
        "page": page_of(request, rows),
        "list_id": "scenarios",
        "as_of": as_of(now, sources=ORGANIZATION_SOURCES),
    }
    return render(request, "migrations_plan/what_if/page.html", context)


@require_role("lead", "auditor")
def ask(request: HttpRequest) -> HttpResponse:
    """The form; sent, its answer. ?scenario= begins with a saved one. Nothing is kept."""
    now = timezone.now()
    if request.method != "POST":
        return _form(request, _begun(request, now), {})
    draft = draft_of(request.POST, now)
    question = question_in(draft, now)
    found = {"result": answer(question, now).result} if question else {}
    return _form(request, draft, found)


@require_POST
@require_role("lead")
def save(request: HttpRequest) -> HttpResponse:
    """Answers the form once more and keeps both; shows the form again where it is not clear."""
    now = timezone.now()
    draft = draft_of(request.POST, now)
    question = question_in(draft, now)
    if question is None:
        return _form(request, draft, {})
    try:
        made = save_scenario(by=viewer(request), name=draft.name, question=question, now=now)
    except ValidationError as error:
        draft.problems += error.messages
        return _form(request, draft, {"result": answer(question, now).result})
    return redirect("scenario", made.pk)


def _begun(request: HttpRequest, now: Any) -> Draft:
    text = text_of(request, "scenario")
    key = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    kept = Scenario.objects.visible_to(viewer(request)).filter(pk=key).first()
    if kept is None:
        return Draft(date=now.date().isoformat())
    return draft_from(question_of(kept.inputs), f"{kept.name}, changed")


def _form(request: HttpRequest, draft: Draft, found: dict[str, Any]) -> HttpResponse:
    """With one empty block of each kind at the end, for the next change."""
    now, who = timezone.now(), viewer(request)
    groups = IdentityStoreGroup.objects.visible_to(who).present().order_by("display_name")
    context = {
        "now": now,
        "draft": draft,
        "sets": list(enumerate([*draft.sets, {}][:MOST_SETS])),
        "grants": list(enumerate([*draft.grants, {}][:MOST_GRANTS])),
        "first_day": now.date() - BACK,
        "last_day": now.date() + AHEAD,
        "most_people": MOST_PEOPLE,
        "set_names": PermissionSet.objects.visible_to(who).present()[:MOST_OPTIONS],
        "accounts": AwsAccount.objects.visible_to(who).present()[:MOST_OPTIONS],
        "groups": groups[:MOST_OPTIONS],
        "as_of": as_of(now, sources=ORGANIZATION_SOURCES),
        **found,
    }
    return render(request, "migrations_plan/what_if/ask.html", context)
