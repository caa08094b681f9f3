"""People: the migration board. Who is ready, what stands in the way, and what to do next."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role, viewer
from inventory.models import AwsAccount, IdentityStoreGroup
from migrations_plan.actions.gates import waive_gate
from migrations_plan.forms.decisions import WaiverForm
from migrations_plan.gather import board as gather
from migrations_plan.models import PersonState
from migrations_plan.rules.gate import VERDICTS
from migrations_plan.rules.readiness import GATE_BY_NAME, GATES
from migrations_plan.rules.states import MEANING, STATES
from migrations_plan.rules.waivers import LONGEST_WAIVER

SORTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "email"),
    "state": ("state", "name"),
    "since": ("since", "name"),
    "blocked": ("blocked", "unknown", "name"),
    "used": ("used_at", "name"),
}
WHO = ("concerned", "nobodys", "everybody")
UNCERTAIN = "uncertain"
HEADER = (
    "email", "name", "iam_user", "state", "certain", "since", "sentence", "next_step",
    *(gate.name for gate in GATES), "last_old_use", "open_credentials", "iam_users",
    "forecast_calls", "forecast_denied", "forecast_unknown", "accounts", "teams",
)  # fmt: skip
HEAD = (
    Column("Name", "name"),
    Column("State", "state"),
    Column("Gates", "blocked"),
    Column("Last old use", "used"),
    Column("Forecast"),
    Column("IAM users"),
    Column("Next step"),
)
PROPOSED = timedelta(days=7)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The board as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    everybody = PersonState.objects.visible_to(viewer(request))
    chosen = _chosen(request)
    rows = sorted_by(request, _filtered(everybody, chosen, now), SORTS, "name")
    if wants_csv(request):
        return csv_response(f"people-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows, now))
    found = page_of(request, gather.with_people(rows))
    context = {
        "now": now,
        "page": found,
        "rows": gather.rows_of(found, now),
        "sort": sort_of(request, SORTS, "name"),
        "head": HEAD,
        "list_id": "people",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "back": request.GET.urlencode(),
        "decides": viewer(request).role == "lead",
    }
    if wants_partial(request):
        return render(request, "migrations_plan/people/_table.html", context)
    context |= {
        "board": gather.board(everybody, now),
        "states": [(word, MEANING[word]) for word in STATES],
        "gates": GATES,
        "verdicts": VERDICTS,
        "accounts": AwsAccount.objects.visible_to(viewer(request)).named(),
        "teams": IdentityStoreGroup.objects.visible_to(viewer(request)).present(),
        "proposed": (now + PROPOSED).date(),
        "first_day": (now + timedelta(days=1)).date(),
        "last_day": (now + LONGEST_WAIVER - timedelta(days=1)).date(),
    }
    return render(request, "migrations_plan/people/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "state": choice_of(request, "state", (*STATES, UNCERTAIN)),
        "gate": choice_of(request, "gate", GATE_BY_NAME),
        "verdict": choice_of(request, "verdict", VERDICTS),
        "account": text_of(request, "account"),
        "team": text_of(request, "team"),
        "who": choice_of(request, "who", WHO[1:]),
    }


def _filtered(
    rows: QuerySet[PersonState, Any], chosen: dict[str, str], now: datetime
) -> QuerySet[PersonState, Any]:
    conditions = {"": Q(concerned=True), "nobodys": Q(person=None), "everybody": Q()}[chosen["who"]]
    stale = Q(stale_after__isnull=False, stale_after__lte=now)
    if chosen["q"]:
        conditions &= Q(name__icontains=chosen["q"]) | Q(email__icontains=chosen["q"])
    if chosen["state"] == UNCERTAIN:
        conditions &= stale
    elif chosen["state"]:
        conditions &= Q(state=chosen["state"]) & (Q(stale_after=None) | Q(stale_after__gt=now))
    if chosen["gate"] or chosen["verdict"]:
        conditions &= gather.with_gate(chosen["gate"], chosen["verdict"], now)
    if chosen["account"]:
        conditions &= Q(accounts__contains=f"\n{chosen['account']}\n")
    if chosen["team"]:
        conditions &= Q(teams__contains=f"\n{chosen['team']}\n")
    return rows.filter(conditions)


def _csv_rows(rows: QuerySet[PersonState, Any], now: datetime) -> Iterator[tuple[Any, ...]]:
    for row in gather.all_rows(rows, now):
        one, forecast = row.standing, row.forecast
        verdicts = {cell.name: cell.verdict for cell in row.cells}
        yield (
            one.email, one.name, one.user_arn, one.state, row.certain, one.since, one.sentence,
            one.step, *(verdicts.get(gate.name) for gate in GATES), one.used_at, one.open,
            one.users, forecast and forecast.calls, forecast and forecast.denied,
            forecast and forecast.unknown, _words(one.accounts), _words(one.teams),
        )  # fmt: skip


def _words(text: str) -> str:
    return ", ".join(text.split("\n")[1:-1])


@require_role("lead")
@require_POST
def waive(request: HttpRequest) -> HttpResponseBase:
    """A lead lets one gate pass for the chosen people, with a reason and an end."""
    form = WaiverForm(request.POST)
    address = _after(request)
    if not form.is_valid():
        messages.error(request, "Please choose people, a gate, a reason and the last day.")
        return redirect(address)
    # The day that was named is included.
    until = datetime.combine(form.cleaned_data["until"], time.max, UTC).replace(microsecond=0)
    try:
        number = waive_gate(
            by=viewer(request),
            people=list(form.cleaned_data["person"]),
            gate=form.cleaned_data["gate"],
            reason=form.cleaned_data["reason"],
            until=until,
            now=timezone.now(),
        )
        title = GATE_BY_NAME[form.cleaned_data["gate"]].title
        said = f"{title} is waived for {number} until {until:%Y-%m-%d}; the journal has why."
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(address)


def _after(request: HttpRequest) -> str:
    """Back to the board as it was, or to the one person it was done from."""
    person = request.POST.get("person", "")
    if request.POST.get("at") == "person" and person.isdigit():
        return reverse("person", args=[int(person[:9])])
    return f"{reverse('people')}?{request.POST.get('back', '')[:2000]}".rstrip("?")
