"""How long after people left what they held still opened something."""

from datetime import UTC, date, datetime, timedelta

import pytest

from migrations_plan.rules.leavers import Held, Left, measure

TODAY = date(2026, 11, 30)
LEFT = TODAY - timedelta(days=60)
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def ended(days, seen=BEFORE):
    """So many days after they left, in the evening."""
    at = datetime.combine(LEFT, datetime.min.time(), UTC) + timedelta(days=days, hours=20)
    return Held(False, at, seen)


OPEN, UNKNOWN = Held(True, None, BEFORE), Held(None, None, BEFORE)
UNSEEN = Held(False, None, BEFORE)
LATE = Held(False, None, datetime(2026, 11, 20, tzinfo=UTC))


def left(*held, on=LEFT, whole=True):
    return Left(on, held, whole)


@pytest.mark.parametrize(
    ("held", "days", "answer"),
    [
        ((), 1, True),
        ((ended(1),), 1, True),
        ((ended(2),), 1, False),
        ((ended(2),), 7, True),
        ((ended(-9),), 1, True),
        ((OPEN,), 30, False),
        ((UNKNOWN,), 30, None),
        ((UNKNOWN, OPEN), 30, False),
        ((UNSEEN,), 1, True),
        ((LATE,), 1, None),
        ((LATE,), 60, True),
    ],
)
def test_clean_means_that_nothing_opened_anything_any_more(held, days, answer):
    assert left(*held).clean_after(days) is answer


def test_who_was_not_read_whole_or_left_at_a_time_nobody_knows_is_never_clean():
    assert left(whole=False).clean_after(1) is None
    assert left(OPEN, whole=False).clean_after(1) is False
    assert left(on=None).clean_after(1) is None


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        ((ended(3), ended(9)), 9),
        ((ended(-2),), 0),
        ((ended(3), OPEN), None),
        ((ended(3), UNSEEN), None),
        ((), None),
    ],
)
def test_days_to_removal_need_every_end_to_be_seen(held, answer):
    assert left(*held).days_to_removal() == answer


def test_the_share_counts_whom_it_is_known_of_and_leaves_out_who_left_too_lately():
    people = [left(ended(2)), left(OPEN), left(UNKNOWN), left(OPEN, on=TODAY), left(on=None)]

    found = measure(people, TODAY)
    week = next(one for one in found.shares if (one.period, one.days) == (90, 7))

    assert (week.people, week.clean, week.unknown, week.percent) == (3, 1, 1, "50 %")
    assert found.median_days == 2
    assert (found.ends, found.undated) == (1, 1)


def test_of_nobody_nothing_is_said():
    found = measure([left(UNKNOWN)], TODAY)

    assert {one.percent for one in found.shares} == {None}
    assert found.median_days is None
