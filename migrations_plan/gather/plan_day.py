"""A plan as its pages show it: days, items and how they stand, in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, Count, F, Min, Q, Value, When

from migrations_plan.artefacts.plan_content import Content, PlannedDay
from migrations_plan.artefacts.plan_template import Item
from migrations_plan.gather.plan import calendar_of, content_of, standings
from migrations_plan.models import (
    MemberKind,
    Plan,
    StandingChange,
    Wave,
    WaveMember,
)
from migrations_plan.rules.checklist import DONE, OPEN
from migrations_plan.rules.gate import UNKNOWN, WAIVED
from migrations_plan.rules.plan_calendar import Calendar

MOST_CHANGES = 12
CLOSED = (DONE, WAIVED)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item and how it stands. counts: subjects by verdict, as they read now; none: not judged
    yet. late: how many are past their date. since: of the newest change; sentence: of an item that
    stands once. waits: titles of items that come before and are not done."""

    item: Item
    owner: str
    day: PlannedDay
    counts: Mapping[str, int]
    late: int
    sentence: str
    since: datetime | None
    waits: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def closed(self) -> int:
        return sum(self.counts.get(word, 0) for word in CLOSED)

    @property
    def open(self) -> int:
        return self.counts.get(OPEN, 0)

    @property
    def unknown(self) -> int:
        return self.counts.get(UNKNOWN, 0)

    @property
    def verdict(self) -> str:
        """Of all subjects together; one that nobody judged yet is unknown."""
        for word in (OPEN, UNKNOWN, WAIVED):
            if self.counts.get(word):
                return word
        return DONE if self.counts else UNKNOWN


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave and its people by state. others: accounts and workloads in it."""

    wave: Wave
    states: Mapping[str, int]
    people: int
    others: int

    @property
    def off(self) -> int:
        return self.states.get("disabled", 0) + self.states.get("retired", 0)

    @property
    def ready(self) -> int:
        return self.states.get("ready", 0)


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day in the strip. past, today: where it lies."""

    day: PlannedDay
    rows: tuple[ItemRow, ...]
    today: date

    @property
    def closed(self) -> int:
        return sum(row.verdict in CLOSED for row in self.rows)

    @property
    def late(self) -> bool:
        return any(row.late for row in self.rows if not row.item.optional)

    @property
    def when(self) -> str:
        """past, today or ahead."""
        if self.day.on == self.today:
            return "today"
        return "past" if self.day.on < self.today else "ahead"


@dataclass(frozen=True, slots=True)
class Board:
    """A whole plan on one day. changes: the newest, each with its item's title."""

    plan: Plan
    content: Content
    on: Calendar
    today: date
    days: tuple[DayRow, ...]
    waves: tuple[WaveRow, ...]
    changes: Sequence[tuple[StandingChange, str]]

    @property
    def rows(self) -> list[ItemRow]:
        return [row for day in self.days for row in day.rows]

    @property
    def required(self) -> list[ItemRow]:
        return [row for row in self.rows if not row.item.optional]

    @property
    def closed(self) -> int:
        return sum(row.verdict in CLOSED for row in self.required)

    @property
    def unknown(self) -> list[ItemRow]:
        return [row for row in self.required if row.verdict == UNKNOWN]

    @property
    def late(self) -> list[ItemRow]:
        return [row for row in self.required if row.late]

    @property
    def expected(self) -> int:
        """How many required items the template wants closed before today begins."""
        return sum(row.day.on < self.today for row in self.required)

    @property
    def ahead_by(self) -> int:
        """Items closed beyond what is expected; negative: behind."""
        return self.closed - self.expected

    @property
    def elapsed(self) -> int:
        """Working days that the plan has taken, today included; never more than since its start."""
        first = self.days[0].day.on
        return max(self.on.between(first, self.today) + 1, 0) if self.today >= first else 0

    @property
    def length(self) -> int:
        """Working days from the first day of the plan to the last, both included."""
        return self.on.between(self.days[0].day.on, self.days[-1].day.on) + 1

    def waiting_for(self) -> list[tuple[str, list[ItemRow]]]:
        """Who is waited for: open items whose day has come and whose predecessors are closed."""
        found: dict[str, list[ItemRow]] = {}
        for row in self.required:
            if row.verdict not in CLOSED and row.day.on <= self.today and not row.waits:
                found.setdefault(row.owner, []).append(row)
        return sorted(found.items())


def board(plan: Plan, now: datetime) -> Board:
    """Six queries, whatever the number of people."""
    content, on = content_of(plan), calendar_of(plan)
    today = on.date_of(now)
    rows = _with_waits(list(_item_rows(plan, content, today, now)))
    days = tuple(
        DayRow(day, tuple(row for row in rows if row.day.name == day.name), today)
        for day in content.days
    )
    changed = StandingChange.objects.filter(plan=plan).exclude(before="")[:MOST_CHANGES]
    named = {item.name: item.title for item in content.items}
    changes = [(one, named[one.item]) for one in changed if one.item in named]
    return Board(plan, content, on, today, days, wave_rows(plan, now), changes)


def _item_rows(plan: Plan, content: Content, today: date, now: datetime) -> Iterable[ItemRow]:
    rows = standings(plan, now).order_by()
    counts: dict[str, dict[str, int]] = {}
    late: dict[str, int] = {}
    since: dict[str, datetime] = {}
    grouped = rows.values("item", "reading").annotate(
        n=Count("pk"), past=Count("pk", filter=Q(due__lt=today)), first=Min("since")
    )
    for row in grouped:
        counts.setdefault(row["item"], {})[row["reading"]] = row["n"]
        if row["reading"] not in CLOSED:
            late[row["item"]] = late.get(row["item"], 0) + row["past"]
            since[row["item"]] = min(since.get(row["item"], row["first"]), row["first"])
    single = dict(rows.filter(subject="").values_list("item", "sentence"))
    for day in content.days:
        for item in day.items:
            yield ItemRow(
                item,
                content.owner(item),
                day,
                counts.get(item.name, {}),
                _late(
                    plan,
                    item,
                    late.get(item.name, 0),
                    item.name not in counts and day.on < today,
                ),
                single.get(item.name, ""),
                since.get(item.name),
            )


def _late(plan: Plan, item: Item, known: int, unjudged: bool) -> int:
    """How many are late; what nobody judged yet is late as a whole. Nothing of a paused plan is,
    and nothing that may stay open."""
    if not plan.live or plan.paused_on is not None or item.optional:
        return 0
    return int(unjudged) or known


def _with_waits(rows: Sequence[ItemRow]) -> list[ItemRow]:
    named = {row.item.name: row for row in rows}

    def waits(row: ItemRow) -> tuple[str, ...]:
        before = (named[name] for name in row.item.after if name in named)
        return tuple(one.item.title for one in before if one.verdict not in CLOSED)

    return [replace(row, waits=waits(row)) for row in rows]


def wave_rows(plan: Plan, now: datetime) -> tuple[WaveRow, ...]:
    """Waves with their people by state. Three queries."""
    members = WaveMember.objects.filter(plan=plan)
    kinds: dict[int, dict[str, int]] = {}
    for row in members.values("wave", "kind").annotate(n=Count("pk")).order_by():
        kinds.setdefault(row["wave"], {})[row["kind"]] = row["n"]
    stale = Q(person__standing__stale_after__isnull=False, person__standing__stale_after__lte=now)
    reading = Case(
        When(stale, then=Value("uncertain")),
        default=F("person__standing__state"),
        output_field=CharField(),
    )
    people = members.filter(kind=MemberKind.PERSON).annotate(reading=reading)
    states: dict[int, dict[str, int]] = {}
    for row in people.values("wave", "reading").annotate(n=Count("pk")).order_by():
        states.setdefault(row["wave"], {})[row["reading"] or "not judged"] = row["n"]
    found = []
    for wave in plan.waves.order_by("position", "pk"):
        of_wave = kinds.get(wave.pk, {})
        count = of_wave.get(MemberKind.PERSON, 0)
        found.append(WaveRow(wave, states.get(wave.pk, {}), count, sum(of_wave.values()) - count))
    return tuple(found)


def beside(days: Sequence[DayRow], today: date) -> tuple[DayRow | None, DayRow, DayRow | None]:
    """The day that is on, or comes next, or was last; with the one before and the one after."""
    at = next((n for n, day in enumerate(days) if day.day.on >= today), len(days) - 1)
    if days[at].day.on > today and at and days[at - 1].day.on >= today - timedelta(days=3):
        at -= 1 if not _over(days[at - 1]) else 0
    return around(days, days[at].day.name)


def _over(day: DayRow) -> bool:
    return day.closed == len(day.rows)


def around(days: Sequence[DayRow], name: str) -> tuple[DayRow | None, DayRow, DayRow | None]:
    """A day by name, with the one before and the one after. Raises KeyError."""
    for at, day in enumerate(days):
        if day.day.name == name:
            return (
                days[at - 1] if at else None,
                day,
                days[at + 1] if at + 1 < len(days) else None,
            )
    raise KeyError(name)
