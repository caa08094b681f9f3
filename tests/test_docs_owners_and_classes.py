"""Every rule, point and threshold of owners and classes stands in its page, with its number."""

from pathlib import Path

import pytest

from migrations_plan.rules import classify, name_forms, owners, patterns, rhythm, strands, targets
from migrations_plan.rules.class_facts import DORMANT, HUMAN, MIXED, UNKNOWN, WORKLOAD
from migrations_plan.rules.leavers import AFTER, PERIODS

TEXT = (Path(__file__).parents[1] / "docs" / "owners-and-classes.md").read_text(encoding="utf-8")
LINES = TEXT.splitlines()


@pytest.mark.parametrize(("name", "points"), owners.POINTS.items())
def test_every_kind_of_evidence_of_an_owner_has_its_line_and_its_points(name, points):
    assert [line.endswith(f"| {points} |") for line in LINES if line.startswith(f"| `{name}`")] == [
        True
    ]


def in_words(value):
    """As the page writes it: shares in percent or as half."""
    if isinstance(value, float):
        return {f"{value:.0%}".replace("%", " %"), "half"}
    return {str(value)}


THRESHOLDS = [
    (module.__name__.rsplit(".", 1)[1], name, value)
    for module in (rhythm, strands, classify)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, int | float)
]
# Of the clock and of the calendar, or said in the sentence of another.
OBVIOUS = {"DAY_HOURS", "DAY_MINUTES", "WEEKEND", "LEAST_WEEKENDS"}


@pytest.mark.parametrize(("module", "name", "value"), THRESHOLDS)
def test_every_threshold_of_classes_stands_in_the_page_beside_its_number(module, name, value):
    if name in OBVIOUS:
        return
    place = TEXT.find(f"`{name}`")

    assert place > 0, f"{module}.{name}"
    near = " ".join(TEXT[max(place - 160, 0) : place + 160].split())
    assert any(word in near for word in in_words(value)), f"{module}.{name} = {value}"


@pytest.mark.parametrize("word", [*patterns.TITLES, HUMAN, WORKLOAD, MIXED, DORMANT, UNKNOWN])
def test_every_pattern_and_every_class_stands_in_the_page(word):
    assert f"`{word}`" in TEXT or f"| {word}" in TEXT or f", {word} |" in TEXT


def test_the_other_numbers_stand_there_too():
    for number in (owners.LEAST_SCORE, owners.SURE, owners.MOST_NAMESAKES, owners.MOST_SUGGESTIONS):
        assert f" {number}" in TEXT
    assert f"{name_forms.LEAST_TYPO} letters or more" in TEXT
    assert f"{targets.MOST_SETS} sets" in TEXT
    assert all(str(number) in TEXT for number in (*PERIODS, *AFTER))
