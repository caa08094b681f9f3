"""One person's readiness from facts to verdict: gates with what stands behind them, and history."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from inventory import codec
from migrations_plan.models import Assessment, Person, PersonState, StateChange, Waiver
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN, WAIVED
from migrations_plan.rules.history import DayCell, Kept, last_days, strip
from migrations_plan.rules.readiness import GATES, Gate

MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class GateStory:
    """A gate as the page tells it. verdict: as it reads now. rows: address of what is behind it."""

    gate: Gate
    assessment: Assessment
    verdict: str
    facts: list[dict[str, Any]]
    rows: str
    strip: list[DayCell]


@dataclass(frozen=True, slots=True)
class Change:
    """A state that began."""

    at: datetime
    before: str
    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver, in force or over."""

    pk: int
    at: datetime
    gate: str
    by: str
    reason: str
    until: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """All of it. standing None: the person was never judged."""

    standing: PersonState | None
    certain: bool
    gates: tuple[GateStory, ...]
    changes: tuple[Change, ...] = ()
    waivers: tuple[Waived, ...] = ()

    def count(self, verdict: str) -> int:
        """Gates that read so."""
        return sum(gate.verdict == verdict for gate in self.gates)

    @property
    def passed(self) -> int:
        """Gates that are ready or waived."""
        return self.count(READY) + self.count(WAIVED)

    @property
    def blocked(self) -> int:
        """Gates that are known to stand in the way."""
        return self.count(BLOCKED)

    @property
    def unknown(self) -> int:
        """Gates of which nobody knows."""
        return self.count(UNKNOWN)


def story(person: Person, viewer: Any, now: datetime, *, usage_url: str) -> Story:
    """With the last thirty days. Two queries, for a person that came with `standing`."""
    standing: PersonState | None = getattr(person, "standing", None)
    rows = Assessment.objects.visible_to(viewer).filter(person=person)
    rows = rows.filter(Q(current=True) | Q(day__gte=last_days(now)[0])).order_by("at", "pk")
    changes, waivers = _decided(person, viewer)
    return Story(
        standing=standing,
        certain=standing is not None and not standing.uncertain(now),
        gates=_gates(rows, usage_url, now),
        changes=changes[:MOST_CHANGES],
        waivers=waivers[:MOST_CHANGES],
    )


def own_story(viewer: Any, now: datetime, *, usage_url: str) -> Story:
    """What the signed-in person's gates say now. One query."""
    rows = Assessment.objects.current().filter(person=viewer.person_id)
    gates = _gates(rows.select_related("person__standing").order_by("at"), usage_url, now)
    person = gates[0].assessment.person if gates else None
    standing: PersonState | None = getattr(person, "standing", None)
    return Story(standing, standing is not None and not standing.uncertain(now), gates)


def _decided(person: Person, viewer: Any) -> tuple[tuple[Change, ...], tuple[Waived, ...]]:
    """States and waivers, newest first: one query for both."""
    none = Cast(Value(None), DateTimeField())
    changes = StateChange.objects.visible_to(viewer).filter(person=person).order_by()
    waivers = Waiver.objects.visible_to(viewer).filter(person=person).order_by()
    kind = {"output_field": CharField()}
    columns = ("what", "pk", "at", "one", "two", "text", "end", "ended")
    first = changes.annotate(
        what=Value("state", **kind), one=F("before"), two=F("state"), text=F("sentence"),
        end=none, ended=none,
    ).values_list(*columns)  # fmt: skip
    second = waivers.annotate(
        what=Value("waiver", **kind), one=F("gate"), two=F("by"), text=F("reason"),
        end=F("until"), ended=F("ended_at"),
    ).values_list(*columns)  # fmt: skip
    found: dict[str, list[Any]] = {"state": [], "waiver": []}
    for what, pk, at, one, two, text, end, ended in first.union(second, all=True).order_by("-at"):
        made = Change(at, one, two, text) if what == "state" else None
        found[what].append(made or Waived(pk, at, one, two, text, end, ended))
    return tuple(found["state"]), tuple(found["waiver"])


def _gates(rows: QuerySet[Any], usage_url: str, now: datetime) -> tuple[GateStory, ...]:
    kept: dict[str, list[Kept]] = defaultdict(list)
    current: dict[str, Assessment] = {}
    for row in rows:
        kept[row.gate].append(Kept(row.at, row.verdict, row.sentence, row.stale_after))
        if row.current:
            current[row.gate] = row
    days = last_days(now)
    return tuple(
        GateStory(
            gate=gate,
            assessment=row,
            verdict=row.reads(now),
            facts=[_fact(fact) for fact in row.facts],
            rows=_rows_address(gate, usage_url),
            strip=strip(kept[gate.name], days, now),
        )
        for gate in GATES
        if (row := current.get(gate.name)) is not None
    )


def _fact(fact: dict[str, Any]) -> dict[str, Any]:
    told = fact.get("at")
    return {**fact, "at": codec.time_from_text(told) if told else None}


def _rows_address(gate: Gate, usage_url: str) -> str:
    """Where the rows behind a gate are: on the same page, or on that of the usage."""
    return usage_url if gate.rows == "usage" else f"#{gate.rows}"


def usage_of(person: Person) -> str:
    """The page of a person's usage, for leads and auditors."""
    return reverse("person-usage", args=[person.pk])
