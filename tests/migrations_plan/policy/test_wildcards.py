"""IAM's wildcards against a matcher that tries everything, and under hostile patterns."""

import random
from functools import cache

import pytest

from migrations_plan.policy.wildcards import Wild, compile_wildcard, wildcard

LONGEST_NAME = 2048


def brute_force(pattern: str, text: str) -> bool:
    """Every way in which an asterisk can stand for characters, one after the other."""

    @cache
    def match(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            return match(p + 1, t) or (t < len(text) and match(p, t + 1))
        return t < len(text) and pattern[p] in ("?", text[t]) and match(p + 1, t + 1)

    return match(0, 0)


def test_equals_brute_force_on_100_000_random_pairs():
    chance = random.Random(11)
    agreed = matched = 0
    for _ in range(100_000):
        pattern = "".join(chance.choices("ab*?", [4, 3, 3, 2], k=chance.randrange(9)))
        text = "".join(chance.choices("ab", k=chance.randrange(9)))
        expected = brute_force(pattern, text)
        agreed += wildcard(pattern).matches(text) is expected
        matched += expected
    assert agreed == 100_000
    assert matched > 10_000


@pytest.mark.parametrize(
    "pattern",
    [
        "a*" * 50 + "b",
        "*a" * 50 + "*b",
        "*" + "a?" * 50 + "*b",
        "?*" * 50 + "b",
        ("*" + "a" * 19) * 50 + "b",
        ("*" + "a" * 19 + "?") * 50 + "b",
    ],
)
def test_fifty_asterisks_cost_a_bounded_number_of_steps(pattern):
    """Each step reads one character or finds one piece; the subject never fits its last letter."""
    compiled = wildcard(pattern)
    assert not compiled.matches("a" * LONGEST_NAME)
    assert compiled.matches("a" * LONGEST_NAME + "b")


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("?", "", False),
        ("a*a", "a", False),
        ("ab*ba", "aba", False),
        ("*a*", "bab", True),
        ("A", "a", False),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
    ],
)
def test_edges(pattern, text, expected):
    assert wildcard(pattern).matches(text) is expected


def test_a_literal_asterisk_is_no_wildcard():
    compiled = compile_wildcard(["a", "*", Wild.ONE])
    assert compiled.matches("a*b")
    assert not compiled.matches("aab")
