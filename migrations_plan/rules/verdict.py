"""What a rule answers: yes, no or unknown, in a sentence, with the facts behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import Told

YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact behind a verdict. value: in words. observed_at: when its source told it."""

    name: str
    value: str
    source: str
    observed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """yes: there is something to do. until: past this instant the answer is unknown; None: it does
    not age. fresh False: the reads behind it are not, so that a 'no' proves nothing and must not
    end an earlier 'yes'. severe: of two degrees, the worse."""

    answer: str
    sentence: str
    facts: tuple[Fact, ...] = ()
    until: datetime | None = None
    fresh: bool = True
    severe: bool = False


def verdict(
    answer: str,
    sentence: str,
    *,
    told: Iterable[Told] = (),
    facts: tuple[Fact, ...] = (),
    severe: bool = False,
) -> Verdict:
    """The answer as good as the reads it stands on. A 'yes' from a read that is not whole and fresh
    is unknown: it was so, and nobody knows whether it still is. No reads: it cannot change back."""
    reads = tuple(told)
    bad = next((one for one in reads if one.why), None)
    if bad is not None and answer == YES:
        answer = UNKNOWN
        sentence = f"{sentence} Whether this is still so is unknown: {clause(bad)}."
    return Verdict(
        answer=answer,
        sentence=sentence,
        facts=facts,
        until=min((one.until for one in reads if one.until), default=None),
        fresh=bad is None,
        severe=severe,
    )


def clause(told: Told) -> str:
    """'Access keys: AWS refused it', without a full stop."""
    return f"{told.source}: {told.why.rstrip('. ')}"
