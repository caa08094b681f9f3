"""Which events of a batch count: each once, and of an action that several accounts recorded the
best copy. No database.

The caller's own account says most, so its copy is final. Among copies of others the account with
the smallest id wins. What wins does not depend on which copy is read first.
"""

from collections.abc import Collection, Mapping, Sequence

from inventory.cloudtrail.identifiers import Block, rank
from inventory.usage.batch import DUPLICATE, REPLACES, SEALED, Batch
from inventory.usage.seen import Entry, Seen


def decide(
    batch: Batch, blocks: Mapping[Block, Seen], sealed: Collection[str]
) -> list[tuple[str, Entry]]:
    """Sets the fates. Returns the copies that better ones replace, with their day."""
    replaced = []
    for block, positions in batch.positions.items():
        if block.day in sealed:
            for position in positions:
                batch.fates[position] = SEALED
        elif block.account_id:
            _own(batch, positions, blocks[block])
        else:
            best = _best_copies(batch, positions, blocks[block])
            replaced += [(block.day, one) for one in _replaced(batch, best, blocks[block])]
    return replaced


def _own(batch: Batch, positions: Sequence[int], seen: Seen) -> None:
    met, ids, fates = set(seen.ids), batch.events.ids, batch.fates
    meet = met.add
    for position in positions:
        event_id = ids[position]
        if event_id in met:
            fates[position] = DUPLICATE
        else:
            meet(event_id)


def _best_copies(batch: Batch, positions: Sequence[int], seen: Seen) -> dict[bytes, int]:
    """The best copy in this batch of every action whose final copy was not counted yet."""
    best: dict[bytes, int] = {}
    stays = batch.events.stays
    for position in positions:
        event_id = batch.events.ids[position]
        if event_id in seen.ids:
            batch.fates[position] = DUPLICATE
        elif event_id not in best:
            best[event_id] = position
        else:
            good, bad = sorted(
                (best[event_id], position),
                key=lambda place: (rank(stays[place]), place),
            )
            best[event_id], batch.fates[bad] = good, DUPLICATE
    return best


def _replaced(batch: Batch, best: Mapping[bytes, int], seen: Seen) -> list[Entry]:
    """Counted copies that are worse than those of this batch."""
    replaced = []
    for event_id, position in best.items():
        counted = seen.provisional.get(event_id)
        if counted is None:
            continue
        better = rank(batch.events.stays[position]) < (counted.account_id or "~")
        batch.fates[position] = REPLACES if better else DUPLICATE
        if better:
            replaced.append(counted)
    return replaced
