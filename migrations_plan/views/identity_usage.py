"""What a person or an IAM user does over both paths: a part of their pages, and a page."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import wants_csv
from accessportal.web.roles import require_role, viewer
from inventory.models import IamUser, UsageActor
from migrations_plan.gather.identity_usage import IdentityUsage, identity_usage
from migrations_plan.gather.usage import actors_of_person, actors_of_user, gaps_of
from migrations_plan.models import Person
from migrations_plan.rules.usage_days import PRESETS
from migrations_plan.usage_address import own

HEADER = (
    "path", "arn", "user_name", "account_id", "credential", "access_key_id", "permission_set",
    "role_arn", "last_use_at", "first_at", "calls", "direct_calls", "errors", "failed_signins",
    "hours", "origins",
)  # fmt: skip


@require_role("lead", "auditor")
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Of a person: confirmed IAM users, and Identity Center."""
    somebody = get_object_or_404(Person.objects.visible_to(viewer(request)), pk=pk)
    back = reverse("person", args=[pk])
    return _answer(request, actors_of_person(somebody), str(somebody), back, sso=True)


@require_role("lead", "auditor", "engineer")
def iam_user(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Of an IAM user: the old path, by credential."""
    user = get_object_or_404(IamUser.objects.visible_to(viewer(request)), pk=pk)
    back = reverse("iam-user", args=[pk])
    return _answer(request, actors_of_user(user.arn), user.user_name, back, sso=False)


@require_role("lead", "auditor", "engineer")
def mine(request: HttpRequest) -> HttpResponseBase:
    """Of the signed-in person; a sign-in that belongs to nobody has none."""
    somebody = viewer(request).person
    actors = actors_of_person(somebody) if somebody else UsageActor.objects.none()
    return _answer(request, actors, "My access", reverse("my-access"), sso=True)


def _answer(
    request: HttpRequest, actors: QuerySet[UsageActor], title: str, back: str, *, sso: bool
) -> HttpResponseBase:
    now = timezone.now()
    mine = own(request, now, actors)
    scope, names = mine.scope, mine.names
    found = identity_usage(scope, mine.actors, now)
    if wants_csv(request):
        return csv_response(f"use-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(found))
    context = {
        "now": now,
        "title": title,
        "back": back,
        "path": request.path,
        "window": scope.window,
        "presets": PRESETS,
        "usage": found,
        "accounts": [(use, names.get(use.account_id) or use.account_id) for use in found.accounts],
        "gaps": gaps_of(scope),
        "sso": sso,
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/identity_usage/{part}.html", context)


def _csv_rows(found: IdentityUsage) -> Iterator[tuple[Any, ...]]:
    for use in (*found.old, *found.new):
        who = use.actor
        yield (
            who.path, who.arn, who.user_name, who.account_id, who.credential, who.access_key_id,
            who.permission_set, who.role_arn, use.seen, use.first_at, use.calls, use.direct,
            use.errors, use.failed_signins, use.habit,
            [f"{origin.words}: {origin.events}" for origin in use.origins],
        )  # fmt: skip
