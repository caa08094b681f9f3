"""Accounts: every AWS account with its root posture, and how much of it was read."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from inventory.freshness import FRESH, UNKNOWN, Freshness, freshness
from inventory.models import AlternateContact, AwsAccount, Environment, IamUser
from inventory.sources import SOURCES
from migrations_plan.summary import USER_SOURCES

SORTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "account_id"),
    "id": ("account_id",),
    "environment": ("environment", "name"),
    "unit": ("unit_path", "name"),
    "users": ("users", "name"),
    "admins": ("admins", "name"),
    "root-mfa": ("summary__root_mfa_enabled", "name"),
}
ACCOUNT_SOURCES = tuple(source for source in SOURCES if source.per_account)
ROOT = ("no-mfa", "keys", "unknown")
HEADER = (
    "account_id", "name", "environment", "environment_reason", "unit_path", "status", "iam_users",
    "admins", "root_mfa", "root_access_keys", "observed_at", "gone_at",
)  # fmt: skip
HEAD = (
    Column("Name", "name"),
    Column("Id", "id"),
    Column("Environment", "environment"),
    Column("Unit", "unit"),
    Column("IAM users", "users", numeric=True),
    Column("Administrators", "admins", numeric=True),
    Column("Root MFA", "root-mfa"),
    Column("Root keys"),
    Column("Contacts"),
    Column("Reads"),
)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    chosen = {
        "q": text_of(request, "q"),
        "environment": choice_of(request, "environment", Environment.values),
        "root": choice_of(request, "root", ROOT),
        "gone": choice_of(request, "gone", ("yes", "all")),
    }
    everything = AwsAccount.objects.visible_to(viewer(request))
    rows = sorted_by(request, _counted(_filtered(everything, chosen)), SORTS, "name")
    if wants_csv(request):
        return csv_response(f"accounts-{now:%Y-%m-%d}.csv", HEADER, _csv_rows(rows))
    found = page_of(request, rows.prefetch_related(_contacts()))
    _add_strips(found.object_list, freshness(now, sources=ACCOUNT_SOURCES, account_ids=_ids(found)))
    context = {
        "now": now,
        "page": found,
        "sort": sort_of(request, SORTS, "name"),
        "head": HEAD,
        "list_id": "accounts",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": as_of(now, sources=("organization", "account_summary", *USER_SOURCES)),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/accounts/_table.html", context)
    context |= {"environments": Environment.values, "sentence": _sentence(everything.present())}
    return render(request, "migrations_plan/accounts/page.html", context)


def _filtered(rows: QuerySet[AwsAccount], chosen: dict[str, str]) -> QuerySet[AwsAccount]:
    conditions = Q()
    if chosen["gone"] != "all":
        conditions &= Q(gone_at__isnull=chosen["gone"] != "yes")
    if chosen["q"]:
        text = chosen["q"]
        conditions &= Q(name__icontains=text) | Q(account_id__icontains=text)
    if chosen["environment"]:
        conditions &= Q(environment=chosen["environment"])
    root = {
        "no-mfa": Q(summary__root_mfa_enabled=False),
        "keys": Q(summary__root_access_keys_present=True),
        "unknown": Q(summary__root_mfa_enabled=None),
    }.get(chosen["root"], Q())
    return rows.filter(conditions & root)


def _counted(rows: QuerySet[AwsAccount]) -> QuerySet[AwsAccount]:
    mine = IamUser.objects.present().filter(account_id=OuterRef("pk")).order_by()
    number = mine.values("account_id").annotate(n=Count("pk")).values("n")
    admins = mine.filter(admin=True).values("account_id").annotate(n=Count("pk")).values("n")
    unsure = mine.filter(admin=None).values("account_id").annotate(n=Count("pk")).values("n")
    return rows.select_related("summary").annotate(
        users=Coalesce(Subquery(number), 0),
        admins=Coalesce(Subquery(admins), 0),
        admins_unknown=Coalesce(Subquery(unsure), 0),
    )


def _contacts() -> "Prefetch[Any]":
    return Prefetch("alternate_contacts", AlternateContact.objects.present())


def _ids(found: Any) -> list[str]:
    return [account.account_id for account in found.object_list]


def _add_strips(accounts: Any, states: list[Freshness]) -> None:
    by_account: dict[str, list[Freshness]] = {}
    for state in states:
        by_account.setdefault(state.account_id, []).append(state)
    for account in accounts:
        account.strip = by_account.get(account.account_id, [])
        account.not_fresh = sum(state.state != FRESH for state in account.strip)
        users = next(s for s in account.strip if s.source.name == "authorization_details")
        account.users_read = users.state != UNKNOWN


def _sentence(accounts: QuerySet[AwsAccount]) -> dict[str, int]:
    return accounts.order_by().aggregate(
        accounts=Count("pk"),
        environment_unknown=Count("pk", filter=Q(environment=Environment.UNKNOWN)),
        root_no_mfa=Count("pk", filter=Q(summary__root_mfa_enabled=False)),
        root_keys=Count("pk", filter=Q(summary__root_access_keys_present=True)),
        root_unknown=Count("pk", filter=Q(summary__root_mfa_enabled=None)),
    )


def _csv_rows(rows: Any) -> Iterator[tuple[Any, ...]]:
    for account in rows.iterator(chunk_size=2000):
        summary = getattr(account, "summary", None)
        yield (
            account.account_id, account.name, account.environment, account.environment_reason,
            account.unit_path, account.status, account.users, account.admins,
            summary and summary.root_mfa_enabled, summary and summary.root_access_keys_present,
            account.observed_at, account.gone_at,
        )  # fmt: skip
