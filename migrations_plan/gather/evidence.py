"""The past, rebuilt from the ledger: what was known at an instant, and how whole it was.

As-of means observed. What was read by then counts; what was imported later from an older file
counts too, because it completes the past.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from inventory.freshness import STALE, UNKNOWN
from inventory.ledger import LEDGER
from inventory.models import ChainHead
from inventory.population import CLOSED, WholeReads, population, whole_reads
from inventory.records import AccountRecord
from inventory.sources import SOURCE_BY_NAME, SOURCES, Source
from migrations_plan.journal import JOURNAL


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
class Then:
    """How whole the facts were at an instant."""

    accounts: dict[str, str]
    coverage: tuple[Coverage, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """Accounts of which some read was missing or too old, by id."""
        return tuple(sorted({a for one in self.coverage for a in one.missing if a}))

    def of(self, sources: Collection[str]) -> "Then":
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


def then(at: datetime, names: Collection[str] = SOURCE_BY_NAME) -> Then:
    """Accounts expected at an instant and what had been read of them, by the sources of these
    names. Two queries.

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
            if source.name in names
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


@dataclass(frozen=True, slots=True)
class Heads:
    """The last links of both chains when the page was made; a chain without any has number 0."""

    ledger: ChainHead
    journal: ChainHead


def heads() -> Heads:
    """One query."""
    found = {head.chain: head for head in ChainHead.objects.all()}
    return Heads(*(found.get(name) or ChainHead(chain=name) for name in (LEDGER, JOURNAL)))
