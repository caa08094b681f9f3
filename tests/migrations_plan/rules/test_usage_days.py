"""Days, gaps and the chart: what was not read is never drawn or counted as none."""

from datetime import date

import pytest

from migrations_plan.rules.usage_chart import LEAST_BAR, LEAST_GAP, SERIES, SMALL, chart, words
from migrations_plan.rules.usage_days import (
    MOST_DAYS,
    DayCoverage,
    UsageDay,
    Window,
    gaps,
    last_days,
    window,
)

TODAY = date(2026, 11, 22)
WHOLE = DayCoverage(expected=4, whole=4, closed=True)
PART = DayCoverage(expected=4, whole=2, partly=1, closed=True)
DARK = DayCoverage(expected=4, closed=True)


def test_the_last_seven_days_are_seven_that_are_over_and_today():
    found = last_days(7, TODAY)

    assert (found.first, found.last) == (date(2026, 11, 15), TODAY)
    assert (len(found.days), len(found.over)) == (8, 7)
    assert (found.before[0], found.before[-1]) == (date(2026, 11, 8), date(2026, 11, 14))
    assert found.words == "in the last 7 days"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, (date(2026, 10, 23), TODAY)),
        (date(2026, 11, 1), date(2026, 11, 3), (date(2026, 11, 1), date(2026, 11, 3))),
        (date(2026, 11, 1), date(2030, 1, 1), (date(2026, 11, 1), TODAY)),
        (date(2026, 11, 9), date(2026, 11, 3), (date(2026, 10, 4), date(2026, 11, 3))),
        (date(2029, 1, 1), None, (date(2026, 10, 23), TODAY)),
    ],
)
def test_a_window_always_makes_sense(first, last, expected):
    found = window(first, last, TODAY)

    assert (found.first, found.last) == expected


def test_a_window_has_an_end():
    assert len(window(date(2001, 1, 1), None, TODAY).days) == MOST_DAYS


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (TODAY, TODAY, "on 2026-11-22"),
        (date(2026, 11, 1), date(2026, 11, 3), "from 2026-11-01 to 2026-11-03"),
        (date(2026, 8, 24), TODAY, "in the last 90 days"),
    ],
)
def test_a_window_in_words(first, last, text):
    assert Window(first, last, TODAY).words == text


@pytest.mark.parametrize(
    ("coverage", "events", "number", "at_least"),
    [
        (WHOLE, {}, 0, False),
        (WHOLE, {"old": 3}, 3, False),
        (PART, {}, None, True),
        (PART, {"old": 3}, 3, True),
        (DARK, {}, None, True),
        (DARK, {"old": 3}, 3, True),
        (DayCoverage(), {}, None, True),
    ],
)
def test_none_counted_is_none_only_where_all_was_read(coverage, events, number, at_least):
    day = UsageDay(TODAY, events, coverage=coverage)

    assert (day.number("old"), day.at_least) == (number, at_least)


@pytest.mark.parametrize(
    ("rows", "text", "whole"),
    [
        ([WHOLE], "", True),
        ([], "nothing was read", False),
        ([DayCoverage(3, 2)], "1 account-day was not read", False),
        ([DARK, WHOLE], "4 account-days were not read", False),
        ([DayCoverage(3, 2, 1)], "1 account-day was read only in part", False),
        ([PART, PART], "2 account-days were not read and 2 only in part", False),
    ],
)
def test_gaps_in_words(rows, text, whole):
    found = gaps(rows)

    assert (found.words, found.whole) == (text, whole)


def days(*rows):
    return [
        UsageDay(date(2026, 11, 1 + i), events, coverage=coverage)
        for i, (events, coverage) in enumerate(rows)
    ]


def test_a_day_that_was_not_read_is_a_gap_of_full_height_and_no_bar():
    [old, *_] = chart(days(({"old": 5}, WHOLE), ({}, DARK), ({}, WHOLE))).panels

    assert len(old.bars) == 1
    [gap] = old.gaps
    assert gap.height == 84
    assert gap.title == "2026-11-02, old path: unknown; read: nothing"


def test_a_gap_is_as_high_as_the_part_that_was_not_read():
    one_of_many = DayCoverage(expected=500, whole=499, closed=True)
    [old, *_] = chart(days(({"old": 5}, PART), ({"old": 5}, one_of_many))).panels

    assert [gap.height for gap in old.gaps] == [42, LEAST_GAP]
    assert len(old.bars) == 2


def test_people_on_both_paths_share_a_scale_and_workloads_have_their_own():
    made = chart(days(({"old": 1, "new": 1000, "workload": 1_000_000}, WHOLE)))
    heights = [panel.bars[0].height for panel in made.panels]

    assert heights == [LEAST_BAR, 84, 84]
    assert made.panels[0].highest == "most on a day: 1"


def test_a_day_that_is_not_closed_says_so_far():
    [day] = days(({"old": 1}, DayCoverage(expected=1, whole=1)))

    assert words(day, SERIES[0]) == "2026-11-01, old path: 1 call, so far"


def test_the_chart_says_in_words_what_it_shows():
    made = chart(days(({"old": 1200}, WHOLE), ({}, DARK), ({"new": 7}, PART)))

    assert made.desc == (
        "Calls per day from 2026-11-01 to 2026-11-03. Old path: at least 1,200 calls. New path: "
        "at least 7 calls. Workloads: none seen, not all read. Days not read: 1; only in part: 1."
    )


@pytest.mark.parametrize("number", [0, 1, 2, 8, 184])
def test_everything_lies_inside_the_drawing(number):
    rows = [({"old": i, "new": 2 * i}, PART if i % 3 else WHOLE) for i in range(number)]
    many = [
        UsageDay(date.fromordinal(TODAY.toordinal() + i), e, coverage=c)
        for i, (e, c) in enumerate(rows)
    ]
    for shape in (None, SMALL):
        made = chart(many, shape=shape)
        boxes = [box for panel in made.panels for box in (*panel.bars, *panel.gaps)]
        assert all(0 <= box.x <= box.x + box.width <= made.width + 0.1 for box in boxes)
        assert all(0 <= box.y <= box.y + box.height <= made.height for box in boxes)
        assert len({tick.text for tick in made.ticks}) == len(made.ticks)
