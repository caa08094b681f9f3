"""The forecast of one person: a part of the person's page and of My access, and a page."""

from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import choice_of, wants_csv
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.forecast_export import HEADER, csv_rows
from migrations_plan.gather import forecast_people as gather
from migrations_plan.models import (
    AccessRequest,
    Against,
    ForecastDecision,
    ForecastLine,
    ForecastSummary,
    Person,
    PortalUser,
    RequestState,
)

MOST_IN_PART = 10
RANK = Case(
    When(refused_before=True, then=Value(3)),
    When(decision=ForecastDecision.DENIED, then=Value(0)),
    When(decision=ForecastDecision.UNKNOWN, then=Value(1)),
    When(decision=ForecastDecision.ALLOWED, then=Value(2)),
    default=Value(4),
    output_field=IntegerField(),
)


@require_role("lead", "auditor")
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All lines of one person, what would fail first."""
    somebody = get_object_or_404(Person.objects.visible_to(viewer(request)), pk=pk)
    return _answer(request, somebody, reverse("person", args=[pk]), own=False)


@require_role("lead", "auditor", "engineer")
def mine(request: HttpRequest) -> HttpResponseBase:
    """Of the signed-in person; a sign-in that belongs to nobody has none."""
    return _answer(request, viewer(request).person, reverse("my-access"), own=True)


def _answer(
    request: HttpRequest, somebody: Person | None, back: str, *, own: bool
) -> HttpResponseBase:
    now, who = timezone.now(), viewer(request)
    against = choice_of(request, "against", Against.values) or Against.LIVE.value
    everything = ForecastLine.objects.visible_to(who).filter(person=somebody)
    lines = everything.filter(against=against).select_related("person")
    rows = lines.annotate(rank=RANK).order_by("rank", "-events", "pk")
    if wants_csv(request):
        return csv_response(f"forecast-{now:%Y-%m-%d}.csv", HEADER, csv_rows(rows))
    part = wants_partial(request)
    if part:
        rows = rows.filter(rank__lte=1)
    found = page_of(request, rows, MOST_IN_PART) if part else page_of(request, rows)
    gather.with_account_names(found.object_list)
    _add_requests(found.object_list, who, somebody)
    context: dict[str, Any] = {
        "now": now,
        "page": found,
        "title": str(somebody or "nobody"),
        "back": back,
        "path": request.path,
        "summary": ForecastSummary.objects.visible_to(who).filter(person=somebody).first(),
        "own": own,
        "against": against,
        "target": _target(everything),
        "list_id": "",
    }
    name = "_part" if part else "page"
    return render(request, f"migrations_plan/person_forecast/{name}.html", context)


def _target(lines: Any) -> dict[str, int] | None:
    """How many lines of each decision hold against the confirmed target; None: none is confirmed
    or nothing was called. One query."""
    decided = lines.filter(against=Against.TARGET, refused_before=False)
    words = list(decided.values_list("decision", flat=True))
    return {word: words.count(word) for word in ("denied", "unknown")} if words else None


def _add_requests(rows: Any, who: PortalUser, somebody: Person | None) -> None:
    """Each line gets `asked`: the newest request for its action and account. One query."""
    mine = AccessRequest.objects.visible_to(who).filter(person=somebody).order_by("asked_at")
    asked = {(one.account_id, one.action): one for one in mine}
    for row in rows:
        row.asked = asked.get((row.account_id, row.action))
        row.may_ask = row.decision in ("denied", "unknown") and not row.refused_before
        row.may_ask &= row.asked is None or row.asked.state != RequestState.OPEN
