"""Whether the facts behind a text are whole: from half of them no text is made.

Cost: two queries while all is fresh, four at most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.asof import AsOf, Problem, counted_by
from inventory.freshness import Tally, tallies
from inventory.sources import SOURCE_BY_NAME
from inventory.words import counted
from migrations_plan.artefacts.artefact import Artefact

MOST_NAMED = 3
CENTER = ("identity_center", "permission_sets", "account_assignments", "identity_store")


@dataclass(frozen=True, slots=True)
class Behind:
    """at: the oldest of the whole reads; None: nothing was read. refused: one sentence; '' when
    every read is whole and fresh."""

    as_of: AsOf
    refused: str

    @property
    def at(self) -> datetime | None:
        """Of what time the facts are."""
        return self.as_of.oldest_at

    @property
    def instant(self) -> datetime:
        """The same, where a text is made. Raises ValueError when nothing was read."""
        if self.as_of.oldest_at is None:
            raise ValueError("nothing was read")
        return self.as_of.oldest_at


@dataclass(frozen=True, slots=True)
class Made:
    """What a page hands over: texts, or the sentence why there are none. notes: what a reader has
    to know beside them."""

    texts: tuple[Artefact, ...] = ()
    refused: str = ""
    notes: tuple[str, ...] = ()


def behind(now: datetime, sources: Iterable[str]) -> Behind:
    """Of these sources, by name, wherever they are expected."""
    return behind_of(tallies(now, sources=[SOURCE_BY_NAME[name] for name in sources]))


def behind_of(counted: Sequence[Tally]) -> Behind:
    """The same from tallies that the caller has already."""
    as_of = counted_by(counted)
    return Behind(as_of, refusal(as_of))


def refusal(as_of: AsOf) -> str:
    """'Not known: Account assignments of the organization (AccessDenied). ...'; '' when whole."""
    if as_of.whole:
        return ""
    if not as_of.problems:
        return "Not known: nothing was read yet, so there is nothing to make it from."
    named = "; ".join(_named(one) for one in as_of.problems[:MOST_NAMED])
    more = len(as_of.problems) - MOST_NAMED
    others = f"; and {counted(more, 'more read')}" if more > 0 else ""
    return f"Not known: {named}{others}. From half of the facts no text is made."


def _named(one: Problem) -> str:
    place = "the organization" if not one.account_id else one.account
    number = f" {one.account_id}" if one.account_id and one.account_id != one.account else ""
    return f"{one.title} of {place}{number} ({one.reason.rstrip('.')})"
