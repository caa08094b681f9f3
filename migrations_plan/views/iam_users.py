"""IAM users: every user of every account, with what it can open and when it last did."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role, viewer
from inventory.asof import AsOf, as_of
from inventory.models import AwsAccount, Environment, IamUser
from migrations_plan.models import IamUserLink
from migrations_plan.summary import (
    AGE_BANDS,
    KEY_FILTERS,
    USER_SOURCES,
    in_band,
    users_sentence,
)

SORTS: dict[str, tuple[str, ...]] = {
    "name": ("user_name", "arn"),
    "account": ("account__name", "account_id", "user_name"),
    "admin": ("admin", "user_name"),
    "keys": ("active_keys", "user_name"),
    "key-age": ("oldest_active_key_at",),
    "console": ("console_password", "user_name"),
    "mfa": ("mfa", "user_name"),
    "seen": ("last_seen_at",),
}
THREE = ("yes", "no", "unknown")
KEYS = (*KEY_FILTERS, *(word for word, _, _, _ in AGE_BANDS))
HEADER = (
    "account_id", "account", "environment", "arn", "user_name", "admin", "admin_how",
    "active_keys", "oldest_active_key_at", "console_password", "mfa", "last_seen_at", "owner",
    "observed_at", "gone_at",
)  # fmt: skip
HEAD = (
    Column("Name", "name"),
    Column("Account", "account"),
    Column("Administrator", "admin"),
    Column("Keys", "keys", numeric=True),
    Column("Oldest key", "key-age", numeric=True),
    Column("Password", "console"),
    Column("MFA", "mfa"),
    Column("Last seen", "seen"),
    Column("Owner"),
)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    everything = IamUser.objects.visible_to(viewer(request)).select_related("account")
    chosen = chosen_filters(request)
    rows = sorted_by(request, filtered(everything, chosen, now), SORTS, "name")
    if wants_csv(request):
        return csv_response(f"iam-users-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows))
    known = as_of(now, sources=USER_SOURCES)
    found = page_of(request, rows)
    _add_owners(found.object_list, known)
    context = {
        "now": now,
        "page": found,
        "sort": sort_of(request, SORTS, "name"),
        "head": HEAD,
        "list_id": "iam-users",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": known,
    }
    if wants_partial(request):
        return render(request, "migrations_plan/iam_users/_table.html", context)
    context |= _around(request, everything, known)
    return render(request, "migrations_plan/iam_users/page.html", context)


def _around(request: HttpRequest, everything: Any, known: AsOf) -> dict[str, Any]:
    return {
        "accounts": AwsAccount.objects.visible_to(viewer(request)).named(),
        "environments": Environment.values,
        "three": THREE,
        "bands": AGE_BANDS,
        "sentence": users_sentence(everything.present(), known),
    }


def chosen_filters(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; '' where it asks for nothing, or for nonsense."""
    return {
        "q": text_of(request, "q"),
        "account": text_of(request, "account"),
        "environment": choice_of(request, "environment", Environment.values),
        "admin": choice_of(request, "admin", THREE),
        "keys": choice_of(request, "keys", KEYS),
        "console": choice_of(request, "console", THREE),
        "mfa": choice_of(request, "mfa", THREE),
        "owner": choice_of(request, "owner", ("yes", "no")),
        "gone": choice_of(request, "gone", ("yes", "all")),
    }


def filtered(rows: QuerySet[IamUser], chosen: dict[str, str], now: datetime) -> QuerySet[IamUser]:
    """Only what was chosen. Users that are gone are shown when asked for."""
    conditions = Q()
    if chosen["gone"] != "all":
        conditions &= Q(gone_at__isnull=chosen["gone"] != "yes")
    if chosen["q"]:
        conditions &= Q(user_name__icontains=chosen["q"]) | Q(arn__icontains=chosen["q"])
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    if chosen["environment"]:
        conditions &= Q(account__environment=chosen["environment"])
    if chosen["owner"]:
        owned = Q(arn__in=IamUserLink.objects.values("iam_user_arn"))
        conditions &= owned if chosen["owner"] == "yes" else ~owned
    for name, field in (("admin", "admin"), ("console", "console_password"), ("mfa", "mfa")):
        if chosen[name]:
            conditions &= Q(**{field: {"yes": True, "no": False, "unknown": None}[chosen[name]]})
    return rows.filter(conditions & _keys(chosen["keys"], now))


def _keys(word: str, now: datetime) -> Q:
    return KEY_FILTERS.get(word) or in_band("oldest_active_key_at", word, now)


def _owners(arns: list[str]) -> dict[str, IamUserLink]:
    links = IamUserLink.objects.filter(iam_user_arn__in=arns).select_related("person")
    return {link.iam_user_arn: link for link in links}


def _add_owners(users: Any, known: AsOf) -> None:
    owners = _owners([user.arn for user in users])
    for user in users:
        user.owner = owners.get(user.arn)
        user.unread = known.unread.get(user.account_id)


def _csv_rows(rows: QuerySet[IamUser]) -> Iterator[tuple[Any, ...]]:
    owners = dict(IamUserLink.objects.values_list("iam_user_arn", "person__email"))
    for user in rows.iterator(chunk_size=2000):
        yield (
            user.account_id, user.account.name, user.account.environment, user.arn,
            user.user_name, user.admin, user.admin_how, user.active_keys,
            user.oldest_active_key_at, user.console_password, user.mfa, user.last_seen_at,
            owners.get(user.arn), user.observed_at, user.gone_at,
        )  # fmt: skip
