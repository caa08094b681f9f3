"""Where a person stands: one word and one sentence, from gates and facts.

The furthest they came is remembered with the old-path use that was known then, so that new use, or
a credential that returns, shows as a regression however long ago that was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, WAIVED, GateVerdict
from migrations_plan.rules.live_sessions import LONGEST
from migrations_plan.rules.person_facts import PersonFacts

UNMAPPED, MAPPED, ASSIGNED, PARALLEL = "unmapped", "mapped", "assigned", "parallel"
DISABLED, RETIRED, DEPARTED = "disabled", "retired", "departed"
WORKLOAD, EXCEPTION, REGRESSED = "workload", "exception", "regressed"
# In the order in which people pass them, then what stands apart.
STATES = (
    UNMAPPED, MAPPED, ASSIGNED, PARALLEL, READY, DISABLED, RETIRED,
    REGRESSED, DEPARTED, WORKLOAD, EXCEPTION,
)  # fmt: skip
# What a person who has come so far does not go back from without being seen.
REACHED = (READY, DISABLED, RETIRED)
MEANING = {
    UNMAPPED: "nobody has confirmed whose it is, or what they need",
    MAPPED: "whose it is is confirmed, and access is missing or not known",
    ASSIGNED: "everything needed is granted, and nothing was used of it yet",
    PARALLEL: "both paths are in use",
    READY: "every gate is ready or waived",
    DISABLED: "every credential of the old path is off",
    RETIRED: "their IAM users are gone",
    REGRESSED: "the old path was used, or a credential came back, after it was over",
    DEPARTED: "the person has left",
    WORKLOAD: "programs use it, no person",
    EXCEPTION: "a lead declared that it stays",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """The furthest a person came: state is one of REACHED, or ''. used_at: the last use of the old
    path that was known then. early: credentials were off before the person was ready."""

    state: str = ""
    at: datetime | None = None
    used_at: datetime | None = None
    early: bool = False


NOWHERE = Reached()


@dataclass(frozen=True, slots=True)
class State:
    """word: one of STATES. until: past it the word is not certain any more; None: it does not age.
    reached: to be remembered."""

    word: str
    sentence: str
    until: datetime | None
    reached: Reached


def passed(verdict: GateVerdict | None) -> bool:
    """Ready or waived."""
    return verdict is not None and verdict.verdict in (READY, WAIVED)


def state_of(
    p: PersonFacts, verdicts: Mapping[str, GateVerdict], before: Reached, now: datetime
) -> State:
    """The first that holds, from what stands apart to how far they are."""
    apart = _apart(p, before)
    if apart:
        return apart
    back = _returned(p, verdicts, before)
    if back:
        return State(REGRESSED, back, None, before)
    over = _over(p, before, now)
    if over:
        return over
    return _under_way(p, verdicts, before, now)


def _apart(p: PersonFacts, before: Reached) -> State | None:
    if p.left:
        return State(DEPARTED, _departed(p), p.identity.told.until, before)
    kinds = {one.kind for one in p.users if one.present is not False}
    if kinds == {"exception"}:
        return State(EXCEPTION, f"{_users(p)} declared to stay as they are.", None, before)
    if kinds == {"workload"}:
        return State(WORKLOAD, f"{_users(p)} serve programs only.", None, before)
    return None


def _users(p: PersonFacts) -> str:
    number = len(p.users)
    return f"{number} IAM user{'' if number == 1 else 's'}"


def _departed(p: PersonFacts) -> str:
    if p.open is None:
        return f"{p.name} {p.left_how}; how many of their credentials still work is not known."
    return f"{p.name} {p.left_how}; {p.open} of their credentials still work."


def _returned(p: PersonFacts, verdicts: Mapping[str, GateVerdict], before: Reached) -> str:
    """Why it is a regression; '' when it is none."""
    if before.state in (DISABLED, RETIRED) and p.open:
        number = "1 credential is" if p.open == 1 else f"{p.open} credentials are"
        return f"{number} active again after all were off on {_day(before.at)}."
    used = p.usage.used_at
    if not before.state or used is None or passed(verdicts.get("quiet")):
        return ""
    new = before.used_at is None or used > before.used_at
    if before.state != READY and before.at is not None:
        # Sessions that began before the credentials were off may live on for a while.
        new = new and used > before.at + LONGEST
    over = f"it was {before.state} since {_day(before.at)}"
    return f"The old path was used on {_day(used)}, and {over}." if new else ""


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "a day nobody knows"


def _over(p: PersonFacts, before: Reached, now: datetime) -> State | None:
    """Retired or disabled: only what whole and fresh reads say."""
    if not p.users or any(one.present is None for one in p.users):
        return None
    if all(one.present is False for one in p.users):
        reached = _reach(RETIRED, p, before, now)
        return State(RETIRED, f"{_users(p)} gone{_early(reached)}.", None, reached)
    if p.open != 0 or any(one.open_told.why for one in p.old_users):
        return None
    until = min((one.open_told.until for one in p.old_users if one.open_told.until), default=None)
    reached = _reach(DISABLED, p, before, now)
    sentence = f"0 of their credentials work any more{_early(reached)}."
    return State(DISABLED, sentence, until, reached)


def _early(reached: Reached) -> str:
    return (
        "; they were switched off before the person was ready, outside a plan"
        if reached.early
        else ""
    )


TOO_EARLY = "they were switched off before the person was ready, outside a plan"


def _reach(word: str, p: PersonFacts, before: Reached, now: datetime) -> Reached:
    if before.state == word:
        return Reached(word, before.at, p.usage.used_at, before.early)
    # Whoever was never ready and has credentials off now was cut over too early.
    early = before.early if before.state else word in (DISABLED, RETIRED) and before.at is not None
    return Reached(word, now, p.usage.used_at, early)


def _under_way(
    p: PersonFacts, verdicts: Mapping[str, GateVerdict], before: Reached, now: datetime
) -> State:
    blocked = [v for v in verdicts.values() if v.verdict == BLOCKED]
    unknown = [v for v in verdicts.values() if v.verdict == UNKNOWN]
    if not blocked and not unknown:
        ends = [v.until for v in verdicts.values() if v.until]
        sentence = f"All {len(verdicts)} gates are ready{_waived(verdicts)}."
        return State(READY, sentence, min(ends, default=None), _reach(READY, p, before, now))
    sentence = f"{len(blocked)} of {len(verdicts)} gates block the way, {len(unknown)} unknown."
    # The instant says that credentials were seen open before the person was ready.
    seen = Reached(at=now) if p.open and not before.state and before.at is None else before
    return State(_word(p, verdicts), sentence, None, seen)


def _waived(verdicts: Mapping[str, GateVerdict]) -> str:
    number = sum(v.verdict == WAIVED for v in verdicts.values())
    return f", {number} of them waived" if number else ""


def _word(p: PersonFacts, verdicts: Mapping[str, GateVerdict]) -> str:
    seen = p.usage.signed_in_at or p.usage.console_at or p.usage.cli_at
    if not passed(verdicts.get("owner")):
        return UNMAPPED
    if not passed(verdicts.get("assigned")):
        return MAPPED
    return PARALLEL if seen else ASSIGNED


def next_step(
    word: str, verdicts: Mapping[str, GateVerdict], steps: Mapping[str, str], *, users: int
) -> str:
    """What to do next, in words: about the first gate that is blocked, else the first unknown.
    users: how many IAM users they have; whoever has none has nothing to switch off."""
    if word in FIXED_STEPS:
        return FIXED_STEPS[word]
    blocked = [name for name, verdict in verdicts.items() if verdict.verdict == BLOCKED]
    unknown = [name for name, verdict in verdicts.items() if verdict.verdict == UNKNOWN]
    if blocked:
        return steps[blocked[0]]
    if unknown:
        return f"find out whether to {steps[unknown[0]]}"
    return "switch the old path off" if users else "nothing"


FIXED_STEPS = {
    RETIRED: "nothing",
    DISABLED: "delete the IAM users after the waiting time",
    DEPARTED: "switch off what still works",
    WORKLOAD: "move the program to a role",
    EXCEPTION: "review the exception before it ends",
    REGRESSED: "find out who used the old path, and close it again",
}
