"""When somebody works, from where, and how periods compare: tables of inputs and words."""

from datetime import date, timedelta

import pytest

from migrations_plan.rules.usage_words import (
    DayHours,
    Period,
    attribution,
    compared,
    origin,
    regularity,
)

MONDAY = date(2026, 11, 2)


def day(offset, **hours):
    """h2=5: five events between 02:00 and 03:00."""
    counts = [0] * 24
    for name, number in hours.items():
        counts[int(name[1:])] = number
    return DayHours(MONDAY + timedelta(days=offset), tuple(counts))


def weekdays(weeks, **hours):
    return [day(7 * week + i, **hours) for week in range(weeks) for i in range(5)]


ALL_DAY = {f"h{hour}": 3 for hour in range(24)}
OFFICE = {"h8": 5, "h9": 9, "h11": 4, "h15": 7}


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([], ""),
        ([day(i) for i in range(9)], ""),
        ([day(i, h2=1) for i in range(4)], ""),
        ([day(i, h2=1) for i in range(5)], "02:00 UTC daily"),
        ([day(i, h2=1) for i in range(13) if i != 4], "02:00 UTC daily"),
        ([day(i, h2=8, h14=2) for i in range(5)], "02:00 UTC daily"),
        ([day(i, h2=4, h3=5) for i in range(6)], "02:00 to 04:00 UTC daily"),
        ([day(i, h23=4, h0=4) for i in range(6)], "23:00 to 01:00 UTC daily"),
        (weekdays(2, h6=1), "06:00 UTC on weekdays"),
        ([day(7 * i, h4=1) for i in range(5)], "04:00 UTC on 5 of 29 days"),
        ([day(i, **ALL_DAY) for i in range(5)], "around the clock"),
        (weekdays(1, **OFFICE), "working hours, 08:00 to 16:00 UTC"),
        (weekdays(1, h22=3, h1=3, h6=3), "working hours, 22:00 to 07:00 UTC"),
        ([day(i, **OFFICE) for i in (5, 6, 12, 13, 19)], "no fixed hours"),
        ([day(i, h1=1, h9=1, h17=1) for i in range(6)], "no fixed hours"),
    ],
)
def test_hours_become_words(days, words):
    assert regularity(days) == words


def test_two_accounts_of_one_day_are_one_day():
    assert regularity([day(0, h2=1)] * 9) == ""


@pytest.mark.parametrize(
    ("network", "family", "words"),
    [
        ("198.51.100.0/24", "boto3", "from 198.51.100.0/24 with boto3"),
        ("", "boto3", "from an address that was not recorded with boto3"),
        ("10.0.0.0/24", "", "from 10.0.0.0/24 with a tool not recorded"),
        ("aws", "", "by AWS on its behalf"),
    ],
)
def test_an_origin_says_what_was_not_recorded(network, family, words):
    assert origin(network, family) == words


def period(calls, gaps=0, expected=70):
    return Period(calls, expected - gaps, expected)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (period(69), period(100), "31 % fewer than in the 7 days before"),
        (period(150), period(100), "50 % more than in the 7 days before"),
        (period(100), period(100), "as many as in the 7 days before"),
        (period(0), period(0), "as many as in the 7 days before"),
        (period(0), period(5), "100 % fewer than in the 7 days before"),
        (period(1), period(99_999), "99 % fewer than in the 7 days before"),
        (period(9_999), period(10_000), "less than 1 % fewer than in the 7 days before"),
        (period(5), period(0), "more than in the 7 days before, which had none"),
        (period(69, gaps=2), period(100), "31 % fewer seen than in the 7 days before"),
        (period(69), period(100, gaps=7), "31 % fewer seen than in the 7 days before"),
        (
            period(69),
            period(100, gaps=8),
            "not compared with the 7 days before: too much was not read",
        ),
        (
            period(69, gaps=8),
            period(100),
            "not compared with the 7 days before: too much was not read",
        ),
        (
            period(0, 0, 0),
            period(0, 0, 0),
            "not compared with the 7 days before: too much was not read",
        ),
    ],
)
def test_periods_are_compared_only_when_both_were_read(now, before, words):
    assert compared(now, before, 7) == words


@pytest.mark.parametrize(
    ("direct", "untraced", "whole", "percent"),
    [
        ({"new": 7, "old": 1}, 0, True, "87.5 %"),
        ({"new": 9_999, "old": 1}, 0, True, "99.9 %"),
        ({"new": 10}, 0, True, "100 %"),
        ({"new": 10}, 5, True, "50 %"),
        ({"old": 10, "workload": 90, "root": 3}, 0, True, "0 %"),
        ({"new": 10}, 0, False, None),
        ({"workload": 10}, 0, True, None),
        ({}, 0, True, None),
    ],
)
def test_the_attribution_rate_is_unknown_rather_than_wrong(direct, untraced, whole, percent):
    found = attribution(direct, untraced, whole=whole)

    assert found.percent == percent
    assert bool(found.reason) == (percent is None)
