"""Gauges for Prometheus, counted from the database at each scrape, so every process agrees."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from inventory.freshness import FRESH, STALE, UNKNOWN, tallies
from inventory.models import AwsAccount, CollectionRun, IamUser, Job, JobState, Outcome
from migrations_plan.models import IamUserLink, JournalEntry, Person, PortalUser


def text(now: datetime) -> bytes:
    """All gauges in Prometheus's text format."""
    registry = CollectorRegistry()
    _by_word(registry, "portal_runs", "Collection runs", "outcome", Outcome.values, _runs())
    _by_word(registry, "portal_jobs", "Jobs", "state", JobState.values, _jobs())
    counts = tallies(now)
    others = [row.state for one in counts for row in one.others]
    counted = {state: others.count(state) for state in (STALE, UNKNOWN)}
    counted = {FRESH: sum(one.expected for one in counts) - len(others), **counted}
    _by_word(registry, "portal_scopes", "Sources per account", "state", list(counted), counted)
    for name, title, value in _plain(now):
        Gauge(name, title, registry=registry).set(value)
    return generate_latest(registry)


def _by_word(
    registry: CollectorRegistry,
    name: str,
    title: str,
    label: str,
    words: list[str],
    counts: dict[str, int],
) -> None:
    gauge = Gauge(name, f"{title} by {label}", [label], registry=registry)
    for word in words:
        gauge.labels(word).set(counts.get(word, 0))


def _runs() -> dict[str, int]:
    rows = CollectionRun.objects.order_by().values_list("outcome").annotate(n=Count("pk"))
    return dict(rows)


def _jobs() -> dict[str, int]:
    rows = Job.objects.order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def _plain(now: datetime) -> list[tuple[str, str, float]]:
    users = IamUser.objects.present()
    oldest = Job.objects.filter(state=JobState.QUEUED).aggregate(at=Min("not_before"))["at"]
    waiting = max((now - oldest).total_seconds(), 0) if oldest else 0
    return [
        ("portal_accounts", "AWS accounts present", _n(AwsAccount.objects.present())),
        ("portal_iam_users", "IAM users present", _n(users)),
        ("portal_iam_admins", "IAM users known to be administrators", _n(users.filter(admin=True))),
        (
            "portal_iam_admin_unknown",
            "IAM users of whom nobody knows whether they are administrators",
            _n(users.filter(admin=None)),
        ),
        ("portal_people", "People", _n(Person.objects.all())),
        (
            "portal_owners_confirmed",
            "IAM users with a confirmed owner",
            _n(IamUserLink.objects.all()),
        ),
        ("portal_sign_ins", "Active sign-ins", _n(PortalUser.objects.filter(is_active=True))),
        ("portal_journal_entries", "Journal entries", _n(JournalEntry.objects.all())),
        ("portal_oldest_job_seconds", "Age of the oldest waiting job", waiting),
    ]


def _n(rows: QuerySet[Any]) -> int:
    return int(rows.count())
