"""Findings as pages show them: counts for sentences, badges for rows, lists for subjects."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from inventory.models import Heartbeat
from migrations_plan.models import Finding
from migrations_plan.models.alerts import acknowledged, certain, unknown
from migrations_plan.passes.findings import HEARTBEAT
from migrations_plan.passes.judging import SHORT, TITLES
from migrations_plan.rules.facts import ACCOUNT, KINDS, ROOT

SHOWN_KINDS = {kind: words for kind, words in KINDS.items() if kind != ACCOUNT}
# Kinds of what no IAM user has.
OF_ACCOUNTS = (ROOT, ACCOUNT)


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings that are not closed, each in one of open, unknown and acknowledged. severe: of the
    open ones. subjects: how many credentials, root users and accounts have an open one."""

    open: int
    severe: int
    unknown: int
    acknowledged: int
    subjects: int


def counts(findings: QuerySet[Finding], now: datetime) -> Counts:
    """One query."""
    held = acknowledged(now)
    open_now = certain(now) & ~held
    told = (
        findings.filter(closed_at=None)
        .order_by()
        .aggregate(
            open=Count("subject", filter=open_now),
            severe=Count("subject", filter=open_now & Q(severe=True)),
            unknown=Count("subject", filter=unknown(now) & ~held),
            acknowledged=Count("subject", filter=held),
            subjects=Count("subject", distinct=True, filter=open_now),
        )
    )
    return Counts(**told)


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """Findings of one rule that are not closed, each in one of the three."""

    rule: str
    title: str
    open: int
    unknown: int
    acknowledged: int


def by_rule(findings: QuerySet[Finding], now: datetime) -> list[RuleCounts]:
    """Rules that found anything, in the order of TITLES. One query."""
    held = acknowledged(now)
    told = (
        findings.filter(closed_at=None)
        .order_by()
        .values("rule")
        .annotate(
            open=Count("subject", filter=certain(now) & ~held),
            unknown=Count("subject", filter=unknown(now) & ~held),
            acknowledged=Count("subject", filter=held),
        )
    )
    found = {row["rule"]: row for row in told}
    return [
        RuleCounts(name, title, row["open"], row["unknown"], row["acknowledged"])
        for name, title in TITLES.items()
        if (row := found.get(name))
    ]


def evaluated_at() -> datetime | None:
    """When findings were last brought up to date; None: never. One query."""
    return Heartbeat.objects.filter(name=HEARTBEAT).values_list("at", flat=True).first()


def dressed(findings: Any, now: datetime) -> list[Finding]:
    """The same rows with title, short title, shown (open, unknown, closed or acknowledged) and the
    kind of badge for that."""
    found = list(findings)
    for one in found:
        one.title = TITLES.get(one.rule, one.rule)
        one.short = SHORT.get(one.rule, one.title)
        one.shown = "acknowledged" if one.is_acknowledged(now) else one.state(now)
        one.badge = badge_of(one)
    return found


def badge_of(one: Any) -> str:
    """The kind of badge: shape and colour."""
    kinds = {"unknown": "unknown", "acknowledged": "off", "closed": "off"}
    return kinds.get(one.shown, "bad" if one.severe else "warn")


def by_subject(
    findings: QuerySet[Finding], subjects: Collection[str], now: datetime
) -> Mapping[str, list[Finding]]:
    """What stands about each of these, the worst first. One query."""
    rows = findings.filter(closed_at=None, subject__in=list(subjects))
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for one in dressed(rows, now):
        grouped[one.subject].append(one)
    return grouped
