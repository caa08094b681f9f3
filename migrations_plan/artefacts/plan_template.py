"""Plan templates: days, items, who, why and how each is verified, as data in version control.

Source: the TOML files in plan_templates/, which people can read and change. An item is automatic
(gates over facts, which open and close by themselves), manual (somebody confirms a sentence), or
mixed. `after` names items that must be done before: nobody is disabled while something required is
open.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrations_plan.artefacts.plan_gates import known
from migrations_plan.artefacts.toml_reading import PlanDataError, Table
from migrations_plan.rules.plan_calendar import CALENDAR, WORKING

FOLDER = Path(__file__).parent / "plan_templates"
TEMPLATES = ("one-week", "four-weeks", "retire-an-admin-user")
AUTOMATIC, MANUAL, MIXED = "automatic", "manual", "mixed"
WHO = ("lead", "operator", "reviewers", "volunteer", "everyone", "on-call", "auditor")
# What an item is repeated for; plan: it stands once.
PER = ("plan", "person", "user", "account", "permission-set", "workload")
SOURCES = ("000", "003", "004")
# The numbers that a template may set, each with the least and the most that makes sense.
SETTINGS: Mapping[str, tuple[int, int]] = {
    "parallel_hours": (48, 720),
    "session_hours": (1, 12),
    "volunteers": (1, 10),
    "org_admins_least": (1, 10),
    "org_admins_most": (1, 10),
    "reviewers": (1, 10),
    "production_reviewers": (1, 10),
    "review_days": (1, 366),
    "unused_days": (1, 366),
    "break_glass_hours": (1, 12),
    "break_glass_uses_seen": (0, 1000),
    "exempt_roles": (0, 1),
    "regression_days": (1, 31),
    "trail_dollars_month": (0, 1_000_000),
    "root_keys": (0, 0),
}
MOST_OFFSET = 366


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do. gates: all must pass. confirm: what somebody says is so, by hand.

    per: what it is repeated for. after: names of items that come before. source: whose rule it is.
    """

    name: str
    title: str
    who: str
    why: str
    verified: str
    gates: tuple[str, ...]
    confirm: str
    per: str
    after: tuple[str, ...]
    optional: bool
    source: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the plan. offset: working begins on day 0; before it is -1."""

    name: str
    title: str
    offset: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A whole template. counts: whether offsets are working days or days of the calendar. settings:
    numbers that the plan begins with."""

    name: str
    title: str
    about: str
    source: str
    counts: str
    settings: Mapping[str, int]
    days: tuple[Day, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for day in self.days for item in day.items)


def plan_templates() -> tuple[Template, ...]:
    """All templates that the portal brings, in the order in which they are offered."""
    return tuple(
        load_template((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), name=name)
        for name in TEMPLATES
    )


def load_template(text: str, *, name: str) -> Template:
    """Reads a template. Raises PlanDataError with file, item and reason."""
    file = f"{name}.toml"
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise PlanDataError(file, "", f"is not TOML: {problem}") from None
    table = Table(file, "", raw)
    template = Template(
        name,
        table.text("title"),
        table.text("about"),
        table.choice("source", SOURCES),
        table.choice("counts", (WORKING, CALENDAR)),
        _settings(Table(file, "settings", table.rest("settings"))),
        tuple(_day(file, number, day) for number, day in enumerate(table.tables("day"), 1)),
    )
    table.done()
    _check_order(file, template)
    return template


def _settings(table: Table) -> Mapping[str, int]:
    found = {}
    for name, (least, most) in SETTINGS.items():
        number = table.number(name, default=least - 1)
        if least <= number <= most:
            found[name] = number
        elif number != least - 1:
            raise table.error(f"{name!r} is {number}, which is not between {least} and {most}")
    table.done()
    if found.get("org_admins_least", 0) > found.get("org_admins_most", MOST_OFFSET):
        raise table.error("'org_admins_least' is more than 'org_admins_most'")
    return found


def _day(file: str, number: int, raw: object) -> Day:
    table = Table(file, f"day {number}", raw)
    name = table.text("name")
    table.item = f"day {name}"
    title, offset = table.text("title"), table.number("offset")
    if not -MOST_OFFSET <= offset <= MOST_OFFSET:
        raise table.error(f"'offset' is {offset}, which is more than a year away")
    items = tuple(
        _item(file, name, position, item) for position, item in enumerate(table.tables("item"), 1)
    )
    table.done()
    return Day(name, title, offset, items)


def _item(file: str, day: str, number: int, raw: object) -> Item:
    table = Table(file, f"item {number} of {day}", raw)
    name = table.text("name")
    table.item = f"item {name}"
    item = Item(
        name=name,
        title=table.text("title"),
        who=table.choice("who", WHO),
        why=table.text("why"),
        verified=table.choice("verified", (AUTOMATIC, MANUAL, MIXED)),
        gates=table.texts("gates"),
        confirm=table.text("confirm", default=""),
        per=table.choice("per", PER, default="plan"),
        after=table.texts("after"),
        optional=table.flag("optional"),
        source=table.choice("source", SOURCES),
    )
    table.done()
    _check_verification(table, item)
    return item


def _check_verification(table: Table, item: Item) -> None:
    for gate in item.gates:
        if not known(gate):
            raise table.error(f"there is no gate {gate!r}")
    if bool(item.gates) is (item.verified == MANUAL):
        raise table.error(f"is {item.verified}, with {len(item.gates)} gates")
    if bool(item.confirm) is (item.verified == AUTOMATIC):
        said = "a sentence" if item.confirm else "no sentence"
        raise table.error(f"is {item.verified}, with {said} to confirm")


def _check_order(file: str, template: Template) -> None:
    """Names stand once, days go forward, and an item waits only for what stands before it."""
    offsets = [day.offset for day in template.days]
    if offsets != sorted(offsets):
        raise PlanDataError(file, "", "its days do not go forward")
    days: set[str] = set()
    items: set[str] = set()
    for day in template.days:
        if day.name in days:
            raise PlanDataError(file, f"day {day.name}", "stands twice")
        days.add(day.name)
        for item in day.items:
            if item.name in items:
                raise PlanDataError(file, f"item {item.name}", "stands twice")
            for before in item.after:
                if before not in items:
                    reason = f"waits for {before!r}, which does not stand before it"
                    raise PlanDataError(file, f"item {item.name}", reason)
            items.add(item.name)
