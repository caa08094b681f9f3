"""What one program was seen doing, and the texts of its move. A part of its page, which hands over
all choices in the address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from migrations_plan.forms.generated import problems
from migrations_plan.gather import workload as gather
from migrations_plan.gather.workload_texts import Asked, texts
from migrations_plan.gather.workload_use import seen
from migrations_plan.text_files import asked_file
from migrations_plan.workload_questions import form_of

REGION = "us-east-1"
MOST_CALLED = 40


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """htmx loads it into the program's page; without scripts it is a page of its own. ?file=
    downloads a text."""
    now = timezone.now()
    row = get_object_or_404(gather.programs(viewer(request), now), pk=pk)
    one = gather.Program(row, None, None, None, ())
    form, found = form_of(request, one), seen(row.user_arn, row.user_name, row.account_id, now)
    given = form.cleaned_data if form.is_valid() else {}
    asked = Asked(
        account_id=row.account_id,
        role_name=given.get("role_name", ""),
        region=given.get("region") or found.region or REGION,
        target=form.target() if form.is_valid() else None,
        read_at=row.iam_user.observed_at if row.iam_user else row.made_at,
    )
    made = texts(asked, found)
    file = asked_file(request, made.all)
    if file is not None:
        return file
    context = {
        "now": now,
        "one": one,
        "found": found,
        "called": found.called[:MOST_CALLED],
        "others": max(len(found.called) - MOST_CALLED, 0),
        "made": made,
        "problems": problems(form),
        "base": reverse("workload-use", args=[pk]),
        "back": reverse("workload", args=[pk]),
    }
    name = "_use" if wants_partial(request) else "use"
    return render(request, f"migrations_plan/workload/{name}.html", context)
