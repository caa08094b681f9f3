"""Working days, holidays, and how a plan's days fall and move."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_plan.rules.plan_calendar import (
    CALENDAR,
    WORKING,
    CalendarError,
    calendar,
    day_of,
    moved,
)

WEEK = range(5)
CHRISTMAS = date(2026, 12, 25)
BERLIN = calendar("Europe/Berlin", WEEK, [CHRISTMAS])
MONDAY, WEDNESDAY, SATURDAY = date(2026, 11, 30), date(2026, 12, 2), date(2026, 12, 5)
DATES = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("start", "offset", "counts", "day"),
    [
        (MONDAY, 0, WORKING, MONDAY),
        (MONDAY, -1, WORKING, date(2026, 11, 27)),
        (MONDAY, 4, WORKING, date(2026, 12, 4)),
        (WEDNESDAY, 3, WORKING, date(2026, 12, 7)),
        (SATURDAY, 0, WORKING, date(2026, 12, 7)),
        (date(2026, 12, 24), 1, WORKING, date(2026, 12, 28)),
        (MONDAY, 7, CALENDAR, date(2026, 12, 7)),
        (MONDAY, 5, CALENDAR, date(2026, 12, 7)),
        (date(2026, 12, 18), 7, CALENDAR, date(2026, 12, 28)),
        (MONDAY, -1, CALENDAR, date(2026, 11, 27)),
    ],
)
def test_days_of_a_template_fall_on_working_days(start, offset, counts, day):
    assert day_of(start, offset, counts, BERLIN) == day


def test_what_lies_before_the_shift_stays():
    assert moved(MONDAY, WEDNESDAY, 3, BERLIN) == MONDAY
    assert moved(WEDNESDAY, WEDNESDAY, 3, BERLIN) == date(2026, 12, 7)
    assert moved(date(2026, 12, 7), WEDNESDAY, -1, BERLIN) == date(2026, 12, 4)


@given(DATES, st.integers(-60, 60))
def test_going_and_coming_back_over_working_days_ends_where_it_began(day, count):
    day = BERLIN.next_working(day)

    assert BERLIN.after(BERLIN.after(day, count), -count) == day


@given(DATES, st.integers(0, 60))
def test_between_counts_what_after_walked(day, count):
    day = BERLIN.next_working(day)

    assert BERLIN.between(day, BERLIN.after(day, count)) == count
    assert BERLIN.between(BERLIN.after(day, count), day) == -count


@given(DATES, DATES, st.integers(-30, 30), DATES)
def test_a_shift_keeps_the_order_of_days_that_move(one, other, days, from_day):
    early, late = sorted((one, other))
    if early < from_day:
        return

    assert moved(early, from_day, days, BERLIN) <= moved(late, from_day, days, BERLIN)


def test_the_date_and_the_hour_are_of_the_plans_zone():
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)

    assert BERLIN.date_of(late) == date(2026, 12, 1)
    assert BERLIN.instant(MONDAY, time(18)) == datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe/Berlin\n"])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(CalendarError, match="There is no time zone"):
        calendar(zone, WEEK, [])


@pytest.mark.parametrize("days", [[], [7], [0, -1]])
def test_a_week_without_working_days_is_refused(days):
    with pytest.raises(CalendarError, match="at least one working day"):
        calendar("UTC", days, [])


def test_holidays_for_ever_are_refused_in_a_sentence():
    endless = [date.fromordinal(MONDAY.toordinal() + 7 * n) for n in range(600)]

    with pytest.raises(CalendarError, match="leave no working day"):
        calendar("UTC", [0], endless).next_working(MONDAY)
