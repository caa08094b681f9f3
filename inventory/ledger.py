"""Writing to the ledger and checking its chain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from inventory import chain, codec
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


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What a check of the chain found. first_bad None: every link holds."""

    links: int
    head: str
    first_bad: int | None
    reason: str


def verify(anchor: tuple[int, str] | None = None) -> ChainCheck:
    """Recomputes every link and every fact that has not been erased. About 20 us a row.

    anchor: seq and hash of a head that was kept elsewhere; it has to be a link of this chain.
    """
    # Others may write meanwhile, so the head is asked before and after: what it named before has
    # to be there, and nothing may be there that it does not name afterwards.
    before = [_head(), anchor or (0, chain.GENESIS)]
    links, previous = 0, chain.GENESIS
    for row in _rows():
        problem = _problem(row, previous, links + 1)
        if problem:
            return ChainCheck(links, previous, links + 1, problem)
        links, previous = links + 1, row.chain_hash
        if any(seq == links and link != previous for seq, link in before):
            reason = f"row {links} is not the last link that the head names"
            return ChainCheck(links, previous, links, reason)
    if links < max(seq for seq, _ in before):
        return ChainCheck(links, previous, links + 1, f"the end is cut off after row {links}")
    after, _ = _head()
    if after < links:
        reason = f"row {after + 1} was not written by the portal"
        return ChainCheck(links, previous, after + 1, reason)
    return ChainCheck(links, previous, None, "")


def _rows() -> Iterator[Observation]:
    # Page by page, without a transaction: a check of a long chain must not hold up who writes.
    last: int | None = -1
    while last is not None:
        page = list(Observation.objects.filter(seq__gt=last).order_by("seq")[:BATCH])
        yield from page
        last = page[-1].seq if page else None


def _head() -> tuple[int, str]:
    head = ChainHead.objects.filter(chain=LEDGER).first() or ChainHead(chain=LEDGER)
    return head.seq, head.chain_hash


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
