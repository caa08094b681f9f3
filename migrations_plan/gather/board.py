"""The board of everybody: where they stand, gates at a glance, and the sentence above it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from migrations_plan.models import Assessment, AssessPass, ForecastSummary, PersonState
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, WAIVED, at
from migrations_plan.rules.readiness import GATES
from migrations_plan.rules.states import (
    DEPARTED,
    DISABLED,
    EXCEPTION,
    REGRESSED,
    RETIRED,
    UNMAPPED,
    WORKLOAD,
)

CHUNK = 500
# Done with, or never to be: those that stand apart are no part of "31 of 47".
DONE = (READY, DISABLED, RETIRED)
APART = (DEPARTED, WORKLOAD, EXCEPTION)
BY_PERMISSIONS = ("assigned", "forecast")


@dataclass(frozen=True, slots=True)
class GateCell:
    """One gate of one row as it reads now."""

    name: str
    short: str
    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A state with its gates in order; none for an IAM user of nobody. certain False: the reads
    behind the state are too old."""

    standing: PersonState
    cells: tuple[GateCell, ...]
    certain: bool
    forecast: ForecastSummary | None

    def group(self, verdict: str) -> list[GateCell]:
        """Gates with this verdict."""
        return [cell for cell in self.cells if cell.verdict == verdict]

    @property
    def groups(self) -> list[tuple[str, list[GateCell]]]:
        """What is not ready by verdict, the worst first."""
        found = [(word, self.group(word)) for word in (BLOCKED, UNKNOWN, WAIVED)]
        return [(word, cells) for word, cells in found if cells]

    @property
    def ready(self) -> int:
        """Gates that are ready."""
        return len(self.group(READY))


def rows_of(found: Iterable[PersonState], now: datetime) -> list[BoardRow]:
    """One query, for people that came with their forecast."""
    states = list(found)
    pks = [state.person_id for state in states if state.person_id]
    columns = ("person_id", "gate", "verdict", "stale_after", "sentence")
    by_person: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    current = Assessment.objects.current().filter(person_id__in=pks).order_by()
    for pk, gate, verdict, until, sentence in current.values_list(*columns):
        by_person[pk][gate] = (at(verdict, until, now), sentence)
    return [_row(state, by_person.get(state.person_id or 0, {}), now) for state in states]


def _row(state: PersonState, gates: Mapping[str, tuple[str, str]], now: datetime) -> BoardRow:
    cells = tuple(
        GateCell(gate.name, gate.short, *gates[gate.name]) for gate in GATES if gate.name in gates
    )
    forecast = getattr(state.person, "forecast", None) if state.person else None
    return BoardRow(state, cells, not state.uncertain(now), forecast)


def with_people(rows: QuerySet[PersonState, Any]) -> QuerySet[PersonState, Any]:
    """The same with what a row shows of the person."""
    return rows.select_related("person__forecast")


def all_rows(rows: QuerySet[PersonState, Any], now: datetime) -> Iterator[BoardRow]:
    """Everybody, in pieces, for a file."""
    stream = iter(with_people(rows).iterator(chunk_size=CHUNK))
    while piece := list(islice(stream, CHUNK)):
        yield from rows_of(piece, now)


def with_gate(gate: str, verdict: str, now: datetime) -> Q:
    """People of whom this gate (any: '') reads so now."""
    mine = Assessment.objects.current().filter(person=OuterRef("person_id"))
    mine = mine.filter(gate=gate) if gate else mine
    return Q(Exists(mine.reading(verdict, now) if verdict else mine))


@dataclass(frozen=True, slots=True)
class Blocker:
    """A gate and how many it stops, as of now."""

    name: str
    title: str
    blocked: int
    unknown: int
    waived: int


@dataclass(frozen=True, slots=True)
class Board:
    """Counts for the sentence. people: whom the migration is about and who is not apart. loose:
    IAM users of nobody. uncertain: states that are too old to be believed. stale: all of it was
    counted too long ago."""

    people: int
    done: int
    ready: int
    regressed: int
    loose: int
    uncertain: int
    departed: int
    early: int
    by_permissions: int
    blockers: tuple[Blocker, ...]
    states: Mapping[str, int]
    judged_at: datetime | None
    stale: bool = False

    @property
    def first(self) -> Blocker | None:
        """What stops most people."""
        return max((b for b in self.blockers if b.blocked), key=lambda b: b.blocked, default=None)


NOTHING = Board(0, 0, 0, 0, 0, 0, 0, 0, 0, (), {}, None)
# A pass runs at least every hour: after this, whatever judges has stopped.
TOO_OLD = timedelta(hours=2)


def board(
    rows: QuerySet[PersonState, Any], now: datetime, judged_at: datetime | None = None
) -> Board:
    """Of these states. judged_at: by default, the last pass. Four queries."""
    stale = Q(stale_after__isnull=False, stale_after__lte=now)
    counted = rows.concerned().order_by()  # type: ignore[attr-defined]
    states: dict[str, int] = defaultdict(int)
    loose = uncertain = early = 0
    counts = counted.values_list("state").annotate(
        n=Count("pk", filter=~Q(person=None)),
        loose=Count("pk", filter=Q(person=None)),
        old=Count("pk", filter=stale & ~Q(person=None)),
        early=Count("pk", filter=Q(early=True, state=DISABLED)),
    )
    for word, number, of_nobody, old, too_early in counts:
        fresh = number - old
        states[word] += fresh
        loose += of_nobody if word == UNMAPPED else 0
        uncertain, early = uncertain + old, early + too_early
    return Board(
        people=sum(n for word, n in states.items() if word not in APART) + uncertain,
        done=sum(states[word] for word in DONE),
        ready=states[READY],
        regressed=states[REGRESSED],
        loose=loose,
        uncertain=uncertain,
        departed=states[DEPARTED],
        early=early,
        by_permissions=_by_permissions(counted, now),
        blockers=blockers(counted, now),
        states=dict(states),
        judged_at=judged_at or _judged_at(),
    )


def _judged_at() -> datetime | None:
    return AssessPass.objects.order_by("-at").values_list("at", flat=True).first()


def counts(found: Board) -> dict[str, Any]:
    """The same for a column of JSON."""
    kept = asdict(found)
    kept.pop("judged_at")
    return kept


def last_board(now: datetime) -> Board:
    """As the last pass counted it: for a page that asks for much else. One query."""
    last = AssessPass.objects.order_by("-at").first()
    if last is None or not last.counts:
        return NOTHING
    kept = {**last.counts, "blockers": tuple(Blocker(**one) for one in last.counts["blockers"])}
    return Board(**{**kept, "judged_at": last.at, "stale": now - last.at > TOO_OLD})


def _under_way(rows: QuerySet[PersonState, Any]) -> QuerySet[PersonState, Any]:
    return rows.exclude(state__in=(*DONE, *APART))


def _by_permissions(rows: QuerySet[PersonState, Any], now: datetime) -> int:
    blocked = Assessment.objects.current().filter(gate__in=BY_PERMISSIONS).reading(BLOCKED, now)
    return _under_way(rows).filter(person__in=blocked.values("person")).count()


def blockers(rows: QuerySet[PersonState, Any], now: datetime) -> tuple[Blocker, ...]:
    """Each gate with the people under way whom it stops, in order. One query."""
    stale = Q(stale_after__isnull=False, stale_after__lte=now)
    people = _under_way(rows).exclude(person=None).values("person")
    current = Assessment.objects.current().filter(person__in=people).order_by()
    found = {
        gate: numbers
        for gate, *numbers in current.values_list("gate").annotate(
            blocked=Count("pk", filter=Q(verdict=BLOCKED) & ~stale),
            unknown=Count("pk", filter=Q(verdict=UNKNOWN) | stale),
            waived=Count("pk", filter=Q(verdict=WAIVED) & ~stale),
        )
    }
    return tuple(Blocker(g.name, g.title, *found[g.name]) for g in GATES if g.name in found)
