"""Burn-down with an honest range, days of a gate, and the chart that is drawn from the table."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_plan.rules.burn_down import LEAST_DAYS, Point, burn_down
from migrations_plan.rules.history import Kept, last_days, strip
from migrations_plan.rules.progress_chart import PANEL, ProgressPoint, chart

DAY = timedelta(days=1)
FIRST = date(2026, 11, 1)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def points(*left):
    return [Point(FIRST + place * DAY, number) for place, number in enumerate(left)]


@pytest.mark.parametrize(
    ("left", "words", "middle"),
    [
        ((), "No day was judged yet.", None),
        ((47,), "Not enough days for a date: 1 were judged", None),
        ((47, 45, 43, 41), "Not enough days for a date: 4 were judged", None),
        ((20, 18, 16, 14, 12), "12 are left; at the pace of 5 days", date(2026, 11, 11)),
        ((20, 20, 20, 20, 20), "No end in sight: 20 are left", None),
        ((10, 12, 14, 16, 18), "No end in sight", None),
        ((3, 2, 1, 0), "Nobody is left", None),
        ((10_000, 10_000, 10_000, 9_999, 9_999), "No end in sight", None),
    ],
)
def test_a_date_is_named_only_where_the_days_show_one(left, words, middle):
    found = burn_down(points(*left))

    assert found.words.startswith(words)
    assert found.middle == middle


def test_the_range_is_that_of_the_better_and_the_worse_days():
    found = burn_down(points(30, 30, 27, 26, 20, 20, 18))

    assert found.early
    assert found.middle
    assert found.late
    assert found.early < found.middle <= found.late
    assert str(found.early) in found.words
    assert str(found.late) in found.words


def test_where_the_worse_days_never_end_nobody_names_a_last_day():
    found = burn_down(points(20, 19, 19, 19, 15, 15, 15, 15, 14, 14, 14))

    assert found.middle
    assert found.late is None or found.late > found.middle


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 500), min_size=LEAST_DAYS, max_size=20))
def test_the_middle_lies_within_the_range(left):
    found = burn_down(points(*left))

    if found.middle and found.early:
        assert found.early <= found.middle
        assert found.late is None or found.middle <= found.late


def kept(days, verdict, until=None, hour=8):
    at = (NOW - timedelta(days=days)).replace(hour=hour)
    return Kept(at, verdict, f"It is {verdict}.", until)


def test_a_day_without_a_row_is_unknown_not_as_the_day_before():
    cells = strip([kept(3, "ready"), kept(1, "ready")], last_days(NOW, 4), NOW)

    assert [cell.verdict for cell in cells] == ["ready", "unknown", "ready", "unknown"]
    assert cells[1].words == "not judged on this day"


def test_a_day_shows_its_last_verdict_and_that_it_changed():
    rows = [kept(1, "ready", hour=8), kept(1, "blocked", hour=20)]

    (cell,) = strip(rows, last_days(NOW, 2)[:1], NOW)

    assert (cell.verdict, cell.changes, cell.words) == ("blocked", 1, "It is blocked.")


def test_a_verdict_whose_reads_were_too_old_by_the_end_of_the_day_is_unknown():
    until = (NOW - DAY).replace(hour=15)

    (cell,) = strip([kept(1, "ready", until)], last_days(NOW, 2)[:1], NOW)

    assert (cell.verdict, "too old" in cell.words) == ("unknown", True)


def test_today_is_judged_by_now_not_by_midnight():
    (cell,) = strip([kept(0, "ready", NOW + timedelta(hours=1))], last_days(NOW, 1), NOW)

    assert cell.verdict == "ready"


def day(number, **more):
    values = {"states": {"ready": 2, "mapped": 6, "parallel": 2}, "keys": 12, "calls": 40}
    return ProgressPoint(FIRST + number * DAY, **{**values, "calls_whole": True, **more})


def test_the_chart_stacks_people_and_hatches_what_nobody_knows():
    found = chart([day(0), day(1, states=None, keys=None, calls=None), day(2)])

    people, keys, calls = found.panels
    assert [block.style for block in people.blocks] == [
        "done", "under-way", "begun", "", "done", "under-way", "begun",
    ]  # fmt: skip
    assert sum(block.height for block in people.blocks[:3]) == pytest.approx(PANEL, abs=0.1)
    assert [block.style for block in keys.blocks] == ["keys", "", "keys"]
    assert [block.style for block in calls.blocks] == ["calls", "", "calls"]
    assert found.desc.endswith("Days not judged: 1.")
    assert people.highest == "most on a day: 10"


def test_nothing_known_draws_no_bar():
    found = chart([day(0, states=None, keys=None, calls=None)])

    assert {block.style for panel in found.panels for block in panel.blocks} == {""}
    assert found.desc == "No day was judged yet."
    assert chart([]).panels[0].blocks == ()
