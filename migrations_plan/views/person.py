"""One person: the whole story from facts to verdict, and what is there now."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from inventory import ledger
from inventory.asof import AsOf, told_by
from inventory.freshness import freshness
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.actions.gates import end_waiver as end
from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.gather import person as gather
from migrations_plan.gather.people import identity_state, never_read
from migrations_plan.gather.person import OldAccess
from migrations_plan.gather.story import story, usage_of
from migrations_plan.ledger_text import entries
from migrations_plan.models import Person, Waiver
from migrations_plan.rules.waivers import LONGEST_WAIVER
from migrations_plan.summary import USER_SOURCES

SOURCES = ("identity_store", "account_assignments", "permission_sets", *USER_SOURCES)
MOST_CHANGES = 50
PROPOSED = timedelta(days=7)


@require_role("lead", "auditor")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Gates, waivers and states; then Identity Center, groups, grants, old access, history."""
    who = viewer(request)
    people = Person.objects.visible_to(who).select_related("standing")
    person = get_object_or_404(people, pk=pk)
    now = timezone.now()
    store_user = gather.store_user_of(person)
    user_id = store_user.user_id if store_user and not store_user.is_gone() else None
    groups = gather.groups_of(user_id, who)
    old_access = gather.old_access_of(person, who)
    known = _as_of(now, old_access)
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
        "story": story(person, who, now, usage_url=usage_of(person)),
        "decides": who.role == "lead",
        **_ends(now),
    }
    return render(request, "migrations_plan/person/page.html", context)


def _ends(now: datetime) -> dict[str, date]:
    """When a waiver may end."""
    return {
        "proposed": (now + PROPOSED).date(),
        "first_day": (now + timedelta(days=1)).date(),
        "last_day": (now + LONGEST_WAIVER - timedelta(days=1)).date(),
    }


def _as_of(now: datetime, old_access: Sequence[OldAccess]) -> AsOf:
    """Of the reads behind the page. One query: the users came with their accounts."""
    accounts = {old.user.account_id: old.user.account for old in old_access}
    names = {pk: account.name for pk, account in accounts.items() if account.name}
    left = {pk: account.why_not_read() for pk, account in accounts.items()}
    sources = [SOURCE_BY_NAME[name] for name in SOURCES]
    states = freshness(now, sources=sources, account_ids=sorted(accounts), left=left)
    return told_by(states, names)


@require_role("lead")
@require_POST
def end_waiver(request: HttpRequest, pk: int, waiver: int) -> HttpResponse:
    """A lead takes a waiver back before its end."""
    people = Person.objects.visible_to(viewer(request))
    mine = Waiver.objects.select_related("person").filter(person__in=people)
    found = get_object_or_404(mine, pk=waiver, person_id=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please give a reason.")
        return redirect("person", pk=pk)
    try:
        end(
            by=viewer(request),
            waiver=found,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(request, "The gate counts again.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("person", pk=pk)
