"""My access: where one stands, what to do next, what one may open, and what of the old way is left;
and the parts that load by themselves and are pages of their own: command line, accounts.

Only the person's own; a sign-in that belongs to nobody is told so, and nothing else.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from migrations_plan.gather import alerts, my_accounts, my_cli
from migrations_plan.gather import my_access as gather
from migrations_plan.gather import person as person_gather
from migrations_plan.gather.my_answers import Kept, kept
from migrations_plan.gather.person import OldAccess
from migrations_plan.gather.story import Story, own_story
from migrations_plan.models import Finding, KeyPlace, PortalUser
from migrations_plan.rules import own_steps

UNBOUND = "migrations_plan/my_access/unbound.html"


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest) -> HttpResponse:
    """At most twelve queries; what needs more loads by itself, or is a link."""
    who, now = viewer(request), timezone.now()
    person = who.person
    if person is None:
        return render(request, UNBOUND, {"now": now})
    mine = kept(person, who)
    grants = my_cli.own_grants(who, person)
    old_access = person_gather.old_access_of(person, who)
    reads = gather.reads_behind(old_access, grants, now)
    story = own_story(who, now, usage_url=reverse("my-usage"))
    keys = gather.old_keys(old_access)
    context = {
        "now": now,
        "person": person,
        "kept": mine,
        "access": gather.access(grants, reads),
        "old_access": old_access,
        "keys": [(one, mine.keys.get(one.key.identifier)) for one in keys],
        "places": KeyPlace.choices,
        "today": now.date(),
        "findings": alerts.dressed(_findings(who, old_access), now),
        "doubts": gather.doubts(old_access, reads),
        "story": story,
        "never": gather.never_read(reads),
        "access_why": gather.access_doubt(reads),
        **_next(story, mine, keys, now),
    }
    return render(request, "migrations_plan/my_access/page.html", context)


def _next(story: Story, mine: Kept, keys: Sequence[gather.OldKey], now: Any) -> dict[str, Any]:
    """What they do next, and until when."""
    left = any(
        (told := mine.keys.get(one.key.identifier)) is None or told.day is None for one in keys
    )
    listed = own_steps.steps(
        story.standing.state if story.standing and story.certain else "",
        [(one.gate.name, one.verdict) for one in story.gates],
        tested=mine.confirmation is not None,
        keys_left=left,
    )
    ending = own_steps.ending(mine.endings, now)
    return {
        "steps": listed,
        "next_step": own_steps.next_of(listed),
        "ending": ending,
        "over": ending is not None and ending.at <= now,
    }


def _findings(who: PortalUser, old_access: Sequence[OldAccess]) -> QuerySet[Finding]:
    """Narrowed to the person's own, because leads see more than that."""
    mine = [old.user.arn for old in old_access]
    visible: QuerySet[Finding] = Finding.objects.visible_to(who).present()
    return visible.filter(user_arn__in=mine).select_related("account")


@require_role("lead", "auditor", "engineer")
def command_line(request: HttpRequest) -> HttpResponse:
    """The configuration of the AWS CLI, how to check it, and tools that need an update."""
    who, now = viewer(request), timezone.now()
    if who.person is None:
        return render(request, UNBOUND, {"now": now})
    context = {
        "now": now,
        "cli": my_cli.command_line(who, who.person, now),
        "tools": my_cli.old_tools(who, who.person, now),
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/my_cli/{part}.html", context)


@require_role("lead", "auditor", "engineer")
@require_safe
def download(request: HttpRequest, name: str) -> HttpResponse:
    """One of the texts as a file; where it cannot be made, the page says why."""
    if name not in my_cli.TEXTS:
        raise Http404("there is no such text")
    who, now = viewer(request), timezone.now()
    if who.person is None:
        return render(request, UNBOUND, {"now": now})
    made = my_cli.command_line(who, who.person, now).texts.get(name)
    if made is None:
        messages.error(request, "This file cannot be made yet.")
        return redirect("my-cli")
    return HttpResponse(
        made.text,
        content_type=f"{made.media_type}; charset=utf-8",
        headers={
            "Content-Disposition": content_disposition_header(True, made.name) or "attachment"
        },
    )


@require_role("lead", "auditor", "engineer")
def accounts(request: HttpRequest) -> HttpResponse:
    """Which accounts one used, may open, and says that one needs."""
    who, now = viewer(request), timezone.now()
    if who.person is None:
        return render(request, UNBOUND, {"now": now})
    context = {"now": now, "own": my_accounts.own_accounts(who, who.person, now)}
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/my_accounts/{part}.html", context)
