"""Runbooks from live facts: to read, to print, as Markdown and as HTML."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.roles import require_role
from migrations_plan.artefacts.reading import blocks, page_html
from migrations_plan.forms.generated import RunbookForm, of_address, problems
from migrations_plan.gather.generated import runbook_facts as gather
from migrations_plan.gather.generated.behind import Behind, Made, behind
from migrations_plan.gather.generated.directory import Center, center
from migrations_plan.gather.generated.emergency import independent_roles
from migrations_plan.text_files import asked_file


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """All of them, one below the other; what no read tells is in the address."""
    now = timezone.now()
    form = of_address(request, RunbookForm, {})
    found, also = center(now), behind(now, gather.SOURCES)
    made = _made(form, found, also)
    pages = tuple((one, page_html(one), blocks(one.text)) for one in made.texts)
    file = asked_file(request, [text for one, html, _ in pages for text in (one, html)])
    if file is not None:
        return file
    context = {
        "now": now,
        "form": form,
        "made": made,
        "pages": pages,
        "as_of": (also if also.refused and not found.behind.refused else found.behind).as_of,
    }
    return render(request, "migrations_plan/generated/runbooks.html", context)


def _made(form: RunbookForm, found: Center, also: Behind) -> Made:
    why = found.why or also.refused
    if why:
        return Made(refused=why)
    if not form.is_valid():
        return Made(refused="Please look at the answers: " + " ".join(problems(form)))
    at = min(found.behind.instant, also.instant)
    return gather.runbook_texts(found, independent_roles(), form.cleaned_data, at)
