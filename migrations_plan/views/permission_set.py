"""One permission set: its policies, where it is assigned, and every person it reaches."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accessportal.web.htmx import wants_partial
from accessportal.web.paging import page_of
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from inventory.models import PermissionSet
from migrations_plan.gather import permission_set as gather
from migrations_plan.gather.people import never_read
from migrations_plan.gather.permission_sets import administrator_like, customer_documents
from migrations_plan.gather.words import duration_seconds, duration_words

SOURCES = ("permission_sets", "account_assignments", "identity_store")


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The set; htmx asks for another page of its people."""
    who = viewer(request)
    one = get_object_or_404(PermissionSet.objects.visible_to(who), pk=pk)
    now = timezone.now()
    known = as_of(now, sources=SOURCES)
    assigned = gather.assigned(one, who)
    people = page_of(request, gather.users_reached(assigned, who))
    context = {
        "now": now,
        "as_of": known,
        "list_id": "people",
        "permission_set": one,
        "page": people,
        "reached": gather.reached(list(people), assigned),
        "unknown_why": never_read(known, "account_assignments", "identity_store"),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/permission_set/_people.html", context)
    documents = customer_documents([one])
    context |= {
        "assigned": assigned,
        "documents": [(n, documents.get(n)) for n in one.customer_managed_policies or ()],
        "admin": administrator_like(one, documents),
        "duration": duration_words(duration_seconds(one.session_duration)),
        "places_unknown": never_read(known, "account_assignments"),
    }
    return render(request, "migrations_plan/permission_set/page.html", context)
