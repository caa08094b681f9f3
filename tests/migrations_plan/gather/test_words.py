"""Codes in words."""

import pytest

from migrations_plan.gather.words import duration_seconds, duration_words


@pytest.mark.parametrize(
    ("text", "seconds", "words"),
    [
        ("PT1H", 3600, "1 hour"),
        ("PT8H", 28800, "8 hours"),
        ("PT1H30M", 5400, "1 hour 30 minutes"),
        ("P1D", 86400, "24 hours"),
        ("PT45S", 45, "45 seconds"),
        ("P", None, ""),
        ("PT", None, ""),
        ("8 hours", None, ""),
        ("", None, ""),
    ],
)
def test_durations(text, seconds, words):
    assert duration_seconds(text) == seconds
    assert duration_words(duration_seconds(text)) == words
