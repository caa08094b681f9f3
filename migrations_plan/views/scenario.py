"""A saved scenario: its answer, whether the facts behind it are still the same, beside another."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from accessportal.web.csvfile import csv_response
from accessportal.web.lists import choice_of, text_of
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from inventory.codec import time_text
from migrations_plan.actions.scenarios import recompute_scenario, remove_scenario
from migrations_plan.gather.what_if import scene
from migrations_plan.models import Scenario
from migrations_plan.policy.what_if import State
from migrations_plan.questions import question_of
from migrations_plan.what_if import CSV_HEADER, csv_rows

MOST_OTHERS = 100
STATE_WORDS = {
    State.LOSES: "would lose something",
    State.UNKNOWN: "not known",
    State.CLEAN: "clean",
    State.GONE: "gone by then",
    State.NOTHING: "nothing to cut over",
}


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The answer as it was saved, of people in one ?state= if asked for; ?format=csv or json gives
    all of it as a file."""
    one = _the_scenario(request, str(pk))
    kind = choice_of(request, "format", ("csv", "json"))
    if kind == "csv":
        return csv_response(f"scenario-{one.pk}.csv", CSV_HEADER, csv_rows(one.result))
    if kind == "json":
        return _json(one)
    now = timezone.now()
    question = question_of(one.inputs)
    state = choice_of(request, "state", list(State))
    people = [one for one in one.result["people"] if state in ("", one["state"])]
    others = Scenario.objects.visible_to(viewer(request)).exclude(pk=one.pk)
    context = {
        "now": now,
        "scenario": one,
        "question": question,
        "result": one.result,
        "changed": scene(question, now).facts != one.facts,
        "page": page_of(request, people),
        "state": state,
        "states": STATE_WORDS.items(),
        "others": others.defer("result", "inputs")[:MOST_OTHERS],
    }
    return render(request, "migrations_plan/scenario/page.html", context)


@require_POST
@require_role("lead")
def recompute(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers the question again from the facts as they are now."""
    one = _the_scenario(request, str(pk))
    recompute_scenario(by=viewer(request), scenario=one, now=timezone.now())
    messages.success(request, "Answered again from the facts as they are now.")
    return redirect("scenario", one.pk)


@require_POST
@require_role("lead")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes it off the list."""
    one = _the_scenario(request, str(pk))
    remove_scenario(by=viewer(request), scenario=one, now=timezone.now())
    messages.success(request, f"{one.name} is removed. The journal keeps what was asked.")
    return redirect("what-if")


@require_role("lead", "auditor")
def compare(request: HttpRequest) -> HttpResponse:
    """Two answers side by side; people whose state or losses differ come first."""
    left = _the_scenario(request, text_of(request, "a"))
    right = _the_scenario(request, text_of(request, "b"))
    rows = _pairs(left.result, right.result)
    context = {
        "now": timezone.now(),
        "left": left,
        "right": right,
        "differing": sum(row["differs"] for row in rows),
        "page": page_of(request, rows),
        "list_id": "compared",
    }
    return render(request, "migrations_plan/scenario/compare.html", context)


def _the_scenario(request: HttpRequest, text: str) -> Scenario:
    key = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    found: Scenario = get_object_or_404(Scenario.objects.visible_to(viewer(request)), pk=key)
    return found


def _json(one: Scenario) -> HttpResponse:
    whole = {
        "scenario": one.name,
        "made_by": one.made_by,
        "made_at": time_text(one.made_at),
        "computed_at": time_text(one.computed_at),
        "facts_sha256": one.facts,
        "question": one.inputs,
        "answer": one.result,
    }
    name = content_disposition_header(True, f"scenario-{one.pk}.json")
    return JsonResponse(
        whole,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": name or "attachment"},
    )


def _pairs(left: dict[str, Any], right: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a person of either; None where a scenario does not have them."""
    sides = [{one["person_id"]: one for one in side["people"]} for side in (left, right)]
    rows = []
    for key in sides[0] | sides[1]:
        a, b = sides[0].get(key), sides[1].get(key)
        told = [one and (one["state"], one["denied"], one["unknown"]) for one in (a, b)]
        rows.append({"person": a or b, "a": a, "b": b, "differs": told[0] != told[1]})
    return sorted(rows, key=lambda row: not row["differs"])
