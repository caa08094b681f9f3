"""Makes a world in the stores and says how fast: through inventory.store, against bulk_create."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model

from benchmarks.fill import Read, confirm_owners, earlier_runs, reads_of, save_read
from benchmarks.usage_world import fill_usage
from benchmarks.worlds import SIZES, Size
from inventory import store
from inventory.models import CollectionRun, Observation
from inventory.records import Record
from inventory.saving.tables import TABLES, columns
from inventory.usage.actor_sums import settle as settle_usage
from migrations_plan.passes import assessing, findings

EARLIER_HOURS = {"large": 24, "tiny": 24}
AGAIN = 40


@dataclass
class Took:
    """What some reads cost together."""

    reads: int = 0
    rows: int = 0
    queries: int = 0
    seconds: float = 0.0

    def line(self, title: str) -> str:
        per_read = self.queries / max(self.reads, 1)
        speed = self.rows / max(self.seconds, 1e-9)
        return (
            f"  {title:34} {self.reads:6} reads {self.rows:7} rows {self.seconds:7.1f} s "
            f"{speed:8.0f} rows/s {per_read:6.1f} queries/read"
        )


class Counter:
    """Counts statements without keeping them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., object], *rest: object) -> object:
        self.count += 1
        return execute(*rest)


def save_all(reads: Iterable[Read], at: datetime) -> dict[str, Took]:
    """Saves every read; what each source cost, by its name."""
    by_source: dict[str, Took] = defaultdict(Took)
    counter = Counter()
    with connection.execute_wrapper(counter):
        for read in reads:
            before, started = counter.count, time.perf_counter()
            save_read(read, at)
            took = by_source[read.source.name]
            took.seconds += time.perf_counter() - started
            took.reads += 1
            took.rows += len(read.records)
            took.queries += counter.count - before
    return by_source


def total(by_source: dict[str, Took]) -> Took:
    """All sources together."""
    every = by_source.values()
    return Took(
        reads=sum(took.reads for took in every),
        rows=sum(took.rows for took in every),
        queries=sum(took.queries for took in every),
        seconds=sum(took.seconds for took in every),
    )


def plain_bulk_create(reads: Sequence[Read], at: datetime) -> Took:
    """The same fact rows by Django's bulk_create alone, rolled back: no ledger, no derived columns,
    no comparison with what is there. Needs empty tables."""
    run = CollectionRun(pk=1, source="none", started_at=at, observed_at=at)
    took = Took(reads=len(reads))
    with transaction.atomic():
        for read in reads:
            by_model: dict[type[Model], list[Model]] = defaultdict(list)
            for record in read.records:
                by_model[TABLES[type(record)]].append(_row(record, run))
            started = time.perf_counter()
            for model, rows in by_model.items():
                model._default_manager.bulk_create(rows, batch_size=store.BATCH)
            took.seconds += time.perf_counter() - started
            took.rows += len(read.records)
        transaction.set_rollback(True)
    return took


def _row(record: Record, run: CollectionRun) -> Model:
    at = run.observed_at
    shared = {"run": run, "digest": "0" * 64, "observed_at": at, "changed_at": at}
    values = {column: getattr(record, name) for name, column in columns(type(record))}
    return TABLES[type(record)](first_seen_at=at, **shared, **values)


def main(arguments: Sequence[str]) -> int:
    """Fills the database; for the large world, compares on the way."""
    size = SIZES[arguments[0]]
    at = datetime.now(UTC) - timedelta(minutes=20)
    started = time.perf_counter()
    if size.name == "large":
        print(f"\nsaving: world large on {connection.vendor}")
        reads = list(reads_of(size, at, indexes=range(0, size.accounts, 10)))
        plain = plain_bulk_create(reads, at)
        print(plain.line("plain bulk_create, every 10th acct"))
    made = save_all(reads_of(size, at), at)
    if size.name == "large":
        report(made, plain, size, at)
    runs = earlier_runs(at, EARLIER_HOURS[size.name])
    owners = confirm_owners(size, at)
    usage = fill_usage(at)
    settle_usage(at, ())
    evaluate(at)
    assessing.assess(at + timedelta(minutes=1))
    with connection.cursor() as cursor:
        # Within a minute autovacuum does it in a portal that runs; who measures pages comes sooner.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(
        f"world {size.name}: {Observation.objects.count()} ledger rows, {runs} earlier runs, "
        f"{owners} owners, {usage} rows of usage, {time.perf_counter() - started:.0f} s in all",
        flush=True,
    )
    return 0


def report(made: dict[str, Took], plain: Took, size: Size, at: datetime) -> None:
    """First reads, unchanged reads, one large account; each as a ratio to bulk_create."""
    for name, took in sorted(made.items(), key=lambda item: -item[1].seconds):
        print(took.line(name))
    first = total(made)
    print(first.line("all first reads"))
    later = at + timedelta(minutes=1)
    again = save_all(reads_of(size, at, indexes=range(AGAIN)), later)
    print(total(again).line(f"{AGAIN} accounts again, unchanged"))
    one = replace(size, name="one", accounts=1, users=3000, seed=size.seed + 1)
    once = save_all(_elsewhere(one, at), at)
    print(total(once).line("one account of 3,000 users"))
    twice = save_all(_elsewhere(one, at), later)
    print(total(twice).line("the same again, unchanged"))
    slower = (first.seconds / first.rows) / (plain.seconds / plain.rows)
    print(f"  saving a row costs {slower:.1f} x plain bulk_create", flush=True)


def evaluate(at: datetime) -> None:
    """Findings of the whole world: the first pass, and one that sees nothing new."""
    for title in ("findings: the first pass", "findings: the same again"):
        counter, started = Counter(), time.perf_counter()
        with connection.execute_wrapper(counter):
            done = findings.evaluate_findings(at + timedelta(minutes=1))
        print(
            f"  {title:34} {done.credentials:6} credentials {done.standing:7} findings "
            f"{time.perf_counter() - started:5.1f} s {counter.count:6} queries",
            flush=True,
        )


def _elsewhere(size: Size, at: datetime) -> Iterable[Read]:
    return reads_of(size, at, indexes=[7_000])


if __name__ == "__main__":
    sys.exit("use: python -m benchmarks saving")
