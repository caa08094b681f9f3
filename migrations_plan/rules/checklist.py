"""How an item of a plan stands: its gates over facts, and what somebody confirmed by hand.

Automatic: done while all gates hold; it opens again by itself. Manual: done when ticked. Mixed:
both. A gate that nobody can judge makes the item unknown, never done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, WAIVED, GateVerdict
from migrations_plan.rules.verdict import Fact

DONE, OPEN = "done", "open"
VERDICTS = (DONE, OPEN, UNKNOWN, WAIVED)
# The plan or organization as a whole, where a gate answers for single subjects too.
WHOLE = ""
MOST_SAID = 2


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What somebody said by hand. on: the ISO date of which they said it."""

    by: str
    on: str
    note: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One gate of an item, and what it answers."""

    name: str
    verdict: GateVerdict


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """verdict: VERDICTS. until: past this instant it is unknown; None: it does not age."""

    verdict: str
    sentence: str
    gates: tuple[Answered, ...] = ()
    facts: tuple[Fact, ...] = ()
    until: datetime | None = None


# What a gate answers: of subjects by key, and of the whole under WHOLE.
Answers = Mapping[str, GateVerdict]


def answer_for(answers: Answers | None, subject: str, gate: str) -> GateVerdict:
    """What a gate says of a subject; of the whole where it does not tell subjects apart. A gate
    that nobody judges is unknown."""
    found = None if answers is None else answers.get(subject, answers.get(WHOLE))
    return found or GateVerdict(verdict=UNKNOWN, sentence=f"Nothing tells yet: {gate}.")


def judge_item(
    gates: Sequence[str],
    confirm: str,
    subject: str,
    answers: Mapping[str, Answers],
    confirmed: Confirmed | None,
) -> ItemVerdict:
    """How one item stands for one subject. confirm: the sentence for a human; '': none is asked."""
    found = tuple(Answered(name, answer_for(answers.get(name), subject, name)) for name in gates)
    verdict = _worst(one.verdict.verdict for one in found)
    said = [one.verdict.sentence for one in _telling(found, verdict)]
    if confirm and confirmed is None:
        verdict = OPEN  # Certainly: whatever the gates say, this is missing.
        said.append(f"To be confirmed by hand: {confirm}")
    elif confirm and confirmed is not None:
        note = f": {confirmed.note}" if confirmed.note else ""
        said.append(f"Confirmed by {confirmed.by} for {confirmed.on}{note}")
    ends = [one.verdict.until for one in found if one.verdict.until]
    facts = tuple(dict.fromkeys(fact for one in found for fact in one.verdict.facts))
    return ItemVerdict(
        verdict, " ".join(dict.fromkeys(said)), found, facts, min(ends, default=None)
    )


def _worst(verdicts: Iterable[str]) -> str:
    found = set(verdicts)
    if BLOCKED in found:
        return OPEN
    if UNKNOWN in found:
        return UNKNOWN
    return WAIVED if WAIVED in found else DONE


def _telling(found: Sequence[Answered], verdict: str) -> Sequence[Answered]:
    """The gates that make the verdict what it is; of an item that is done, all."""
    wanted = {OPEN: BLOCKED, UNKNOWN: UNKNOWN, WAIVED: WAIVED}.get(verdict, READY)
    return [one for one in found if one.verdict.verdict == wanted][:MOST_SAID]
