"""One person: what they may open, through what, and which IAM users are theirs."""

from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accessportal.web.roles import require_role, viewer
from inventory import ledger
from inventory.asof import as_of
from migrations_plan.gather import person as gather
from migrations_plan.gather.people import identity_state, never_read
from migrations_plan.ledger_text import entries
from migrations_plan.models import Person
from migrations_plan.summary import USER_SOURCES

SOURCES = ("identity_store", "account_assignments", "permission_sets", *USER_SOURCES)
MOST_CHANGES = 50


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Identity Center, groups, grants, old access, history."""
    who = viewer(request)
    person = get_object_or_404(Person.objects.visible_to(who), pk=pk)
    now = timezone.now()
    store_user = gather.store_user_of(person)
    user_id = store_user.user_id if store_user and not store_user.is_gone() else None
    groups = gather.groups_of(user_id, who)
    old_access = gather.old_access_of(person, who)
    account_ids = sorted({old.user.account_id for old in old_access})
    known = as_of(now, sources=SOURCES, account_ids=account_ids)
    state, state_reason = identity_state(
        here=user_id is not None,
        enabled=store_user.enabled if store_user else None,
        store_reason=never_read(known, "identity_store"),
    )
    changes = ledger.changes_of("identity_store_user", person.identity_center_user_id or "")
    grants = gather.grants_of(user_id, groups, who)
    context = {
        "now": now,
        "as_of": known,
        "person": person,
        "has_left": bool(person.left_on and person.left_on <= now.date().isoformat()),
        "store_user": store_user,
        "state": state,
        "state_reason": state_reason,
        "groups": groups,
        "grants": grants,
        "longest": gather.longest_session(grants),
        "grants_unknown": never_read(known, "identity_store", "account_assignments"),
        "old_access": old_access,
        "changes": list(islice(entries(changes), MOST_CHANGES)),
        "most_changes": MOST_CHANGES,
    }
    return render(request, "migrations_plan/person/page.html", context)
