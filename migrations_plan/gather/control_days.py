"""Daily results of controls as pages show them. A day without a result is unknown: nothing ran."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inventory import codec
from inventory.visibility import Viewer
from migrations_plan.models import ControlDay
from migrations_plan.rules.control_results import MET, NOT_MET, UNKNOWN
from migrations_plan.rules.controls import CONTROLS, Control
from migrations_plan.rules.usage_days import Window

NO_RESULT = "No result: nothing ran on this day."
TOO_OLD = "The reads behind the result were too old by the end of the day."
KINDS = {MET: "good", NOT_MET: "bad", UNKNOWN: "unknown"}
HEAVY = ("cases", "facts", "runs")


@dataclass(frozen=True, slots=True)
class Day:
    """One control on one day. row None: it has no result. verdict: as it may be believed."""

    day: date
    verdict: str
    row: ControlDay | None

    @property
    def kind(self) -> str:
        """Of the badge or cell: shape and colour."""
        return KINDS[self.verdict]

    @property
    def sentence(self) -> str:
        """Why."""
        if self.row is None:
            return NO_RESULT
        if self.verdict != self.row.verdict:
            return f"{TOO_OLD} It said: {self.row.verdict}. {self.row.sentence}"
        return self.row.sentence


@dataclass(frozen=True, slots=True)
class Statement:
    """A control over some days, oldest first."""

    control: Control
    days: Sequence[Day]

    @property
    def last(self) -> Day:
        """The newest day: what holds."""
        return self.days[-1]

    @property
    def words(self) -> str:
        """'met on 20 days, not met on 3, unknown on 8'."""
        counts = Counter(day.verdict for day in self.days)
        found = [(word, counts[word]) for word in (MET, NOT_MET, UNKNOWN) if counts[word]]
        first = found[0]
        said = [f"{first[0]} on {first[1]} day{'' if first[1] == 1 else 's'}"]
        return ", ".join(said + [f"{word} on {number}" for word, number in found[1:]])


def statements(
    who: Viewer, window: Window, now: datetime, names: Sequence[str] = tuple(CONTROLS)
) -> list[Statement]:
    """These controls over the days of a window. One query."""
    rows = ControlDay.objects.visible_to(who).filter(
        day__range=(window.first, window.last), control__in=names
    )
    found = {(row.control, row.day): row for row in rows.defer(*HEAVY)}
    return [
        Statement(CONTROLS[name], [day_of(found.get((name, day)), day, now) for day in window.days])
        for name in names
    ]


def day_of(row: ControlDay | None, day: date, now: datetime) -> Day:
    """A result as it may be believed."""
    return Day(day, row.shown(now) if row else UNKNOWN, row)


def counts(found: Sequence[Statement]) -> Mapping[str, int]:
    """How many statements have each verdict on the newest day: met, not_met, unknown."""
    told = Counter(one.last.verdict for one in found)
    return {"met": told[MET], "not_met": told[NOT_MET], "unknown": told[UNKNOWN]}


def facts_of(row: ControlDay) -> list[dict[str, Any]]:
    """Its facts with times."""
    return [
        {**fact, "at": codec.time_from_text(fact["at"]) if fact.get("at") else None}
        for fact in row.facts
    ]


def notes_of(row: ControlDay) -> list[dict[str, Any]]:
    """Its notes with times."""
    return [{**note, "at": codec.time_from_text(note["at"])} for note in row.notes]
