"""IAM's wildcards: * is any run of characters, ? is one. No regular expression is built from input.

Cost: without a ?, one search of the text for each run of literals. With a ?, one step over a bit
set for each character of the text. Neither goes back, so a hostile pattern costs no more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

REMEMBERED = 8192


class Wild(Enum):
    """A wildcard in a pattern; everything else in it is literal text."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Steps:
    """A pattern as a machine: bit i of a set says that the first i characters are matched.

    by_character: which bits a character lets advance; other: those any character lets advance.
    loops: the bits that an asterisk keeps. goal: the bit that means a match at the text's end.
    """

    by_character: dict[str, int]
    other: int
    loops: int
    goal: int


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A compiled pattern. pieces: the literals between the asterisks; steps: only with a ?."""

    pieces: tuple[str, ...]
    steps: Steps | None

    def matches(self, text: str) -> bool:
        """Whether the whole text is of this pattern; case counts."""
        if self.steps is not None:
            return _walk(self.steps, text)
        pieces = self.pieces
        if len(pieces) == 1:
            return text == pieces[0]
        if not text.startswith(pieces[0]):
            return False
        at, end = len(pieces[0]), len(text) - len(pieces[-1])
        for piece in pieces[1:-1]:
            found = text.find(piece, at, max(end, 0))
            if found < 0:
                return False
            at = found + len(piece)
        return at <= end and text.endswith(pieces[-1])

    @property
    def matches_all(self) -> bool:
        """Whether every text is of this pattern."""
        return self.steps is None and len(self.pieces) > 1 and not any(self.pieces)


def compile_wildcard(tokens: Iterable[str | Wild]) -> Wildcard:
    """A pattern from literal texts and wildcards, in order."""
    listed = list(tokens)
    if Wild.ONE in listed:
        return Wildcard((), _steps(listed))
    pieces = [""]
    for token in listed:
        if isinstance(token, Wild):
            pieces.append("")
        else:
            pieces[-1] += token
    return Wildcard(tuple(pieces), None)


@lru_cache(maxsize=REMEMBERED)
def wildcard(text: str) -> Wildcard:
    """A pattern as a policy writes it."""
    return compile_wildcard(split_wildcards(text))


def split_wildcards(text: str) -> list[str | Wild]:
    """Literal texts and wildcards of a pattern, in order, without empty literals."""
    tokens: list[str | Wild] = []
    start = 0
    for at, character in enumerate(text):
        if character in "*?":
            tokens += [text[start:at], Wild(character)]
            start = at + 1
    return [token for token in (*tokens, text[start:]) if token != ""]


def _steps(tokens: Sequence[str | Wild]) -> Steps:
    by_character: dict[str, int] = {}
    other = loops = 0
    bit = 1
    for token in tokens:
        if token is Wild.MANY:
            loops |= bit
        elif token is Wild.ONE:
            other |= bit
            bit <<= 1
        else:
            for character in str(token):
                by_character[character] = by_character.get(character, 0) | bit
                bit <<= 1
    return Steps({c: bits | other for c, bits in by_character.items()}, other, loops, bit)


def _walk(steps: Steps, text: str) -> bool:
    reached = 1
    for character in text:
        advancing = reached & steps.by_character.get(character, steps.other)
        reached = advancing << 1 | reached & steps.loops
        if not reached:
            return False
    return bool(reached & steps.goal)
