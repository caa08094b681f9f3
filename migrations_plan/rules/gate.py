"""What a gate answers, and how an answer is made: never better than the reads it stands on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import Told
from migrations_plan.rules.verdict import Fact, clause

READY, BLOCKED, UNKNOWN, WAIVED = "ready", "blocked", "unknown", "waived"
VERDICTS = (READY, BLOCKED, UNKNOWN, WAIVED)
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """The answer of one gate in one sentence. until: past this instant it reads as unknown; None:
    it does not age. hidden: what a waiver hides; '' without one."""

    verdict: str
    sentence: str
    facts: tuple[Fact, ...] = ()
    until: datetime | None = None
    hidden: str = ""


def gate(
    verdict: str,
    sentence: str,
    *,
    facts: tuple[Fact, ...] = (),
    told: Iterable[Told] = (),
    until: datetime | None = None,
) -> GateVerdict:
    """As good as the reads it stands on: what is not whole and fresh proves nothing."""
    reads = tuple(told)
    bad = next((one for one in reads if one.why), None)
    if bad is not None:
        verdict, sentence = UNKNOWN, f"{sentence} Whether this is still so: {clause(bad)}."
    ends = [end for end in (until, *(one.until for one in reads)) if end]
    return GateVerdict(
        verdict=verdict, sentence=sentence, facts=facts, until=min(ends, default=None)
    )


def named(words: Iterable[str]) -> str:
    """'a, b, c and 4 more'."""
    found = list(dict.fromkeys(words))
    more = len(found) - MOST_NAMED
    shown = ", ".join(found[:MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def at(verdict: str, until: datetime | None, now: datetime) -> str:
    """A stored verdict as it reads now: past its time, nobody knows."""
    return UNKNOWN if until is not None and until <= now else verdict
