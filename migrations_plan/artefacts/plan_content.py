"""What of a plan may be edited: days with dates, items, numbers, choices and owners; as JSON.

Pure. Made from a template (plan_template), then changed by leads; validated whenever it is read
from a form.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from migrations_plan.artefacts.plan_template import SETTINGS, WHO, Item, Template
from migrations_plan.rules.plan_calendar import Calendar, day_of, moved

# The gate whose day is the day of the cutover.
CUTOVER_GATE = "keys-inactive"
CHOICES: Mapping[str, tuple[str, ...]] = {
    "guardrail_at": ("root", "units"),
    "break_glass": ("both", "permission-set", "independent-role"),
}
CHOSEN_FIRST = {
    "004": {"guardrail_at": "units", "break_glass": "both"},
    "000": {"guardrail_at": "root", "break_glass": "both"},
    "003": {"guardrail_at": "root", "break_glass": "independent-role"},
}


class ContentError(ValueError):
    """A plan that cannot be. str() is one sentence."""


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day of a plan. on: its date in the plan's zone."""

    name: str
    title: str
    on: date
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything of a plan but its waves. owners: who does what, by the words of plan_template.WHO;
    item_owners: by item, where one differs."""

    template: str
    settings: Mapping[str, int]
    choices: Mapping[str, str]
    owners: Mapping[str, str]
    item_owners: Mapping[str, str]
    days: tuple[PlannedDay, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for day in self.days for item in day.items)

    def item(self, name: str) -> Item:
        """Raises KeyError."""
        return {item.name: item for item in self.items}[name]

    def day_of_item(self, name: str) -> PlannedDay:
        """The day on which an item stands. Raises KeyError."""
        return {item.name: day for day in self.days for item in day.items}[name]

    def owner(self, item: Item) -> str:
        """Who does it, by name where that was said; else the word of the template."""
        return self.item_owners.get(item.name) or self.owners.get(item.who) or item.who

    @property
    def cutover_day(self) -> PlannedDay:
        """The first day with the cutover's gate; the last day of a plan without."""
        for day in self.days:
            if any(CUTOVER_GATE in item.gates for item in day.items):
                return day
        return self.days[-1]

    def as_json(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {
            "template": self.template,
            "settings": dict(self.settings),
            "choices": dict(self.choices),
            "owners": dict(self.owners),
            "item_owners": dict(self.item_owners),
            "days": [
                {
                    "name": day.name,
                    "title": day.title,
                    "on": day.on.isoformat(),
                    "items": [asdict(item) for item in day.items],
                }
                for day in self.days
            ],
        }


def from_template(template: Template, start: date, on: Calendar) -> Content:
    """A template's days on dates, with its numbers, and the choices of its story."""
    days = tuple(
        PlannedDay(day.name, day.title, day_of(start, day.offset, template.counts, on), day.items)
        for day in template.days
    )
    return Content(
        template.name, dict(template.settings), CHOSEN_FIRST[template.source], {}, {}, days
    )


def from_json(kept: Mapping[str, Any]) -> Content:
    """What as_json gave."""
    days = tuple(
        PlannedDay(
            day["name"],
            day["title"],
            date.fromisoformat(day["on"]),
            tuple(_item(item) for item in day["items"]),
        )
        for day in kept["days"]
    )
    return Content(
        kept["template"],
        kept["settings"],
        kept["choices"],
        kept["owners"],
        kept["item_owners"],
        days,
    )


def _item(kept: Mapping[str, Any]) -> Item:
    return Item(**{**kept, "gates": tuple(kept["gates"]), "after": tuple(kept["after"])})


def shifted(content: Content, from_day: date, days: int, on: Calendar) -> Content:
    """Everything from a date on, so many working days later, or earlier."""
    changed = tuple(replace(day, on=moved(day.on, from_day, days, on)) for day in content.days)
    return checked(replace(content, days=changed))


def checked(content: Content) -> Content:
    """The same, when it can be. Raises ContentError."""
    dates = [day.on for day in content.days]
    if dates != sorted(dates):
        raise ContentError("The days of a plan go forward: one would come before the day above it.")
    for name, number in content.settings.items():
        least, most = SETTINGS[name]
        if not least <= number <= most:
            raise ContentError(f"{name} is {number}: it goes from {least} to {most}.")
    for name, choice in content.choices.items():
        if choice not in CHOICES[name]:
            raise ContentError(f"{name} is {choice!r}: it is one of {', '.join(CHOICES[name])}.")
    for who in content.owners:
        if who not in WHO:
            raise ContentError(f"Nobody in a plan is called {who!r}.")
    return content
