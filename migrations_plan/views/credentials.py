"""Credentials: every long-lived one of every kind, in the order in which to look at them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.csvfile import csv_response
from accessportal.web.htmx import wants_partial
from accessportal.web.lists import Column, choice_of, text_of, wants_csv
from accessportal.web.paging import page_of, sort_of, sorted_by
from accessportal.web.roles import require_role, viewer
from inventory.asof import as_of
from inventory.models import AwsAccount, Environment
from migrations_plan.gather import alerts as gather
from migrations_plan.gather.told import CREDENTIAL_SOURCES
from migrations_plan.models import Finding, RankedCredential
from migrations_plan.passes.judging import TITLES
from migrations_plan.rules.facts import KINDS, PASSWORD, ROOT

SORTS: dict[str, tuple[str, ...]] = {
    "first": ("score",),
    "name": ("name",),
    "user": ("user_name",),
    "account": ("account__name", "account_id", "user_name"),
    "owner": ("owner__name", "user_name"),
    "age": ("created_at",),
    "used": ("used_at",),
}
FIRST = "-first"
STATUSES = ("active", "inactive", "unknown", "stale")
HEADER = (
    "score", "reasons", "kind", "id", "account_id", "account", "environment", "user_name", "arn",
    "owner", "active", "created_at", "last_used_at", "last_used_per", "administrator", "findings",
    "observed_at",
)  # fmt: skip
CHUNK = 1000
HEAD = (
    Column("First", "first", numeric=True),
    Column("Credential", "name"),
    Column("IAM user", "user"),
    Column("Account", "account"),
    Column("Owner", "owner"),
    Column("Age", "age", numeric=True),
    Column("Last used", "used"),
    Column("Why"),
    Column("Findings"),
)


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponseBase:
    """The list as the address filters, sorts and pages it; ?format=csv gives all of it."""
    now = timezone.now()
    who = viewer(request)
    everything = RankedCredential.objects.visible_to(who).select_related("account", "owner")
    findings = Finding.objects.visible_to(who)
    chosen = _chosen(request)
    narrowed = _filtered(everything, findings, chosen, now)
    rows = sorted_by(request, narrowed, SORTS, FIRST)
    if wants_csv(request):
        lines = _csv_rows(rows, findings, now)
        return csv_response(f"credentials-{now:%Y-%m-%d}.csv", HEADER, lines)
    known = as_of(now, sources=CREDENTIAL_SOURCES)
    found = page_of(request, rows)
    _add_findings(found.object_list, findings, now)
    context = {
        "now": now,
        "page": found,
        "sort": sort_of(request, SORTS, FIRST),
        "head": HEAD,
        "list_id": "credentials",
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "as_of": known,
        "evaluated_at": None if found.object_list else gather.evaluated_at(),
    }
    if wants_partial(request):
        return render(request, "migrations_plan/credentials/_table.html", context)
    context |= {
        "accounts": AwsAccount.objects.visible_to(who).named(),
        "environments": Environment.values,
        "kinds": gather.SHOWN_KINDS.items(),
        "rules": [(name, title) for name, title in TITLES.items() if name != "not-read"],
        "statuses": STATUSES,
        "total": _total(everything),
        "counts": gather.counts(findings, now),
    }
    return render(request, "migrations_plan/credentials/page.html", context)


def _total(everything: QuerySet[RankedCredential]) -> dict[str, int]:
    return everything.order_by().aggregate(
        credentials=Count("pk"),
        in_use=Count("pk", filter=Q(active=True)),
        of_unknown_use=Count("pk", filter=Q(active=True, keeps_use=True, use_known=False)),
    )


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {
        "q": text_of(request, "q"),
        "kind": choice_of(request, "kind", gather.SHOWN_KINDS),
        "rule": choice_of(request, "rule", (*TITLES, "any", "none")),
        "account": text_of(request, "account"),
        "environment": choice_of(request, "environment", Environment.values),
        "owner": choice_of(request, "owner", ("yes", "no")),
        "status": choice_of(request, "status", STATUSES),
    }


def _filtered(
    rows: QuerySet[RankedCredential],
    findings: QuerySet[Finding],
    chosen: dict[str, str],
    now: datetime,
) -> QuerySet[RankedCredential]:
    conditions = Q()
    if chosen["q"]:
        text = chosen["q"]
        conditions &= Q(name__icontains=text) | Q(user_name__icontains=text)
    if chosen["kind"]:
        conditions &= Q(kind=chosen["kind"])
    if chosen["account"]:
        conditions &= Q(account_id=chosen["account"])
    if chosen["environment"]:
        conditions &= Q(account__environment=chosen["environment"])
    if chosen["owner"]:
        conditions &= Q(owner__isnull=chosen["owner"] == "no")
    if chosen["rule"]:
        standing = findings.filter(closed_at=None, subject=OuterRef("subject"))
        if chosen["rule"] in TITLES:
            standing = standing.filter(rule=chosen["rule"])
        has = Exists(standing)
        conditions &= ~Q(has) if chosen["rule"] == "none" else Q(has)
    return rows.filter(conditions & _status(chosen["status"], now))


def _status(word: str, now: datetime) -> Q:
    stale = ~Q(why_stale="") | Q(stale_after__isnull=False, stale_after__lte=now)
    return {
        "active": Q(active=True),
        "inactive": Q(active=False),
        "unknown": Q(active=None),
        "stale": stale,
    }.get(word, Q())


def _add_findings(rows: Any, findings: QuerySet[Finding], now: datetime) -> None:
    found = gather.by_subject(findings, [row.subject for row in rows], now)
    for row in rows:
        row.findings = found.get(row.subject, [])
        row.kind_words = KINDS.get(row.kind, row.kind)
        row.shows_id = row.kind not in (PASSWORD, ROOT)
        too_old = row.stale_after is not None and row.stale_after <= now
        row.doubt = row.why_stale or ("it was not read again in time" if too_old else "")


def _csv_rows(
    rows: QuerySet[RankedCredential], findings: QuerySet[Finding], now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Without a query for each row: what stands is read once, as pairs."""
    standing: dict[str, list[str]] = {}
    present = findings.filter(closed_at=None).order_by("rule")
    for subject, rule in present.values_list("subject", "rule").iterator(chunk_size=CHUNK):
        standing.setdefault(subject, []).append(rule)
    for row in rows.iterator(chunk_size=CHUNK):
        words = "; ".join(f"{points} {text}" for points, text in row.reasons)
        yield (
            row.score, words, row.kind, row.subject, row.account_id, row.account.name,
            row.account.environment, row.user_name, row.user_arn or None,
            row.owner.email if row.owner else None, row.active, row.created_at, row.used_at,
            row.used_by or None, row.admin, standing.get(row.subject, []), row.observed_at,
        )  # fmt: skip
