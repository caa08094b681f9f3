"""Break-glass: both ways as a page, and who can really use those that are there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.lists import text_of
from accessportal.web.roles import require_role
from migrations_plan.artefacts.break_glass import BreakGlass, break_glass_page
from migrations_plan.artefacts.quoting import QuotingError
from migrations_plan.artefacts.reading import blocks, page_html
from migrations_plan.artefacts.trust import TrustError
from migrations_plan.forms.generated import BreakGlassForm, of_address, problems
from migrations_plan.gather.generated import emergency as gather
from migrations_plan.gather.generated.behind import Behind, Made, behind
from migrations_plan.text_files import asked_file


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """The text for one account; the choices are the address."""
    now = timezone.now()
    form, known = of_address(request, BreakGlassForm, {}), behind(now, gather.SOURCES)
    role = text_of(request, "role")
    found = gather.emergency(role)
    made = _made(form, known, found)
    file = asked_file(request, made.texts)
    if file is not None:
        return file
    context: dict[str, Any] = {
        "now": now,
        "form": form,
        "role": role,
        "account": form.data.get("account") or _first_account(found),
        "role_is_known": any(one.arn == role for one in found.roles),
        "found": found,
        "made": made,
        "pages": [(*made.texts, blocks(made.texts[0].text))] if made.texts else [],
        "as_of": known.as_of,
    }
    return render(request, "migrations_plan/generated/break_glass.html", context)


def _made(form: BreakGlassForm, known: Behind, found: gather.Emergency) -> Made:
    if known.refused:
        return Made(refused=known.refused)
    if not form.is_valid():
        return Made(refused="Please look at the choices: " + " ".join(problems(form)))
    given = form.cleaned_data
    account = given["account"] or _first_account(found)
    if not account:
        return Made(refused="No account is known yet.")
    wanted = BreakGlass(
        account,
        given["channel"] or "the security channel",
        known.instant,
        saml_provider=given["provider"] or None,
        people=form.named(),
    )
    try:
        text = break_glass_page(wanted)
    except (TrustError, QuotingError) as problem:
        return Made(refused=str(problem))
    return Made((text, page_html(text)))


def _first_account(found: gather.Emergency) -> str:
    """Where production is, or whatever there is."""
    ordered = sorted(found.accounts, key=lambda one: (one.environment != "prod", one.account_id))
    return ordered[0].account_id if ordered else ""
