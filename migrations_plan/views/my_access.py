"""My access: what the signed-in person may open, how, and what of the old way is still theirs."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accessportal.web.roles import require_role, viewer
from inventory.freshness import UNKNOWN
from migrations_plan.gather import alerts
from migrations_plan.gather import my_access as gather
from migrations_plan.gather import person as person_gather
from migrations_plan.gather.person import OldAccess
from migrations_plan.gather.story import own_story
from migrations_plan.models import Finding, PortalUser


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest) -> HttpResponse:
    """Only the person's own; a sign-in that belongs to nobody is told so, and nothing else."""
    who = viewer(request)
    now = timezone.now()
    person = who.person
    if person is None:
        return render(request, "migrations_plan/my_access/unbound.html", {"now": now})
    store_user = person_gather.store_user_of(person)
    user_id = store_user.user_id if store_user and not store_user.is_gone() else None
    groups = person_gather.groups_of(user_id, who)
    old_access = person_gather.old_access_of(person, who)
    doubts = gather.doubts(old_access, now)
    grants = person_gather.grants_of(user_id, groups, who)
    context = {
        "now": now,
        "person": person,
        "store_user": store_user if user_id else None,
        "access": gather.access(grants, region=gather.region_of(who)),
        "old_access": old_access,
        "findings": alerts.dressed(_findings(who, old_access), now),
        "doubts": doubts,
        "story": own_story(who, now, usage_url=reverse("my-usage")),
        "never": any(doubt.state == UNKNOWN for doubt in doubts),
    }
    return render(request, "migrations_plan/my_access/page.html", context)


def _findings(who: PortalUser, old_access: Sequence[OldAccess]) -> QuerySet[Finding]:
    """Narrowed to the person's own, because leads see more than that."""
    mine = [old.user.arn for old in old_access]
    visible: QuerySet[Finding] = Finding.objects.visible_to(who).present()
    return visible.filter(user_arn__in=mine).select_related("account")
