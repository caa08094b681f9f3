"""What one person is meant to open, beside what they may open now: a part of their page, a page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from inventory.models import AwsAccount, PermissionSet
from migrations_plan.actions.targets import confirm_targets
from migrations_plan.forms.decisions import TargetForm
from migrations_plan.gather import targets_list as gather
from migrations_plan.models import Person


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Targets, gaps, suggestions and, for a lead, forms to edit them."""
    now, who = timezone.now(), viewer(request)
    person = get_object_or_404(Person.objects.visible_to(who), pk=pk)
    known = as_of(now, sources=gather.SOURCES)
    unread = gather.why_unknown(known)
    targets = list(gather.confirmed(who).filter(person=person).order_by("account_name", "pk"))
    gaps = None if unread else gather.gaps_of(person, targets)
    missing: Any = gaps.missing if gaps else ()
    for one in targets:
        one.live = None if gaps is None else (one.account_id, one.permission_set) not in missing
    accounts = AwsAccount.objects.visible_to(who).named()
    names = dict(accounts)
    context = {
        "now": now,
        "person": person,
        "back": reverse("person", args=[pk]),
        "targets": targets,
        "extra": [(names.get(a, a), name) for a, name in gaps.extra] if gaps else [],
        "missing": len(missing),
        "why_unknown": unread,
        "suggestions": list(gather.suggested(who).filter(person=person).order_by("account_name")),
        "accounts": accounts,
        "sets": PermissionSet.objects.visible_to(who).present(),
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/person_targets/{part}.html", context)


@require_role("lead")
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead says that the person shall have a permission set in an account."""
    person = get_object_or_404(Person.objects.visible_to(viewer(request)), pk=pk)
    form = TargetForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please choose an account and a permission set, and say why.")
        return redirect("person", pk=pk)
    given = form.cleaned_data
    wanted = [(person, given["account_id"], given["permission_set"])]
    try:
        done = confirm_targets(
            by=viewer(request), wanted=wanted, reason=given["reason"], now=timezone.now()
        )
        said = "is a target now." if done else "was a target already."
        messages.success(request, f"{given['permission_set']} {said}")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("person", pk=pk)
