"""What one IAM user is used as, who may own it, and how a shared one is taken apart: a part of the
user's page, and a page."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from inventory.models import IamUser
from migrations_plan.gather import class_facts, owners_list
from migrations_plan.gather.classes_list import with_hints
from migrations_plan.models import (
    DECLARABLE,
    IamUserLink,
    IdentityClass,
    IdentityKind,
    thresholds,
)
from migrations_plan.rules.class_facts import UserFacts
from migrations_plan.rules.classify import classify
from migrations_plan.rules.split import Side, split
from migrations_plan.rules.usage_days import last_days

MOST_ACTIONS = 25


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Class, reasons, suggestions and split of one IAM user."""
    now, who = timezone.now(), viewer(request)
    link = IamUserLink.objects.filter(iam_user_arn=OuterRef("arn"))
    visible = IamUser.objects.visible_to(who).annotate(linked=Exists(link))
    user: Any = get_object_or_404(visible, pk=pk)
    window_days = thresholds().window_days
    rows = IdentityClass.objects.visible_to(who).filter(user_arn=user.arn)
    listed = list(with_hints(rows).order_by("access_key_id"))
    for row in listed:
        row.shown = row.kind_at(now)
    whole = next((row for row in listed if not row.access_key_id), None)
    user.suggestions, user.refused = [], []
    if not user.linked and who.role != "engineer":
        owners_list.add_suggestions([user])
    context = {
        "now": now,
        "iam_user": user,
        "back": reverse("iam-user", args=[pk]),
        "whole": whole,
        "keys": [row for row in listed if row.access_key_id],
        "declarable": DECLARABLE,
        "linked": user.linked,
        "sides": _sides(user, window_days) if whole and whole.shown == IdentityKind.MIXED else (),
        "most_actions": MOST_ACTIONS,
        "window_days": window_days,
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/identity/{part}.html", context)


def _sides(user: IamUser, window_days: int) -> tuple[Side, ...]:
    """What the pass judged, once more for this user alone."""
    window = last_days(window_days, timezone.now().date())
    used = class_facts.usage(window, Q(arn=user.arn)).get(user.arn)
    uses = used.uses() if used else ()
    facts = UserFacts(
        arn=user.arn,
        user_name=user.user_name,
        path=user.path,
        tags=user.tags,
        console_password=user.console_password,
        mfa=user.mfa,
        uses=uses,
    )
    return split(uses, classify(facts)[0].parts)
