"""Owners: IAM users that nobody is confirmed for, who might be it, and why."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accessportal.web.address import next_url
from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from inventory.models import AwsAccount, IamUser
from migrations_plan.actions.links import link_iam_user
from migrations_plan.actions.owners import confirm_suggestions, reject_owner, unreject_owner
from migrations_plan.decision_files import LINK_COLUMNS
from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.gather import owners_list as gather
from migrations_plan.models import Person
from migrations_plan.passes import derived
from migrations_plan.passes.suggesting import OWNERS
from migrations_plan.rules.owners import SURE

SOURCES = ("authorization_details", "identity_store")
SORTS: dict[str, tuple[str, ...]] = {
    "score": ("best_score", "user_name"),
    "user": ("user_name",),
    "account": ("account__name", "account_id", "user_name"),
    "seen": ("last_seen_at",),
}
BEST = "-score"
FITS = (
    ("sure", f"one best, {SURE} points or more"),
    ("weak", f"one best, fewer than {SURE} points"),
    ("tied", "several equally good"),
    ("none", "nobody suggested"),
)
HEAD = (
    Column("Points", "score", numeric=True),
    Column("IAM user", "user"),
    Column("Account", "account"),
    Column("Used as"),
    Column("Last seen", "seen"),
    Column("Who it may be, and why"),
)
HEADER = (
    "account_id", "user_name", "arn", "used_as", "best_email", "best_score", "equally_good",
    "reasons", "last_seen_at",
)  # fmt: skip


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now, who = timezone.now(), viewer(request)
    chosen = _chosen(request)
    rows = sorted_by(request, _filtered(gather.unowned(who), chosen), SORTS, BEST)
    if wants_csv(request):
        return csv_response(f"owners-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows))
    found = page_of(request, rows)
    gather.add_suggestions(found.object_list)
    context = {
        "now": now,
        "page": found,
        "sort": sort_of(request, SORTS, BEST),
        "head": HEAD,
        "list_id": "owners",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "all_checked": request.GET.get("check") == "all",
        "sure": SURE,
        "as_of": as_of(now, sources=SOURCES),
        "made_at": None if found.object_list else derived.made_at(OWNERS),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/owners/_table.html", context)
    strangers = gather.strangers(settings.PORTAL_EMAIL_DOMAINS)
    context |= {
        "accounts": AwsAccount.objects.visible_to(who).named(),
        "fits": FITS,
        "counts": gather.counts(who),
        "domains": settings.PORTAL_EMAIL_DOMAINS,
        "strangers": strangers[: gather.MOST_STRANGERS],
        "strangers_more": max(len(strangers) - gather.MOST_STRANGERS, 0),
    }
    return render(request, "migrations_plan/owners/page.html", context)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "account": text_of(request, "account"),
        "fit": choice_of(request, "fit", [word for word, _ in FITS]),
    }


def _filtered(rows: QuerySet[IamUser, Any], chosen: dict[str, str]) -> QuerySet[IamUser, Any]:
    conditions = Q()
    if chosen["q"]:
        conditions &= Q(user_name__icontains=chosen["q"])
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    fits = {
        "sure": Q(best_score__gte=SURE, best_tied=1),
        "weak": Q(best_score__gt=0, best_score__lt=SURE, best_tied=1),
        "tied": Q(best_tied__gt=1),
        "none": Q(best_score=0),
    }
    return rows.filter(conditions & fits.get(chosen["fit"], Q()))


def _csv_rows(rows: QuerySet[IamUser, Any]) -> Iterator[tuple[Any, ...]]:
    best = gather.best_of_all()
    for user in rows.iterator(chunk_size=gather.CHUNK):
        suggested = best.get(user.arn, [])
        words = "; ".join(f"{points} {text}" for one in suggested for points, text in one.reasons)
        yield (
            user.account_id, user.user_name, user.arn, user.used_as,
            "; ".join(one.person.email for one in suggested) or None, user.best_score,
            len(suggested), words, user.last_seen_at,
        )  # fmt: skip


@require_role("lead", "auditor")
def links(request: HttpRequest) -> HttpResponseBase:
    """Every IAM user and its confirmed owner, in the columns that an import reads."""
    name = f"links-{timezone.now():%Y-%m-%d}.csv"
    return csv_response(name, LINK_COLUMNS, gather.link_rows(viewer(request)))


@require_role("lead")
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirms the chosen suggestions, each with its own line in the journal."""
    form = ReasonForm(request.POST)
    chosen = [_pair(text) for text in request.POST.getlist("chosen")]
    if not form.is_valid():
        messages.error(request, "Please say how you know: it goes into the journal.")
    elif not chosen or None in chosen:
        messages.error(request, "Please choose at least one row.")
    else:
        pairs = [pair for pair in chosen if pair]
        _confirm(request, pairs, form.cleaned_data["reason"])
    return redirect(_back(request))


def _confirm(request: HttpRequest, pairs: list[tuple[int, int]], reason: str) -> None:
    try:
        done, left = confirm_suggestions(
            by=viewer(request), chosen=pairs, reason=reason, now=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return
    if done:
        plural = "owner was" if done == 1 else "owners were"
        messages.success(request, f"{done} {plural} confirmed, each with a line in the journal.")
    if left:
        messages.warning(request, f"{left} had changed meanwhile and were left as they are.")


def _pair(text: str) -> tuple[int, int] | None:
    user, _, person = text.partition(":")
    return (int(user), int(person)) if user.isdecimal() and person.isdecimal() else None


def _back(request: HttpRequest) -> str:
    return next_url(request) if request.POST.get("next") else "owners"


@require_role("lead")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """One suggestion: theirs, not theirs, or perhaps theirs after all."""
    who = viewer(request)
    user = get_object_or_404(IamUser.objects.visible_to(who), pk=pk)
    text = request.POST.get("person", "")
    people = Person.objects.visible_to(who)
    person = people.filter(pk=int(text) if text.isdecimal() else 0).first()
    form = ReasonForm(request.POST)
    if person is None or not form.is_valid():
        messages.error(request, "Please choose a person and give a reason for the journal.")
        return redirect(_back(request))
    given = {
        "by": who,
        "iam_user": user,
        "person": person,
        "reason": form.cleaned_data["reason"],
        "now": timezone.now(),
    }
    try:
        messages.success(request, _decided(request.POST.get("verb", ""), given))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(_back(request))


def _decided(verb: str, given: dict[str, Any]) -> str:
    user, person = given["iam_user"], given["person"]
    if verb == "confirm":
        link_iam_user(**given)
        return f"{person} is confirmed as the owner of {user.user_name}."
    if verb == "reject":
        reject_owner(**given)
        return f"{user.user_name} is not of {person}; it will not be suggested again."
    if verb == "unreject":
        unreject_owner(**given)
        return f"{person} may be suggested for {user.user_name} again."
    raise ValidationError("Please choose what to decide.")
