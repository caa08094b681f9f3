"""One credential's use taken apart: which of it is a program's, which is somebody's.

Calls are kept by origin (network and family of tools) and by action, never both at once, so a part
is an origin; what hides in a program's own origin is found by its actions alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from migrations_plan.rules.class_facts import (
    HUMAN,
    UNKNOWN,
    WORKLOAD,
    ActionUse,
    CredentialUse,
    OriginDay,
    Part,
)
from migrations_plan.rules.rhythm import (
    LEAST_PROGRAM_DAYS,
    Rhythm,
    rhythm_of,
    rhythm_of_hours,
)

CONSOLE_FAMILIES = frozenset({"console", "browser"})
# What runs without anybody at a keyboard.
MACHINE_FAMILIES = frozenset({"kubernetes", "aws-ssm-agent", "aws-chatbot"})
# What somebody types; programs use it too.
TYPED_FAMILIES = ("aws-cli", "aws-tools-powershell")
# AWS acting on somebody's behalf says nothing of who that is.
AWS_FAMILY = "aws-internal"
LEAST_CALLS = 6  # fewer calls of one origin are not judged
LEAST_ROUTINE = 5  # calls a day; fewer are the same every day by chance
LASTING_DAYS = 3  # a network seen on so many days is a place; others of a tool are one pool
ROUTINE_DAYS = 0.8  # an action called on this share of the active days is routine
ROUTINE = 0.9  # this share of the calls is routine: it does the same every day
LONG_ROUTINE = 10  # days of the same; somebody new does the same for a week
MOSTLY_ROUTINE = 0.6  # this share: it mostly does
EXPLORES = 0.4  # below this share: it looks around
LEAST_ACTIONS = 6  # fewer different actions are no looking around
LEAST_OTHERS = 5  # so many different actions beside the routine are somebody's, no rare job's
MANY_OTHERS = 8  # so many are somebody's, even where nothing else tells them apart
DECIDED = 2  # points by which one side must lead
MANY_NETWORKS = 6  # so many, of which none STANDS_OUT, are one pool
FEW_BESIDE = 0.3  # of the calls came from other origins than the largest
STANDS_OUT = 0.5  # of the calls of one family of tools
Signs = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Strand:
    """Calls of one family of tools from one place (or from a pool of places)."""

    family: str
    networks: tuple[str, ...]
    rhythm: Rhythm
    events: int


@dataclass(frozen=True, slots=True)
class Habit:
    """What the actions of a credential show. routine: share of the calls; other: calls of actions
    that are no routine, of `other_actions` kinds; other_weekend: of those calls, at weekends."""

    actions: int
    routine: float
    other: int
    other_actions: int
    other_weekend: int

    @property
    def explores(self) -> bool:
        """Looks at ever other things, as people do."""
        return self.actions >= LEAST_ACTIONS and self.routine < EXPLORES


def habit_of(actions: Sequence[ActionUse], days: int) -> Habit:
    """From actions over so many active days."""
    events = sum(one.events for one in actions)
    other = [one for one in actions if one.days < ROUTINE_DAYS * days]
    calls = sum(one.events for one in other)
    return Habit(
        actions=len(actions),
        routine=(events - calls) / events if events else 0.0,
        other=calls,
        other_actions=len(other),
        other_weekend=sum(one.weekend for one in other),
    )


def strands_of(origins: Iterable[OriginDay]) -> list[Strand]:
    """The largest first. Of each family of tools, networks seen on few days are one pool; so are
    all of them where none stands out, as with hosted runners."""
    by_tool: dict[str, dict[str, list[OriginDay]]] = defaultdict(lambda: defaultdict(list))
    for one in origins:
        by_tool[one.family][one.network].append(one)
    found: list[Strand] = []
    for family, places in sorted(by_tool.items()):
        lasting = {} if _scattered(places) else _lasting(places)
        pool = [one for name, rows in sorted(places.items()) if name not in lasting for one in rows]
        found += [_strand(family, rows) for _, rows in sorted(lasting.items())]
        found += [_strand(family, pool)] if pool else []
    return sorted(found, key=lambda one: (-one.events, one.family, one.networks))


def _lasting(places: Mapping[str, list[OriginDay]]) -> dict[str, list[OriginDay]]:
    return {
        name: rows
        for name, rows in places.items()
        if len({one.day for one in rows}) >= LASTING_DAYS
    }


def _scattered(places: Mapping[str, list[OriginDay]]) -> bool:
    calls = [sum(one.events for one in rows) for rows in places.values()]
    return len(calls) >= MANY_NETWORKS and max(calls) < STANDS_OUT * sum(calls)


def _strand(family: str, rows: Sequence[OriginDay]) -> Strand:
    calls: dict[str, int] = defaultdict(int)
    for one in rows:
        calls[one.network] += one.events
    ordered = sorted(calls, key=lambda network: (-calls[network], network))
    rhythm = rhythm_of(sorted(rows, key=lambda one: (one.day, one.first, one.last, one.network)))
    return Strand(family, tuple(ordered), rhythm, sum(calls.values()))


def parts_of(use: CredentialUse, hints: Signs) -> list[Part]:
    """Every part with its nature, the largest first. hints: points (for a program; against it is
    negative) that the user itself gives, which weigh only where the calls do not say it alone."""
    strands = [one for one in strands_of(use.origins) if one.family != AWS_FAMILY]
    if use.credential == "console":
        return [_part(use, one, HUMAN, "only people sign in to the console") for one in strands]
    if not strands:
        return []
    whole = rhythm_of_hours(use.days)
    habit = habit_of(use.actions, whole.days)
    body, rest = strands[0], strands[1:]
    times = whole if len(strands) == 1 else body.rhythm
    nature, why = _body(body, times, _habit_of_body(habit, body, rest), hints)
    parts = [_part(use, body, nature, why)]
    parts += [_part(use, one, *_beside(one, nature, habit)) for one in rest]
    hidden = _hidden(use, parts, body.rhythm, habit)
    return [*parts, hidden] if hidden else parts


def _habit_of_body(habit: Habit, body: Strand, rest: Sequence[Strand]) -> Habit:
    """What is beside the routine may have come from the other origins: as much of it as they made.
    Only where they are few: of somebody's office and home neither is the rest."""
    beside = sum(one.events for one in rest)
    if not rest or beside > FEW_BESIDE * (body.events + beside):
        return habit
    own = max(habit.other - beside, 0)
    return replace(habit, routine=max(habit.routine, 1 - own / body.events))


def _body(body: Strand, rhythm: Rhythm, habit: Habit, hints: Signs) -> tuple[str, str]:
    if body.family in CONSOLE_FAMILIES:
        return HUMAN, "made in a browser"
    if body.family in MACHINE_FAMILIES:
        return WORKLOAD, f"{body.family} runs by itself"
    if body.events < LEAST_CALLS:
        return UNKNOWN, f"{body.events} calls are too few to tell"
    signs = [*_times(body.rhythm, rhythm, habit), *_doing(body, habit)]
    if abs(_points(signs)) < DECIDED:
        signs += hints
    points = _points(signs)
    if abs(points) < DECIDED:
        return UNKNOWN, "what speaks for a program and for a person is even"
    side = [words for number, words in signs if (number > 0) == (points > 0)]
    return (WORKLOAD if points > 0 else HUMAN), "; ".join(side)


def _points(signs: Signs) -> int:
    return sum(number for number, _ in signs)


def _times(by_origin: Rhythm, whole: Rhythm, habit: Habit) -> Signs:
    """Three points for hours that only a machine keeps, two for those of somebody at work."""
    if by_origin.on_schedule or (by_origin.like_a_program and whole.any_hour):
        return [(3, by_origin.words)]
    if by_origin.like_a_program:
        return [(2, by_origin.words)]
    # A job of every Monday has a weekend free too.
    few = by_origin.days < LEAST_PROGRAM_DAYS and habit.routine >= MOSTLY_ROUTINE
    if by_origin.like_a_human and not whole.any_hour and not few:
        return [(-2, by_origin.words)]
    return []


def _doing(body: Strand, habit: Habit) -> Signs:
    found: Signs = []
    enough = body.events >= LEAST_ROUTINE * body.rhythm.days
    if enough and body.rhythm.days >= LEAST_PROGRAM_DAYS and habit.routine >= MOSTLY_ROUTINE:
        strong = habit.routine >= ROUTINE and body.rhythm.days >= LONG_ROUTINE
        points = 4 if strong else 2
        found.append((points, f"{habit.routine:.0%} of the calls are the same every day"))
    if habit.explores:
        found.append((-2, f"{habit.actions} different actions, few of them daily"))
    if len(body.networks) >= MANY_NETWORKS:
        found.append((1, f"from {len(body.networks)} networks"))
    if body.family.startswith(TYPED_FAMILIES) and habit.routine < MOSTLY_ROUTINE:
        found.append((-1, f"with {body.family}, which people type"))
    return found


def _beside(strand: Strand, body: str, habit: Habit) -> tuple[str, str]:
    """The nature of an origin beside the largest one."""
    if strand.family in CONSOLE_FAMILIES:
        return HUMAN, "made in a browser"
    if strand.family in MACHINE_FAMILIES:
        return WORKLOAD, f"{strand.family} runs by itself"
    rhythm = strand.rhythm
    if strand.events < LEAST_CALLS and body != HUMAN:
        return UNKNOWN, f"{strand.events} calls are too few to tell"
    if rhythm.like_a_program:
        return WORKLOAD, rhythm.words
    if body == HUMAN:
        return HUMAN, f"{rhythm.words}, beside more that is somebody's"
    if rhythm.like_a_human and _out_of_the_ordinary(strand, habit):
        return HUMAN, rhythm.words
    return UNKNOWN, f"{rhythm.words}: both may work like this"


def _out_of_the_ordinary(strand: Strand, habit: Habit) -> bool:
    """What the credential does beside its routine is at least half of what came from here."""
    return habit.other_actions >= LEAST_OTHERS and 2 * habit.other >= strand.events


def _hidden(use: CredentialUse, parts: Sequence[Part], body: Rhythm, habit: Habit) -> Part | None:
    """Somebody behind the program's own address: actions beside its routine that keep the weekends
    free, of a program that does not; or more of them than a program has."""
    if any(one.nature == HUMAN for one in parts) or parts[0].nature != WORKLOAD:
        return None
    if body.days < LEAST_PROGRAM_DAYS:
        # Of so few days nothing is known to be routine.
        return None
    free = body.works_weekends and habit.other_weekend == 0
    least = LEAST_OTHERS if free else MANY_OTHERS
    if habit.other < LEAST_CALLS or habit.other_actions < least:
        return None
    times = ", none of them at a weekend" if free else ""
    why = f"{habit.other_actions} actions beside the routine in {habit.other} calls{times}"
    share = habit.other / max(use.events, 1)
    return Part(
        use.credential, use.access_key_id, parts[0].family, parts[0].networks, HUMAN, habit.other,
        share, "beside the routine", why,
    )  # fmt: skip


def _part(use: CredentialUse, strand: Strand, nature: str, why: str) -> Part:
    return Part(
        credential=use.credential,
        access_key_id=use.access_key_id,
        family=strand.family,
        networks=strand.networks,
        nature=nature,
        events=strand.events,
        share=strand.events / max(use.events, 1),
        habit=strand.rhythm.words,
        why=why,
    )
