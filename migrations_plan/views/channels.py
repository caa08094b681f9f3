"""Channels: by which ways messages go out, what is set up, and a test to oneself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from migrations_plan.models import JournalEntry
from migrations_plan.notify import channels, trying

MOST_TESTS = 10


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """State of each, and the last tests."""
    who = viewer(request)
    context = {
        "now": timezone.now(),
        "channels": channels.states(),
        "tests": JournalEntry.objects.filter(action="test-channel")[:MOST_TESTS],
        "to": trying.address_of(who),
        "decides": who.role == "lead",
    }
    return render(request, "migrations_plan/channels/page.html", context)


@require_role("lead")
@require_POST
def test(request: HttpRequest) -> HttpResponse:
    """To whoever asks, and to nobody else."""
    channel = request.POST.get("channel", "")
    try:
        to = trying.send_test(by=viewer(request), channel=channel, now=timezone.now())
        messages.success(request, f"The server took a test message to {to}.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("channels")
