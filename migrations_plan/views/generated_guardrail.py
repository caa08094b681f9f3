"""The service control policy: its text, where it hangs already, and whom it would stop today."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from migrations_plan.artefacts import scp
from migrations_plan.artefacts.artefact import JSON, Artefact, artefact, file_stamp
from migrations_plan.artefacts.quoting import QuotingError
from migrations_plan.artefacts.terraform_iam import guardrail
from migrations_plan.forms.generated import FIRST, STRONG, GuardrailForm, of_address, problems
from migrations_plan.gather.generated import guardrails as gather
from migrations_plan.gather.generated.behind import Behind, Made, behind
from migrations_plan.text_files import asked_file

BEGINS = {"variant": STRONG, "federation": "on"}


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """Both variants; the choices are the address, so that a text can be made again."""
    now = timezone.now()
    form, known = of_address(request, GuardrailForm, BEGINS), behind(now, gather.SOURCES)
    document = _document(form)
    places = gather.tree()
    found = gather.existing(places, document)
    targets = _targets(request, places)
    made = _made(form, known, found, targets, document)
    file = asked_file(request, made.texts)
    if file is not None:
        return file
    context = {
        "now": now,
        "form": form,
        "problems": problems(form),
        "first": _variant(form) == FIRST,
        "made": made,
        "as_of": known.as_of,
        "found": found,
        "tree": places,
        "targets": targets,
        "uncovered": scp.uncovered(form.wanted()) if form.is_valid() else (),
        "use": f"?{request.GET.urlencode()}",
    }
    return render(request, "migrations_plan/generated/guardrail.html", context)


@require_role("lead", "auditor")
def use(request: HttpRequest) -> HttpResponse:
    """Who did lately what it would deny: a part that the page does not wait for."""
    now = timezone.now()
    form = of_address(request, GuardrailForm, BEGINS)
    places = gather.tree()
    wanted = form.wanted() if form.is_valid() else scp.Guardrail(scp.HolderOfTag())
    targets = _targets(request, places)
    lately = gather.lately(wanted, targets, places, viewer(request), now)
    context = {"now": now, "lately": lately}
    name = "_guardrail_use" if wants_partial(request) else "guardrail_use"
    return render(request, f"migrations_plan/generated/{name}.html", context)


def _variant(form: GuardrailForm) -> str:
    return str(form.data.get("variant", STRONG))


def _document(form: GuardrailForm) -> Mapping[str, Any] | None:
    if not form.is_valid():
        return None
    try:
        wanted = form.wanted()
        if _variant(form) == FIRST:
            tag = wanted.exemption if isinstance(wanted.exemption, scp.HolderOfTag) else None
            return scp.first_policy(tag)
        return scp.strong_policy(wanted)
    except scp.GuardrailError:
        return None


def _targets(request: HttpRequest, found: gather.Tree) -> list[str]:
    """Those of the address that exist; else what the plan says, and the root without a plan."""
    asked = [one for one in request.GET.getlist("target") if one in found.spots]
    if asked:
        return list(dict.fromkeys(asked))
    roots = [one.id for one in found.spots.values() if one.kind == "root"]
    units = [one.id for one in found.spots.values() if one.kind == "unit"]
    return units if found.chosen == "units" and units else roots


def _made(
    form: GuardrailForm,
    known: Behind,
    found: Sequence[gather.There],
    targets: Sequence[str],
    document: Mapping[str, Any] | None,
) -> Made:
    if known.refused:
        return Made(refused=known.refused)
    if not form.is_valid():
        return Made(refused="Please look at the choices: " + " ".join(problems(form)))
    try:
        if _variant(form) == FIRST:
            return Made((_first(document or {}, known),))
        wanted = form.wanted()
        same = next((one for one in found if one.same), None)
        file = guardrail(
            wanted,
            targets,
            as_of=known.instant,
            policy_id=same.policy_id if same else None,
            attached=[spot.id for spot in same.targets] if same else (),
        )
        return Made((scp.scp(wanted, as_of=known.instant), file))
    except (scp.GuardrailError, QuotingError) as problem:
        return Made(refused=str(problem))


def _first(document: Mapping[str, Any], known: Behind) -> Artefact:
    name = f"deny-iam-user-creation-{file_stamp(known.instant)}.json"
    return artefact(name, JSON, scp.policy_text(document), known.instant)
