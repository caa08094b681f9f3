"""Writing to the ledger and checking its chain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from inventory import chain, chain_check, codec
from inventory.chain_check import ChainCheck as ChainCheck
from inventory.models import ChainHead, Change, CollectionRun, Observation
from inventory.records import Record

LEDGER = "ledger"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Noted:
    """One change to write down: the record as it is now, or as it was when it went."""

    change: Change
    record: Record


def append(
    notes: Iterable[Noted], *, run: CollectionRun, observed_at: datetime, now: datetime
) -> int:
    """Adds changes to the chain, in the caller's transaction. Returns how many.

    The head's row lock orders writers; it is held until the caller commits.
    """
    listed = list(notes)
    if not listed:
        return 0
    head = locked_head(LEDGER)
    rows = []
    for note in listed:
        head.seq += 1
        row = _row(note, run=run, observed_at=observed_at, now=now, seq=head.seq)
        row.chain_hash = head.chain_hash = chain_hash(row, head.chain_hash)
        rows.append(row)
    Observation.objects.bulk_create(rows, batch_size=BATCH)
    head.save()
    return len(rows)


def locked_head(name: str) -> ChainHead:
    """The chain's head, locked until the transaction ends; made at the first call."""
    head = ChainHead.objects.select_for_update().filter(chain=name).first()
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(chain=name)], ignore_conflicts=True)
        head = ChainHead.objects.select_for_update().get(chain=name)
    return head


def _row(
    note: Noted, *, run: CollectionRun, observed_at: datetime, now: datetime, seq: int
) -> Observation:
    key, salt, record = note.record.key(), chain.new_salt(), codec.to_json(note.record)
    return Observation(
        seq=seq,
        run=run,
        kind=note.record.KIND,
        account_id=getattr(note.record, "account_id", ""),
        key=key,
        change=note.change,
        observed_at=observed_at,
        recorded_at=now,
        record=record,
        salt=salt,
        fact_hash=chain.salted_hash(salt, key, codec.canonical_text(record)),
    )


def chain_hash(row: Observation, previous: str) -> str:
    """The link of this row: everything but key, record and salt."""
    return chain.link(
        previous,
        str(row.seq),
        str(row.run_id),
        row.kind,
        row.account_id,
        row.change,
        instant(row.observed_at),
        instant(row.recorded_at),
        row.fact_hash,
    )


def instant(moment: datetime) -> str:
    """A time as text that every database gives back equal: UTC, six decimals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def verify(anchor: tuple[int, str] | None = None) -> ChainCheck:
    """Recomputes every link and every fact that has not been erased; see chain_check."""
    return chain_check.check(LEDGER, Observation.objects.all(), _problem, anchor=anchor)


def _problem(row: Observation, previous: str, expected_seq: int) -> str:
    if row.seq != expected_seq:
        return f"row {expected_seq} is missing"
    if chain_hash(row, previous) != row.chain_hash:
        return f"row {row.seq} does not follow from the one before it"
    if (
        row.salt
        and chain.salted_hash(row.salt, row.key, codec.canonical_text(row.record or {}))
        != row.fact_hash
    ):
        return f"row {row.seq} no longer says what was recorded"
    return ""


def changes_of(kind: str, key: str) -> Iterator[Observation]:
    """Every change of one fact, newest first."""
    return iter(Observation.objects.filter(kind=kind, key=key).order_by("-observed_at", "-seq"))


def noted(change: Change, records: Sequence[Record]) -> list[Noted]:
    """The same change for several records."""
    return [Noted(change, record) for record in records]
