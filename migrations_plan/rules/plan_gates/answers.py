"""How gates answer of many at once: of each by its key, and of the whole as its worst member.

Unknown wins over ready and blocked over both; a read that is not whole and fresh makes it unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from migrations_plan.rules.checklist import WHOLE, Answers
from migrations_plan.rules.control_results import MET, NOT_MET, Result, counted
from migrations_plan.rules.facts import Told
from migrations_plan.rules.gate import (
    BLOCKED,
    READY,
    UNKNOWN,
    WAIVED,
    GateVerdict,
    gate,
    named,
)
from migrations_plan.rules.verdict import Fact, clause

# What is not made by an s.
PLURALS = {"person": "people"}
MOST_FACTS = 6
WORST = (BLOCKED, UNKNOWN, WAIVED, READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One subject and what is so of it. told: the reads that say so."""

    key: str
    name: str
    verdict: str
    sentence: str
    told: tuple[Told, ...] = ()
    facts: tuple[Fact, ...] = ()
    until: datetime | None = None


def whole(
    verdict: str,
    sentence: str,
    *,
    told: Iterable[Told] = (),
    facts: tuple[Fact, ...] = (),
    until: datetime | None = None,
) -> Answers:
    """One answer for everything."""
    return {WHOLE: gate(verdict, sentence, told=told, facts=facts, until=until)}


def each(
    cases: Iterable[Case],
    *,
    noun: str,
    ready: str,
    empty: tuple[str, str],
    told: Iterable[Told] = (),
    facts: tuple[Fact, ...] = (),
    doubt: str = "",
) -> Answers:
    """An answer of each case, and of all. ready: the sentence where none is in the way, with {n}
    for how many there are. empty: the verdict and sentence where there are no cases. told: reads
    without which nobody knows that these are all. doubt: why nobody knows anyway; ''."""
    listed = sorted(cases, key=lambda case: (case.name, case.key))
    found = {
        case.key: gate(
            case.verdict, case.sentence, told=case.told, facts=case.facts, until=case.until
        )
        for case in listed
    }
    reads = tuple(told)
    if not listed:
        verdict, sentence = empty
        return {WHOLE: _doubted(gate(verdict, sentence, told=reads, facts=facts), doubt)}
    names = {case.key: case.name for case in listed}
    return {**found, WHOLE: _all(found, names, noun, ready, reads, facts, doubt)}


def _all(
    found: dict[str, GateVerdict],
    names: dict[str, str],
    noun: str,
    ready: str,
    reads: Sequence[Told],
    facts: tuple[Fact, ...],
    doubt: str,
) -> GateVerdict:
    by_verdict = {word: [k for k, one in found.items() if one.verdict == word] for word in WORST}
    verdict = next(word for word in WORST if by_verdict[word])
    mine = by_verdict[verdict]
    ends = [found[key].until for key in (mine if verdict == BLOCKED else found)]
    until = min((end for end in ends if end), default=None)
    behind = (fact for key in mine for fact in found[key].facts)
    facts = facts or tuple(dict.fromkeys(islice(behind, MOST_FACTS)))
    if verdict == READY:
        sentence = ready.format(n=counted(len(found), noun, PLURALS.get(noun, "")))
        return _doubted(gate(READY, sentence, told=reads, facts=facts, until=until), doubt)
    words = {BLOCKED: "in the way", UNKNOWN: "unknown", WAIVED: "waived"}[verdict]
    first = found[mine[0]].sentence
    are = "is" if len(mine) == 1 else "are"
    sentence = (
        f"{len(mine):,} of {counted(len(found), noun, PLURALS.get(noun, ''))} {are} {words}: "
        f"{named(names[key] for key in mine)}. {first}"
    )
    # Who is known to be in the way is so, whoever else was not read.
    told = () if verdict == BLOCKED else reads
    answer = gate(verdict, sentence, told=told, facts=facts, until=until)
    return _doubted(answer, doubt) if verdict == WAIVED else answer


def _doubted(answer: GateVerdict, doubt: str) -> GateVerdict:
    """What is ready only as far as anybody knows is unknown."""
    if not doubt or answer.verdict not in (READY, WAIVED):
        return answer
    sentence = f"{answer.sentence} Whether these are all: {doubt}"
    return GateVerdict(verdict=UNKNOWN, sentence=sentence, facts=answer.facts, until=answer.until)


def of_control(result: Result) -> Answers:
    """A control's answer: of the whole, and of each subject that is a case of it."""
    words = {MET: READY, NOT_MET: BLOCKED}
    found = {
        case.subject.id: GateVerdict(
            verdict=words.get(case.verdict, UNKNOWN), sentence=case.sentence, until=result.until
        )
        for case in result.cases
    }
    verdict = GateVerdict(
        verdict=words.get(result.verdict, UNKNOWN),
        sentence=result.sentence,
        facts=result.facts,
        until=result.until,
    )
    return {**found, WHOLE: verdict}


def unread(reads: Iterable[Told]) -> str:
    """'2 of 9 reads are not whole' as a doubt; '' when all are."""
    every = tuple(reads)
    bad = [one for one in every if one.why]
    if not bad:
        return ""
    return f"{len(bad)} of {len(every)} reads are not whole and fresh; {clause(bad[0])}."
