"""Any order of objects, any split in batches, any repetition: the same rows."""

import random
from datetime import timedelta

import pytest

from inventory.models import UsageCorrection, UsageCoverage
from inventory.usage.counting import count_objects
from tests.inventory.usage.story import Story
from tests.inventory.usage.telling import (
    DAY,
    NOW,
    everything,
    nothing_counted,
    read,
    totals,
    waiting,
)

pytestmark = pytest.mark.django_db
STORY = Story()
OBJECTS = STORY.objects()


def count_in(order, batches, *, now=NOW):
    """Counts the objects in this order, in batches of these sizes."""
    left = list(order)
    while left:
        size = batches()
        some, left = left[:size], left[size:]
        count_objects([(waiting(day=DAY), read(OBJECTS[place])) for place in some], now=now)


def in_order():
    count_in(range(len(OBJECTS)), lambda: len(OBJECTS))
    return everything()


def test_each_action_is_counted_once_for_whoever_did_it():
    in_order()
    assert totals() == STORY.done


@pytest.mark.parametrize(
    "part", [0, 1, *(pytest.param(part, marks=pytest.mark.nightly) for part in (2, 3))]
)
def test_twenty_orders_and_splits_end_in_the_same_rows(part):
    expected = in_order()
    for seed in range(part * 5, part * 5 + 5):
        nothing_counted()
        chance = random.Random(seed)
        order = chance.sample(range(len(OBJECTS)), len(OBJECTS))
        count_in(order, lambda chance=chance: chance.choice([1, 1, 2, 5, 20]))
        assert everything() == expected


def test_importing_everything_again_in_another_order_changes_only_the_objects_read():
    expected = in_order()
    count_in(reversed(range(len(OBJECTS))), lambda: 4)
    found = everything()
    assert {name for name in found if found[name] != expected[name]} == {"coverage"}
    assert totals() == STORY.done


@pytest.mark.parametrize("late_by", [1, 3, 29])
def test_late_objects_end_in_the_same_rows_and_leave_corrections_of_closed_days(late_by):
    expected = in_order()
    nothing_counted()
    late = set(random.Random(late_by).sample(range(len(OBJECTS)), 6))
    count_in([place for place in range(len(OBJECTS)) if place not in late], lambda: 8)
    before = totals()
    UsageCoverage.objects.update(closed_at=NOW)
    count_in(sorted(late), lambda: 2, now=NOW + timedelta(days=late_by))
    assert everything() == expected
    added = sum(totals().values()) - sum(before.values())
    net = UsageCorrection.objects.exclude(reason="joined").values_list("events", flat=True)
    assert sum(net) == added
