"""Checking a hash chain in the database while others write to it.

Links are read page by page, each page a query of its own: no transaction and no cursor stays open,
so that nobody waits for a check of a long chain, on SQLite (one writer at a time) in particular.
Links are never changed, so pages read one after another are as good as one picture of it all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from inventory import chain
from inventory.models import ChainHead

BATCH = 500
Head = tuple[int, str]


M = TypeVar("M", bound=Model)
# What is wrong with a row, given the link before it and the number it must have; '' is nothing.
Problem = Callable[[M, str, int], str]


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What a check of the chain found. first_bad None: every link holds."""

    links: int
    head: str
    first_bad: int | None
    reason: str


def head_of(name: str) -> Head:
    """Number and hash of the last link."""
    head = ChainHead.objects.filter(chain=name).first() or ChainHead(chain=name)
    return head.seq, head.chain_hash


def check(
    name: str, links: QuerySet[M], problem: Problem[M], *, anchor: Head | None = None
) -> ChainCheck:
    """Recomputes every link. About 20 us each.

    anchor: seq and hash of a head that was kept elsewhere; it has to be a link of this chain.
    """
    # Others may write meanwhile, so the head is asked before and after: what it named before has
    # to be there, and nothing may be there that it does not name afterwards.
    before = [head_of(name), anchor or (0, chain.GENESIS)]
    count, previous = 0, chain.GENESIS
    for row in pages(links):
        wrong = problem(row, previous, count + 1)
        if wrong:
            return ChainCheck(count, previous, count + 1, wrong)
        count, previous = count + 1, _link(row)[1]
        if any(seq == count and link != previous for seq, link in before):
            reason = f"row {count} is not the last link that the head names"
            return ChainCheck(count, previous, count, reason)
    if count < max(seq for seq, _ in before):
        return ChainCheck(count, previous, count + 1, f"the end is cut off after row {count}")
    after, _ = head_of(name)
    if after < count:
        reason = f"row {after + 1} was not written by the portal"
        return ChainCheck(count, previous, after + 1, reason)
    return ChainCheck(count, previous, None, "")


def pages(links: QuerySet[M]) -> Iterator[M]:
    """Every link in order; between two pages nothing is held."""
    last: int | None = -1
    while last is not None:
        page = list(links.filter(seq__gt=last).order_by("seq")[:BATCH])
        yield from page
        last = _link(page[-1])[0] if page else None


def _link(row: Any) -> Head:
    return row.seq, row.chain_hash
