"""Parts of My access that load by themselves and are pages of their own: the command line, and the
accounts one needs."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accessportal.web.htmx import wants_partial
from accessportal.web.roles import require_role, viewer
from migrations_plan.gather import my_accounts, my_cli
from migrations_plan.models import thresholds
from migrations_plan.views.my_access import UNBOUND


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
    texts = my_cli.command_line(who, who.person, now).texts if who.person else {}
    made = texts.get(name)
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
    context = {
        "now": now,
        "rows": my_accounts.account_rows(who, who.person, now),
        "window_days": thresholds().window_days,
    }
    part = "_part" if wants_partial(request) else "page"
    return render(request, f"migrations_plan/my_accounts/{part}.html", context)
