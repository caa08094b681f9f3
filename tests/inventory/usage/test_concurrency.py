"""Two writers at once, over real connections: as if there had been one."""

import random
import threading

import pytest
from django.db import connection, transaction

from inventory.models import ResourceName, TrailObject, UsageResource
from inventory.usage import dimensions, sessions
from inventory.usage.counting import count_objects
from inventory.usage.dimensions import RESOURCE_NAMES
from inventory.usage.joining import join_sessions
from inventory.usage.retention import drop_names
from tests.inventory.usage.story import Story
from tests.inventory.usage.telling import NOW, everything, nothing_counted, read, totals, waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
STORY = Story(seed=2)
OBJECTS = STORY.objects(size=5)


@pytest.fixture(autouse=True)
def nothing_remembered():
    dimensions.forget()
    sessions.forget()
    yield
    dimensions.forget()
    sessions.forget()


def writers(*tasks):
    """Runs each in a thread of its own, at once; an exception of any is raised."""
    start, problems = threading.Barrier(len(tasks)), []

    def run(task):
        try:
            start.wait(timeout=30)
            task()
        except BaseException as problem:  # noqa: BLE001 - handed on to the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    if problems:
        raise problems[0]


def counting(rows, seed):
    """Counts these objects in small batches of a random order."""
    order = random.Random(seed).sample(rows, len(rows))

    def task():
        for start in range(0, len(order), 3):
            some = order[start : start + 3]
            count_objects([(row, read(records)) for row, records in some], now=NOW)

    return task


@pytest.mark.parametrize("seed", range(3))
def test_two_writers_of_the_same_days_count_as_one_would(seed):
    count_objects([(waiting(), read(records)) for records in OBJECTS], now=NOW)
    expected = everything()
    nothing_counted()
    rows = [(waiting(), records) for records in OBJECTS]
    writers(counting(rows[::2], seed), counting(rows[1::2], seed + 100))
    join_sessions(now=NOW)
    assert totals() == STORY.done
    assert everything() == expected


def test_two_writers_with_the_same_objects_count_them_once():
    rows = [(waiting(), records) for records in OBJECTS]
    writers(counting(rows, 1), counting(rows, 2))
    assert totals() == STORY.done
    assert not TrailObject.objects.exclude(state="done").exists()


def test_counts_never_reach_an_actor_whose_counts_have_moved():
    rows = [(waiting(), records) for records in OBJECTS]

    def joining():
        for _ in range(40):
            join_sessions(now=NOW)

    writers(counting(rows[::2], 3), counting(rows[1::2], 4), joining)
    join_sessions(now=NOW)
    assert totals() == STORY.done


@pytest.mark.parametrize("seed", range(3))
def test_names_are_dropped_while_others_count_and_nothing_refers_to_one_that_is_gone(seed):
    names = [f"arn:aws:s3:::bucket-{number}" for number in range(20)]
    with transaction.atomic():
        RESOURCE_NAMES.ids_of(names)
    choose = random.Random(seed).choice
    naming = [
        [event | {"resources": [{"ARN": choose(names)}]} for event in records]
        for records in OBJECTS
    ]
    rows = [(waiting(), records) for records in naming]

    def dropping():
        for _ in range(40):
            drop_names()

    writers(counting(rows[::2], seed), counting(rows[1::2], seed + 100), dropping)
    assert totals() == STORY.done
    used = set(UsageResource.objects.values_list("resource_id", flat=True))
    assert used
    assert used <= set(ResourceName.objects.values_list("pk", flat=True))
