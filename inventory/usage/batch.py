"""The events of several log objects, one after the other, and the blocks that their ids belong to.
No database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress

from inventory.cloudtrail.decoded import Decoded
from inventory.cloudtrail.events import Events, Stay
from inventory.cloudtrail.identifiers import Block, block_of
from inventory.cloudtrail.reasons import Unreadable
from inventory.models import TrailObject

Read = Decoded | Unreadable
# What becomes of an event; a bytearray has one such byte for each.
COUNTED, DUPLICATE, SEALED, REPLACES = 0, 1, 2, 3
_PASSED_OVER = bytes(fate in (DUPLICATE, SEALED) for fate in range(256))


@dataclass(slots=True)
class Part:
    """One object of the batch: its row and who claimed it, what was read, and where its events are
    in the list."""

    row: TrailObject
    owner: str
    read: Read
    start: int
    end: int


@dataclass(slots=True)
class Batch:
    """fates: of each event, COUNTED unless something else is found out. positions: of the events,
    by block of ids."""

    parts: list[Part] = field(default_factory=list)
    events: Events = field(default_factory=Events)
    positions: dict[Block, list[int]] = field(default_factory=dict)
    fates: bytearray = field(default_factory=bytearray)

    def fate(self, part: Part, what: int) -> int:
        """How many of an object's events have this fate."""
        return self.fates.count(what, part.start, part.end)

    def passed_over(self) -> list[int]:
        """The positions of the events that do not count."""
        return list(compress(range(len(self.fates)), self.fates.translate(_PASSED_OVER)))


def batch_of(objects: Sequence[tuple[TrailObject, Read]]) -> Batch:
    """All events of the objects, none of them looked up yet."""
    batch = Batch()
    for row, read in objects:
        start = len(batch.events)
        if isinstance(read, Decoded):
            batch.events += read.events
        batch.parts.append(Part(row, row.owner, read, start, len(batch.events)))
    batch.fates = bytearray(len(batch.events))
    batch.positions = _by_block(batch.events.stays)
    return batch


def _by_block(stays: Sequence[Stay]) -> dict[Block, list[int]]:
    """Blocks are made once for each stay, since there are many events of each."""
    positions: dict[Block, list[int]] = {}
    places = {stay: positions.setdefault(block_of(stay), []) for stay in dict.fromkeys(stays)}
    for position, stay in enumerate(stays):
        places[stay].append(position)
    return positions
