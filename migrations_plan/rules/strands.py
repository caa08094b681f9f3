"""One credential's use taken apart: which of it is a program's, which is somebody's.

Calls are kept by origin (network and family of tools) and by action, never both at once, so a part
is an origin; what hides in a program's own origin is found by its actions alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
LEAST_ROUTINE = 3  # calls a day; fewer are the same every day by chance
LASTING_DAYS = 3  # a network seen on so many days is a place; others of a tool are one pool
ROUTINE_DAYS = 0.5  # an action called on this share of the days is routine
RARE_DAYS = 0.3  # one called on at most this share is out of the ordinary
ROUTINE = 0.9  # this share of the calls is routine: it does the same every day
EXPLORES = 0.6  # below this share: it looks around
LEAST_ACTIONS = 6  # fewer different actions are no looking around
LEAST_RARE = 3  # so many different rare actions are somebody's, not a monthly job's
DECIDED = 2  # points by which one side must lead
MANY_NETWORKS = 6
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
    """What the actions of a credential show. rare: calls of rare actions; rare_weekend: of those,
    at weekends."""

    actions: int
    routine: float
    rare: int
    rare_actions: int
    rare_weekend: int

    @property
    def explores(self) -> bool:
        """Looks at ever other things, as people do."""
        return self.actions >= LEAST_ACTIONS and self.routine < EXPLORES

    @property
    def same_every_day(self) -> bool:
        """Does the same every day, as programs do."""
        return self.actions > 0 and self.routine >= ROUTINE


def habit_of(actions: Sequence[ActionUse], days: int) -> Habit:
    """From actions over so many active days."""
    events = sum(one.events for one in actions)
    routine = sum(one.events for one in actions if one.days >= ROUTINE_DAYS * days)
    rare = [one for one in actions if one.days <= max(1.0, RARE_DAYS * days)]
    return Habit(
        actions=len(actions),
        routine=routine / events if events else 0.0,
        rare=sum(one.events for one in rare),
        rare_actions=len(rare),
        rare_weekend=sum(one.weekend for one in rare),
    )


def strands_of(origins: Iterable[OriginDay]) -> list[Strand]:
    """The largest first. Networks seen on few days are one pool for each family of tools."""
    by_place: dict[tuple[str, str], list[OriginDay]] = defaultdict(list)
    for one in origins:
        by_place[one.family, one.network].append(one)
    pools: dict[str, list[OriginDay]] = defaultdict(list)
    found: list[Strand] = []
    for (family, _), rows in sorted(by_place.items()):
        if len({one.day for one in rows}) >= LASTING_DAYS:
            found.append(_strand(family, rows))
        else:
            pools[family] += rows
    found += [_strand(family, rows) for family, rows in sorted(pools.items())]
    return sorted(found, key=lambda one: (-one.events, one.family, one.networks))


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
    nature, why = _body(body, whole if len(strands) == 1 else body.rhythm, habit, hints)
    parts = [_part(use, body, nature, why)]
    parts += [_part(use, one, *_beside(one, nature, habit)) for one in rest]
    hidden = _hidden(use, parts, body.rhythm, habit)
    return [*parts, hidden] if hidden else parts


def _body(body: Strand, rhythm: Rhythm, habit: Habit, hints: Signs) -> tuple[str, str]:
    if body.family in CONSOLE_FAMILIES:
        return HUMAN, "made in a browser"
    if body.family in MACHINE_FAMILIES:
        return WORKLOAD, f"{body.family} runs by itself"
    if body.events < LEAST_CALLS:
        return UNKNOWN, f"{body.events} calls are too few to tell"
    signs = [*_times(body.rhythm, rhythm), *_doing(body, habit), *hints]
    points = sum(number for number, _ in signs)
    if abs(points) < DECIDED:
        return UNKNOWN, "what speaks for a program and for a person is even"
    side = [words for number, words in signs if (number > 0) == (points > 0)]
    return (WORKLOAD if points > 0 else HUMAN), "; ".join(side)


def _times(by_origin: Rhythm, whole: Rhythm) -> Signs:
    """Three points for hours that only a machine keeps, two for those of somebody at work."""
    if by_origin.on_schedule or (by_origin.like_a_program and whole.any_hour):
        return [(3, by_origin.words)]
    if by_origin.like_a_program:
        return [(2, by_origin.words)]
    if by_origin.like_a_human and not whole.any_hour:
        return [(-2, by_origin.words)]
    return []


def _doing(body: Strand, habit: Habit) -> Signs:
    found: Signs = []
    enough = body.events >= LEAST_ROUTINE * body.rhythm.days
    if habit.same_every_day and enough and body.rhythm.days >= LEAST_PROGRAM_DAYS:
        found.append((3, f"{habit.routine:.0%} of the calls are the same every day"))
    if habit.explores:
        found.append((-2, f"{habit.actions} different actions, few of them daily"))
    if len(body.networks) >= MANY_NETWORKS:
        found.append((1, f"from {len(body.networks)} networks"))
    if body.family.startswith(TYPED_FAMILIES):
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
    """What a program does beside its routine is at least half of what came from here."""
    return habit.rare_actions >= LEAST_RARE and 2 * habit.rare >= strand.events


def _hidden(use: CredentialUse, parts: Sequence[Part], body: Rhythm, habit: Habit) -> Part | None:
    """Somebody behind the program's own address: rare actions that keep the weekends free, of a
    program that does not."""
    if any(one.nature == HUMAN for one in parts) or parts[0].nature != WORKLOAD:
        return None
    enough = habit.rare >= LEAST_CALLS and habit.rare_actions >= LEAST_RARE
    free = habit.rare_weekend == 0
    if not (enough and free and body.works_weekends):
        return None
    why = f"{habit.rare_actions} rare actions in {habit.rare} calls, none of them at a weekend"
    share = habit.rare / max(use.events, 1)
    return Part(
        use.credential, use.access_key_id, parts[0].family, parts[0].networks, HUMAN, habit.rare,
        share, "weekends free", why,
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
