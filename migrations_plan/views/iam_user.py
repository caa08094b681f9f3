"""One IAM user: everything it can open, why, and what changed when."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.roles import require_role, viewer
from inventory import ledger
from inventory.asof import AsOf, told_by
from inventory.freshness import freshness
from inventory.models import (
    AccessKey,
    AwsAccount,
    CredentialReportRow,
    IamGroup,
    IamPolicy,
    IamUser,
    LoginProfile,
    MfaDevice,
    ServiceSpecificCredential,
    SigningCertificate,
    SshPublicKey,
)
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.actions.links import link_iam_user, unlink_iam_user
from migrations_plan.forms.decisions import OwnerForm, ReasonForm
from migrations_plan.gather import alerts
from migrations_plan.ledger_text import Entry, entries
from migrations_plan.models import Finding, IamUserLink, Person
from migrations_plan.summary import USER_SOURCES

OTHER_SOURCES = ("ssh_public_keys", "signing_certificates", "service_specific_credentials")
STATED = tuple(SOURCE_BY_NAME[name] for name in (*USER_SOURCES, *OTHER_SOURCES))
PASSWORD, MFA = "console password", "MFA device"
NONE = Value("")
STATE = F("status")
MUST_CHANGE = Case(When(password_reset_required=True, then=Value("must change")), default=NONE)
# Title, table, and what holds its id, its time, the service it is for and its state.
OTHER_CREDENTIALS: tuple[tuple[str, Any, str, str, Any, Any], ...] = (
    (PASSWORD, LoginProfile, "user_name", "created_at", NONE, MUST_CHANGE),
    (MFA, MfaDevice, "serial_number", "enabled_at", NONE, NONE),
    ("SSH public key", SshPublicKey, "ssh_public_key_id", "uploaded_at", NONE, STATE),
    ("Signing certificate", SigningCertificate, "certificate_id", "uploaded_at", NONE, STATE),
    (
        "Service-specific credential",
        ServiceSpecificCredential,
        "credential_id",
        "created_at",
        F("service_name"),
        STATE,
    ),
)
MOST_CHANGES = 100
LINK_COLUMNS = {
    "link_pk": "pk",
    "owner_pk": "person_id",
    "owner_name": "person__name",
    "owner_email": "person__email",
    "owner_by": "confirmed_by",
    "owner_at": "confirmed_at",
    "owner_reason": "reason",
}


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The user, its credentials, its rights and its history."""
    user = _the_user(request, pk)
    now = timezone.now()
    context = {
        "now": now,
        "iam_user": user,
        "as_of": _as_of(user.account, now),
        "link": _link(user),
        "changes": list(islice(_changes(user), MOST_CHANGES)),
        "most_changes": MOST_CHANGES,
        "findings": _findings(request, user, now),
        **_credentials(request, user),
        **_rights(request, user),
    }
    return render(request, "migrations_plan/iam_user/page.html", context)


def _as_of(account: AwsAccount, now: datetime) -> AsOf:
    known = freshness(
        now,
        sources=STATED,
        account_ids=[account.account_id],
        left={account.account_id: account.why_not_read()},
    )
    return told_by(known, names={account.account_id: account.name})


def _the_user(request: HttpRequest, pk: int) -> IamUser:
    """With the confirmation of its owner in columns, which saves a question."""
    link = IamUserLink.objects.filter(iam_user_arn=OuterRef("arn"))
    columns = {name: Subquery(link.values(path)[:1]) for name, path in LINK_COLUMNS.items()}
    visible = IamUser.objects.visible_to(viewer(request)).select_related("account")
    user: IamUser = get_object_or_404(visible.annotate(**columns), pk=pk)
    return user


def _link(user: Any) -> IamUserLink | None:
    if user.link_pk is None:
        return None
    person = Person(pk=user.owner_pk, name=user.owner_name, email=user.owner_email)
    return IamUserLink(
        pk=user.link_pk,
        iam_user_arn=user.arn,
        person=person,
        confirmed_by=user.owner_by,
        confirmed_at=user.owner_at,
        reason=user.owner_reason,
    )


def _findings(request: HttpRequest, user: IamUser, now: datetime) -> list[Finding]:
    visible = Finding.objects.visible_to(viewer(request)).present()
    return alerts.dressed(visible.filter(user_arn=user.arn), now)


def _credentials(request: HttpRequest, user: IamUser) -> dict[str, Any]:
    def of(model: Any) -> Any:
        mine = model.objects.visible_to(viewer(request))
        return mine.filter(account_id=user.account_id, user_name=user.user_name)

    first, *rest = (
        of(model)
        .order_by()
        .annotate(
            title=Value(title), identifier=F(key), made_at=F(made), service=service, state=state
        )
        .values("title", "identifier", "made_at", "service", "state", "gone_at")
        for title, model, key, made, service, state in OTHER_CREDENTIALS
    )
    # One question for five tables; the page shows them apart.
    found = list(first.union(*rest).order_by("title", "identifier"))
    present = [row for row in found if row["gone_at"] is None]
    return {
        "keys": of(AccessKey).order_by("gone_at", "created_at", "pk"),
        "profile": next((row for row in present if row["title"] == PASSWORD), None),
        "devices": [row for row in present if row["title"] == MFA],
        "others": [row for row in found if row["title"] not in (PASSWORD, MFA)],
        "report": CredentialReportRow.objects.visible_to(viewer(request))
        .filter(arn=user.arn)
        .first(),
    }


def _rights(request: HttpRequest, user: IamUser) -> dict[str, Any]:
    """Groups and policies by name. A group or policy that was not read is None, not left out."""
    # None: a list named the user without them; the page says so, and here there are none to show.
    names, attached = user.groups or [], user.attached_policies or []
    groups = IamGroup.objects.present().filter(account_id=user.account_id, group_name__in=names)
    by_name = {group.group_name: group for group in groups}
    arns = {
        *attached,
        *(arn for g in by_name.values() for arn in g.attached_policies),
    }
    found = IamPolicy.objects.present().filter(account_id=user.account_id, arn__in=arns)
    policies = {policy.arn: policy for policy in found}
    return {
        "groups": [(name, by_name.get(name), _named(by_name, name, policies)) for name in names],
        "attached": [(arn, policies.get(arn)) for arn in attached],
    }


def _named(
    groups: dict[str, IamGroup], name: str, policies: dict[str, IamPolicy]
) -> list[tuple[str, IamPolicy | None]]:
    group = groups.get(name)
    return [(arn, policies.get(arn)) for arn in group.attached_policies or []] if group else []


def _changes(user: IamUser) -> Iterator[Entry]:
    return entries(ledger.changes_of("iam_user", user.arn))


@require_role("lead")
@require_POST
def owner(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead confirms whose user it is."""
    user = _the_user(request, pk)
    form = OwnerForm(request.POST)
    person = None
    if form.is_valid():
        people = Person.objects.visible_to(viewer(request))
        person = people.filter(email__iexact=form.cleaned_data["email"]).first()
    if not form.is_valid():
        messages.error(request, "Please give an e-mail address and a reason.")
    elif person is None:
        messages.error(request, "Nobody with this e-mail address is known.")
    else:
        _decide(request, user, person, form.cleaned_data["reason"])
    return redirect("iam-user", pk=user.pk)


def _decide(request: HttpRequest, user: IamUser, person: Person | None, reason: str) -> None:
    who = viewer(request)
    now = timezone.now()
    try:
        if person is None:
            unlink_iam_user(by=who, iam_user=user, reason=reason, now=now)
            messages.success(request, "The owner was taken back; the journal remembers why.")
        else:
            link_iam_user(by=who, iam_user=user, person=person, reason=reason, now=now)
            messages.success(request, f"{person} is confirmed as the owner.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except IamUserLink.DoesNotExist:
        messages.error(request, "Somebody else has taken the owner back already.")


@require_role("lead")
@require_POST
def no_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead takes the confirmation back."""
    user = _the_user(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        _decide(request, user, None, form.cleaned_data["reason"])
    else:
        messages.error(request, "Please give a reason.")
    return redirect("iam-user", pk=user.pk)
