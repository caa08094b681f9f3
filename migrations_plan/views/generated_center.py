"""Identity Center as Terraform: as it is read, and as confirmed target access wants it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.lists import choice_of
from accessportal.web.roles import require_role, viewer
from migrations_plan.gather.generated import directory as gather
from migrations_plan.gather.generated import target as target_gather
from migrations_plan.text_files import asked_file

LIVE, TARGET = "live", "target"


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """The file of one of the two, with what a reviewer has to know; ?file= downloads it."""
    now, of = timezone.now(), choice_of(request, "of", (LIVE, TARGET)) or LIVE
    found = gather.center(now)
    wanted = target_gather.target(found, viewer(request)) if of == TARGET else None
    made = wanted.made if wanted else gather.live(found)
    file = asked_file(request, made.texts)
    if file is not None:
        return file
    context = {
        "now": now,
        "of": of,
        "made": made,
        "as_of": found.behind.as_of,
        "members": wanted.members if wanted else (),
        "linted": gather.linted(found),
        "counts": {
            "sets": len(found.sets),
            "groups": len(found.groups),
            "assignments": len(found.assignments),
        },
    }
    return render(request, "migrations_plan/generated/center.html", context)
