"""docs/coverage.md names what exists, and everything of the templates that the stories brought."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from inventory.sources import SOURCE_BY_NAME
from migrations_plan import urls
from migrations_plan.artefacts.catalogue import catalogue
from migrations_plan.artefacts.plan_content import CHOICES
from migrations_plan.artefacts.plan_gates import FACT_GATES, PERSON, PERSON_GATES
from migrations_plan.artefacts.plan_template import SETTINGS, SOURCES, plan_templates
from migrations_plan.rules import accounts, class_facts, staleness
from migrations_plan.rules.controls import CONTROLS
from migrations_plan.rules.states import STATES
from migrations_plan.rules.thresholds import Thresholds

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ARTEFACTS = ROOT / "migrations_plan" / "artefacts"


def rows() -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Story, what it says, and the references of each row."""
    for story, said, carried in re.findall(r"^\| (\d{3}) \| (.*?) \| (.*) \|$", TEXT, re.M):
        found = [one.strip().strip("`").split(" ", 1) for one in carried.split(",")]
        yield story, said, [(one[0], one[-1]) for one in found]


ROWS = list(rows())
NAMED = {reference for _, _, references in ROWS for reference in references}


def artefacts() -> set[str]:
    """MODULE.NAME of every public function and class of the pure texts."""
    return {
        f"{path.stem}.{node.name}"
        for path in ARTEFACTS.glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }


def rules() -> set[str]:
    listed = (staleness.RULES, accounts.ROOT_RULES, accounts.ACCOUNT_RULES)
    return {one.name for of_kind in listed for one in of_kind}


def variables() -> set[str]:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)`", text, re.M))


def templates() -> Iterator[str]:
    return (one.name for one in plan_templates())


def items() -> set[str]:
    return {f"{one.name}/{item.name}" for one in plan_templates() for item in one.items}


def classes() -> set[str]:
    names = ("HUMAN", "WORKLOAD", "MIXED", "DORMANT", "UNKNOWN")
    return {str(getattr(class_facts, name)) for name in names}


def pages() -> set[str]:
    return {one.name for one in importlib.import_module(urls.__name__).urlpatterns}


def records() -> set[str]:
    return {one.__name__ for one in apps.get_app_config("migrations_plan").get_models()}


def commands() -> set[str]:
    return {name for name, app in get_commands().items() if app in ("inventory", "migrations_plan")}


KNOWN = {
    "template": set(templates()),
    "item": items(),
    "gate": set(FACT_GATES),
    "readiness": set(PERSON_GATES),
    "setting": {*SETTINGS, *CHOICES},
    "threshold": set(Thresholds.__dataclass_fields__),
    "variable": variables(),
    "set": {f"{one.source}/{one.name}" for one in catalogue()},
    "rule": rules(),
    "control": set(CONTROLS),
    "state": set(STATES),
    "class": classes(),
    "artefact": artefacts(),
    "page": pages(),
    "command": commands(),
    "source": set(SOURCE_BY_NAME),
    "record": records(),
}
# What no row may leave out: it came from the stories.
TOLD = ("template", "item", "gate", "readiness", "setting", "set", "control")


@pytest.mark.parametrize("kind", KNOWN)
def test_every_reference_exists(kind):
    named = {name for one, name in NAMED if one == kind}

    assert named - KNOWN[kind] == set()


def test_every_reference_is_of_a_kind_that_the_page_explains():
    explained = TEXT.split("\n## ", 1)[0]
    kinds = set(re.findall(r"`([a-z]+) [A-Z/.]+`", explained))

    assert {kind for kind, _ in NAMED} <= kinds == set(KNOWN)


@pytest.mark.parametrize("kind", TOLD)
def test_nothing_that_a_story_brought_is_left_out(kind):
    named = {name for one, name in NAMED if one == kind}

    assert KNOWN[kind] - named == set()


def test_gates_of_items_are_those_that_rows_name():
    """An item may hang on gates that were never judged by name elsewhere."""
    hung = {gate for one in plan_templates() for item in one.items for gate in item.gates}
    named = {name for kind, name in NAMED if kind == "gate"}
    named |= {f"{PERSON}{name}" for kind, name in NAMED if kind == "readiness"}

    assert hung - named == set()


def test_every_table_row_was_understood():
    """A row with a cell too many, or a story that is none, would be skipped without a word."""
    body = TEXT.split("\n## ", 1)[1]
    lines = [line for line in body.splitlines() if line.startswith("| ")]
    lines = [line for line in lines if not line.startswith("| story ")]

    assert len(lines) == len(ROWS)
    assert {story for story, _, _ in ROWS} == set(SOURCES)


def test_every_row_says_something_and_names_something():
    for _, said, references in ROWS:
        assert said.endswith(".")
        assert references
        assert all(kind and name for kind, name in references)


def test_no_rule_stands_twice_in_the_same_words():
    said = [(story, words) for story, words, _ in ROWS]

    assert len(said) == len(set(said))
