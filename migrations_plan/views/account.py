"""One account: root, contacts, identity providers, users, who may open it, and what was read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from inventory.asof import told_by
from inventory.freshness import Freshness, freshness, worst
from inventory.models import (
    AccountAssignment,
    AlternateContact,
    AwsAccount,
    Environment,
    IamUser,
    IdentityProvider,
    IdentityStoreGroup,
    IdentityStoreUser,
)
from inventory.sources import SOURCES
from migrations_plan.actions.environments import override_environment
from migrations_plan.forms.decisions import EnvironmentForm
from migrations_plan.gather import alerts
from migrations_plan.models import Finding
from migrations_plan.summary import ACCESS_SOURCES, USER_SOURCES, users_sentence

CONTACT_TYPES = ("SECURITY", "OPERATIONS", "BILLING")
PAGE_SOURCES = tuple(
    source
    for source in SOURCES
    if source.per_account or source.name in ("alternate_contacts", *ACCESS_SOURCES)
)
MOST_USERS = 20


@require_role("lead", "auditor")
def page(request: HttpRequest, account_id: str) -> HttpResponse:
    """The account and every read of it."""
    who = viewer(request)
    account = _the_account(request, account_id)
    now = timezone.now()
    users = IamUser.objects.visible_to(who).present().filter(account=account)
    left = {account_id: account.why_not_read()}
    every = freshness(now, sources=PAGE_SOURCES, account_ids=[account_id], left=left)
    known = told_by(
        [state for state in every if state.source.name in USER_SOURCES],
        names={account_id: account.name},
    )
    states = [state for state in every if state.source.per_account]
    context = {
        "now": now,
        "account": account,
        "as_of": known,
        "sentence": users_sentence(users, known),
        "users": users.order_by("-admin", "user_name", "pk")[:MOST_USERS],
        "states": states,
        "providers_state": worst(s.state for s in states if s.source.name == "identity_providers"),
        "environments": Environment.values,
        "findings": alerts.dressed(_findings(request, account), now),
        "summary": getattr(account, "summary", None),
        "providers": IdentityProvider.objects.visible_to(who).present().filter(account=account),
        "contacts_state": _worst_of(every, ("alternate_contacts",)),
        "assignments_state": _worst_of(every, ACCESS_SOURCES),
        "contacts": _contacts(request, account),
        "assignments": _assignments(request, account),
    }
    return render(request, "migrations_plan/account/page.html", context)


def _the_account(request: HttpRequest, account_id: str) -> AwsAccount:
    visible = AwsAccount.objects.visible_to(viewer(request)).select_related("summary")
    account: AwsAccount = get_object_or_404(visible, pk=account_id)
    return account


def _findings(request: HttpRequest, account: AwsAccount) -> QuerySet[Finding]:
    """Those of the account itself and of its root user."""
    visible = Finding.objects.visible_to(viewer(request)).present()
    found: QuerySet[Finding] = visible.filter(account=account, kind__in=alerts.OF_ACCOUNTS)
    return found


def _worst_of(states: list[Freshness], names: tuple[str, ...]) -> str:
    return worst(state.state for state in states if state.source.name in names)


def _contacts(
    request: HttpRequest, account: AwsAccount
) -> list[tuple[str, AlternateContact | None]]:
    """A contact that nobody named is None; whether that is known is contacts_state."""
    rows = AlternateContact.objects.visible_to(viewer(request)).present().filter(account=account)
    found = {row.contact_type: row for row in rows}
    return [(kind, found.get(kind)) for kind in CONTACT_TYPES]


def _assignments(
    request: HttpRequest, account: AwsAccount
) -> list[tuple[str | None, str, list[tuple[str, str, str | None]]]]:
    """Who may open the account with what, by permission set."""
    rows = list(
        AccountAssignment.objects.visible_to(viewer(request))
        .present()
        .filter(account=account)
        .order_by("permission_set_id", "principal_type", "principal_id")
        .values_list("permission_set_id", "permission_set__name", "principal_type", "principal_id")
    )
    names = _principal_names([principal for _, _, _, principal in rows])
    sets: dict[str, tuple[str | None, list[tuple[str, str, str | None]]]] = {}
    for arn, name, kind, principal in rows:
        holders = sets.setdefault(str(arn), (name, []))[1]
        holders.append((kind.lower(), principal, names.get(principal)))
    return sorted(
        ((name, arn, holders) for arn, (name, holders) in sets.items()),
        key=lambda row: (row[0] or "", row[1]),
    )


def _principal_names(ids: list[str]) -> dict[str, str]:
    groups = IdentityStoreGroup.objects.filter(group_id__in=ids).order_by()
    users = IdentityStoreUser.objects.filter(user_id__in=ids).order_by()
    named = users.annotate(name=Coalesce(NullIf("display_name", Value("")), "user_name"))
    return dict(
        groups.values_list("group_id", "display_name").union(named.values_list("user_id", "name"))
    )


@require_role("lead")
@require_POST
def environment(request: HttpRequest, account_id: str) -> HttpResponse:
    """A lead says what the account is for."""
    who = viewer(request)
    account = _the_account(request, account_id)
    form = EnvironmentForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Please choose an environment and give a reason.")
        return redirect("account", account_id=account_id)
    word, reason = form.cleaned_data["environment"], form.cleaned_data["reason"]
    try:
        override_environment(
            by=who, account=account, environment=word, reason=reason, now=timezone.now()
        )
        messages.success(request, f"{account} now counts as {word}.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("account", account_id=account_id)
