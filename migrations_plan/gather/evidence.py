"""The past, rebuilt from the ledger: what was known at an instant, and how whole it was.

As-of means observed. What was read by then counts; what was imported later from an older file
counts too, because it completes the past.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Window
from django.db.models.functions import Lag, RowNumber
from django.db.models.lookups import IsNull

from inventory import exports as facts
from inventory.freshness import STALE, UNKNOWN
from inventory.ledger import LEDGER
from inventory.models import ChainHead, Change, CollectionRun, Observation
from inventory.population import CLOSED, WholeReads, population, whole_reads
from inventory.records import AccountRecord
from inventory.sources import SOURCE_BY_NAME, SOURCES, Source
from migrations_plan import exports as decisions
from migrations_plan.journal import JOURNAL

Row = dict[str, Any]
BOOLEAN = BooleanField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """One list that an auditor asks for. counted: kinds of facts behind it; sources: where from."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[datetime, datetime], Iterator[Row]]
    counted: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """One source at an instant. missing: account ids ('' is the organization) without a whole read
    that was young enough then; never: those without any; last: when each was read whole."""

    source: Source
    expected: int
    missing: tuple[str, ...]
    never: tuple[str, ...]
    last: dict[str, datetime]

    @property
    def oldest_at(self) -> datetime | None:
        """The oldest of the last whole reads."""
        return min(self.last.values(), default=None)

    @property
    def covered(self) -> int:
        """Scopes that were read whole and fresh."""
        return self.expected - len(self.missing)

    @property
    def too_old(self) -> int:
        """Scopes that had been read whole, but too long before."""
        return len(self.missing) - len(self.never)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a source was not read whole for longer than its facts stay true. until None:
    it lasts."""

    source: Source
    account_id: str
    since: datetime
    until: datetime | None
    lasted: timedelta

    @property
    def words(self) -> str:
        """How long, in days and hours, rounded down."""
        hours = int(self.lasted.total_seconds() // 3600)
        days, hours = divmod(hours, 24)
        parts = ((days, "day"), (hours, "hour"))
        said = " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)
        return said or "less than an hour"


_IAM = ("authorization_details", "credential_report")
POPULATIONS = {
    one.name: one
    for one in (
        Population(
            name="iam-users",
            title="IAM users",
            columns=facts.IAM_USERS,
            rows=lambda at, now: facts.iam_users(at),
            counted=(("iam_user", "IAM users"),),
            sources=(*_IAM, "access_keys", "login_profiles", "mfa_devices"),
            says="Every IAM user that a list of users or a credential report showed.",
        ),
        Population(
            name="credentials",
            title="Credentials",
            columns=facts.CREDENTIALS,
            rows=lambda at, now: facts.credentials(at),
            counted=(
                ("access_key", "access keys"),
                ("login_profile", "console passwords"),
                ("ssh_public_key", "SSH keys"),
                ("signing_certificate", "certificates"),
                ("service_specific_credential", "service credentials"),
            ),
            sources=(
                *_IAM,
                "access_keys",
                "login_profiles",
                "ssh_public_keys",
                "signing_certificates",
                "service_specific_credentials",
            ),
            says="Every long-lived credential of an IAM user. Root is no IAM user.",
        ),
        Population(
            name="people",
            title="People",
            columns=decisions.PEOPLE,
            rows=lambda at, now: decisions.people(at, now=now),
            counted=(
                ("identity_store_user", "Identity Center users"),
                ("roster_person", "roster lines"),
            ),
            sources=("identity_store",),
            says="Everybody in the identity store or a roster, with the IAM users confirmed then.",
        ),
        Population(
            name="assignments",
            title="Assignments",
            columns=facts.ASSIGNMENTS,
            rows=lambda at, now: facts.assignments(at),
            counted=(
                ("account_assignment", "assignments"),
                ("group_membership", "group memberships"),
            ),
            sources=("permission_sets", "account_assignments", "identity_store"),
            says="One row for each grant and person it reaches.",
        ),
    )
}


def fact_counts(at: datetime) -> dict[str, int]:
    """How many facts of each kind were there at an instant. One query."""
    kinds = [kind for one in POPULATIONS.values() for kind, _ in one.counted]
    latest = Window(
        RowNumber(),
        partition_by=[F("kind"), F("key")],
        order_by=[F("observed_at").desc(), F("seq").desc()],
    )
    rows = (
        Observation.objects.filter(kind__in=kinds, observed_at__lte=at)
        .annotate(newest=latest, erased=ExpressionWrapper(IsNull(F("record"), True), BOOLEAN))
        .filter(newest=1)
        .order_by()
    )
    counts = dict.fromkeys(kinds, 0)
    # Not a condition of the query: that would come before the newest is chosen.
    for kind, change, erased in rows.values_list("kind", "change", "erased").iterator(5000):
        counts[kind] += change != Change.GONE and not erased
    return counts


@dataclass(frozen=True, slots=True)
class Then:
    """How whole the facts were at an instant."""

    accounts: dict[str, str]
    coverage: tuple[Coverage, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """Accounts of which some read was missing or too old, by id."""
        return tuple(sorted({a for one in self.coverage for a in one.missing if a}))

    def of(self, sources: tuple[str, ...]) -> "Then":
        """The same for some sources only."""
        return Then(self.accounts, tuple(c for c in self.coverage if c.source.name in sources))

    @property
    def missing(self) -> int:
        """Reads that were missing or too old."""
        return sum(len(one.missing) for one in self.coverage)

    @property
    def nothing(self) -> bool:
        """Not one of the reads had ever been whole."""
        return not any(one.last for one in self.coverage)

    @property
    def state(self) -> str:
        """unknown where something was never read, else stale, else whole."""
        if any(one.never or not one.expected for one in self.coverage):
            return UNKNOWN
        return STALE if self.missing else "whole"

    @property
    def expected(self) -> int:
        """Reads that were expected."""
        return sum(one.expected for one in self.coverage)


def then(at: datetime) -> Then:
    """Accounts expected at an instant and what had been read of them. Three queries.

    Expected are the accounts that were open then, and those that only files told of.
    """
    reads = whole_reads(at)
    listed = population([AccountRecord], at=at)[AccountRecord]
    every = {r.key(): r for r in listed if isinstance(r, AccountRecord)}
    accounts = {key: r.name or key for key, r in every.items() if r.status not in CLOSED}
    accounts |= {a: a for _, a in reads if a and a not in every}
    return Then(
        accounts,
        tuple(
            _coverage(source, sorted(accounts) if source.per_account else [""], reads, at)
            for source in SOURCES
        ),
    )


def _coverage(source: Source, scopes: list[str], reads: WholeReads, at: datetime) -> Coverage:
    found = {scope: reads.get((source.name, scope)) for scope in scopes}
    limit = at - source.stale_after
    return Coverage(
        source=source,
        expected=len(scopes),
        missing=tuple(scope for scope, time in found.items() if time is None or time < limit),
        never=tuple(scope for scope, time in found.items() if time is None),
        last={scope: time for scope, time in found.items() if time is not None},
    )


def gaps(at: datetime, since: datetime, whole: Then) -> list[Gap]:
    """Times in which a source's facts were too old to be true, longest first. Before a scope's
    first whole read nothing is known, which is no gap but an unknown. One query."""
    shortest = min(source.stale_after for source in SOURCES)
    before = Window(
        Lag("observed_at"),
        partition_by=[F("source"), F("account_id")],
        order_by=[F("observed_at").asc(), F("id").asc()],
    )
    runs = (
        CollectionRun.objects.complete()
        .filter(observed_at__lte=at, observed_at__gt=since, source__in=SOURCE_BY_NAME)
        .annotate(before=before)
        .filter(observed_at__gt=F("before") + shortest)
        .order_by()
        .values_list("source", "account_id", "before", "observed_at")
    )
    found = [_gap(SOURCE_BY_NAME[name], scope, a, b) for name, scope, a, b in runs.iterator()]
    found += [
        _gap(one.source, scope, one.last[scope], None, at)
        for one in whole.coverage
        for scope in one.missing
        if scope in one.last
    ]
    return sorted((gap for gap in found if gap.lasted > timedelta()), key=lambda g: -g.lasted)


def _gap(
    source: Source, scope: str, before: datetime, until: datetime | None, at: datetime | None = None
) -> Gap:
    # The facts stay true for stale_after; only what comes later is a gap.
    begin = before + source.stale_after
    return Gap(source, scope, begin, until, (until or at or begin) - begin)


@dataclass(frozen=True, slots=True)
class Heads:
    """The last links of both chains when the page was made; a chain without any has number 0."""

    ledger: ChainHead
    journal: ChainHead


def heads() -> Heads:
    """One query."""
    found = {head.chain: head for head in ChainHead.objects.all()}
    return Heads(*(found.get(name) or ChainHead(chain=name) for name in (LEDGER, JOURNAL)))
