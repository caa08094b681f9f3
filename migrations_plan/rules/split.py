"""A user whom a person and a program share, taken apart: what goes to the person's permission set,
what to a role of the workload, and what nobody can decide."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from migrations_plan.rules.class_facts import (
    HUMAN,
    UNKNOWN,
    WORKLOAD,
    ActionUse,
    CredentialUse,
    Part,
)
from migrations_plan.rules.strands import ROUTINE_DAYS

SIDES = (HUMAN, WORKLOAD, UNKNOWN)
TITLES = {
    HUMAN: "To the person's permission set",
    WORKLOAD: "To a role of the workload",
    UNKNOWN: "Not to be decided from here",
}
ORIGIN = "all of it comes from this side's origins"
ROUTINE = "the program does it nearly every day"
OTHER = "it is beside the program's routine"
OPEN = "both sides' origins use this credential, and the action does not tell them apart"


@dataclass(frozen=True, slots=True)
class SplitAction:
    """An action by one credential. why: by what it goes to this side."""

    credential: str
    source: str
    name: str
    events: int
    why: str


@dataclass(frozen=True, slots=True)
class Side:
    """parts: origins with their hours; actions: most calls first."""

    nature: str
    parts: tuple[Part, ...]
    actions: tuple[SplitAction, ...]

    @property
    def title(self) -> str:
        """Where it goes."""
        return TITLES[self.nature]

    @property
    def calls(self) -> int:
        """Calls of its origins."""
        return sum(part.events for part in self.parts)


def split(uses: Iterable[CredentialUse], parts: Sequence[Part]) -> tuple[Side, ...]:
    """The sides that have anything, in the order of SIDES."""
    by_credential: dict[tuple[str, str], set[str]] = defaultdict(set)
    for part in parts:
        by_credential[part.credential, part.access_key_id].add(part.nature)
    actions: dict[str, list[SplitAction]] = defaultdict(list)
    for use in uses:
        natures = by_credential.get((use.credential, use.access_key_id), {UNKNOWN})
        for one in use.actions:
            nature, why = _side(one, natures, len(use.days))
            name = use.access_key_id or use.credential.replace("_", " ")
            actions[nature].append(SplitAction(name, one.source, one.name, one.events, why))
    sides = (
        Side(nature, tuple(p for p in parts if p.nature == nature), _ordered(actions, nature))
        for nature in SIDES
    )
    return tuple(side for side in sides if side.parts or side.actions)


def _side(one: ActionUse, natures: set[str], days: int) -> tuple[str, str]:
    """Calls are kept by origin and by action apart: only a credential of one side is certain."""
    if len(natures) == 1:
        nature = next(iter(natures))
        return nature, ORIGIN if nature != UNKNOWN else OPEN
    if not {HUMAN, WORKLOAD} <= natures:
        return UNKNOWN, OPEN
    if one.days >= ROUTINE_DAYS * days:
        return WORKLOAD, ROUTINE
    return HUMAN, OTHER


def _ordered(actions: Mapping[str, Sequence[SplitAction]], nature: str) -> tuple[SplitAction, ...]:
    found = actions.get(nature, ())
    return tuple(sorted(found, key=lambda one: (-one.events, one.source, one.name, one.credential)))
