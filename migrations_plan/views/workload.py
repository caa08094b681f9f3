"""One program: what it does, what shall take the place of its key, or on what terms it may stay."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from inventory.asof import AsOf, told_by
from inventory.freshness import freshness
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.actions.plans import workloads
from migrations_plan.artefacts.reading import blocks
from migrations_plan.forms.generated import problems
from migrations_plan.forms.workloads import FIELDS, RUNS_ON, DecideForm, ExceptionForm
from migrations_plan.gather import workload as gather
from migrations_plan.gather.told import CREDENTIAL_SOURCES
from migrations_plan.models import WorkloadMove
from migrations_plan.rules.patterns import TITLES
from migrations_plan.text_files import asked_file
from migrations_plan.workload_questions import form_of, role_arn_of


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts and decisions; its use and the texts of the move are a part that comes later."""
    now = timezone.now()
    one = gather.program(_row(request, pk, now))
    bound = gather.bound(one, now)
    form = form_of(request, one)
    pattern = form.cleaned_data.get("pattern", "") if form.is_valid() else ""
    role_arn = role_arn_of(form, one)
    steps = gather.steps(one, pattern, role_arn)
    file = asked_file(request, [text for text in (bound and bound.text, steps) if text])
    if file is not None:
        return file
    context: dict[str, Any] = {
        "now": now,
        "one": one,
        "bound": bound,
        "bound_blocks": blocks(bound.text.text) if bound and bound.text else (),
        "shared": gather.shared_role(role_arn, one.row.user_arn),
        "role_arn": role_arn,
        "as_of": _as_of(one, now),
        "steps": steps,
        "steps_blocks": blocks(steps.text) if steps else (),
        "titles": gather.titles(),
        "title": TITLES.get(one.pattern, ""),
        "categories": WorkloadMove.CATEGORIES,
        "category": one.suggested_category,
        "form": form,
        "pattern": pattern,
        "fields": [(name, title, form[name]) for name, title in FIELDS.get(pattern, ())],
        "runs_on": RUNS_ON,
        "use": f"{reverse('workload-use', args=[pk])}?{_query(form)}",
    }
    return render(request, "migrations_plan/workload/page.html", context)


def _as_of(one: gather.Program, now: datetime) -> AsOf:
    account = one.row.account
    sources = [SOURCE_BY_NAME[name] for name in CREDENTIAL_SOURCES]
    left = {account.account_id: account.why_not_read()}
    known = freshness(now, sources=sources, account_ids=[account.account_id], left=left)
    return told_by(known, names={account.account_id: account.name})


def _row(request: HttpRequest, pk: int, now: datetime) -> Any:
    return get_object_or_404(gather.programs(viewer(request), now), pk=pk)


def _query(form: Any) -> str:
    return urlencode([(name, form[name].value()) for name in form.fields if form[name].value()])


@require_role("lead")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead says what shall take the key's place."""
    now = timezone.now()
    one = gather.program(_row(request, pk, now))
    form, said = form_of(request, one), DecideForm(request.POST)
    if not form.is_valid() or not said.is_valid():
        words = " ".join((*problems(form), *problems(said)))
        messages.error(request, words or "Please choose a pattern, and say why.")
        return redirect("workload", pk)
    try:
        workloads.decide(
            by=viewer(request),
            identity=one.row,
            pattern=form.cleaned_data["pattern"],
            category=said.cleaned_data["category"],
            role_arn=role_arn_of(form, one),
            subject=form.subject(),
            reason=said.cleaned_data["reason"],
            now=now,
        )
        messages.success(request, "Decided. The journal has it.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("workload", pk)


@require_role("lead")
@require_POST
def bind(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead lets it keep its key until a day, from its addresses only."""
    now = timezone.now()
    row, form = _row(request, pk, now), ExceptionForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(problems(form)))
        return redirect("workload", pk)
    given = form.cleaned_data
    try:
        workloads.bind_exception(
            by=viewer(request),
            identity=row,
            owner=given["owner"],
            rotation_days=given["rotation_days"],
            addresses=form.networks(),
            until=datetime.combine(given["until"], time.min, UTC) + timedelta(days=1),
            reason=given["reason"],
            now=now,
        )
        messages.success(request, "The exception has its terms. The journal has it.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("workload", pk)
