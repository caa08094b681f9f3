"""The ways in which companies turn a person's name into a user name.

Every person is put into an index under all forms of their name, and every user name is looked up
in it: the cost grows with people plus users, never with their product. A typing mistake is found in
the same way: words that differ by one letter share a spelling with one letter left out.
"""

import re
import unicodedata
from collections.abc import Iterator

FULL, INITIAL, SINGLE, TYPO = "full", "initial", "single", "typo"
# What is written behind a name: ana-silva-dev, asilva2, ana.silva.admin.
TAILS = frozenset((
    "dev", "prod", "stage", "staging", "test", "admin", "adm", "user", "cli", "aws", "console",
    "iam", "api", "key", "new", "old", "tmp", "temp",
))  # fmt: skip
LEAST_TYPO = 6  # letters: in shorter names one letter more or less is another name
LETTERS = re.compile(r"[a-z]+")
# Letters that Unicode does not take apart.
PLAIN = str.maketrans(
    {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)


def words_of(text: str) -> list[str]:
    """Small plain letters: 'Goran Đorđe' is goran, dorde."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return LETTERS.findall(plain)


def without_tail(words: list[str]) -> list[str]:
    """Without dev, admin and the like at the end, as long as something is left."""
    kept = list(words)
    while len(kept) > 1 and kept[-1] in TAILS:
        kept.pop()
    return kept


def forms_of(words: list[str]) -> Iterator[tuple[str, str]]:
    """(spelling without separators, what kind of form) for a name of these words."""
    if not words:
        return
    first, last = words[0], words[-1]
    if len(words) == 1:
        yield first, SINGLE
        return
    yield first + last, FULL
    yield last + first, FULL
    if len(words) > 2:
        yield "".join(words), FULL
    yield first[0] + last, INITIAL
    yield last + first[0], INITIAL
    yield first + last[0], INITIAL
    yield first, SINGLE
    yield last, SINGLE


def spelling_of(user_name: str) -> str:
    """How a user name is looked up: the local part, without separators, digits and tails."""
    local = user_name.partition("@")[0]
    return "".join(without_tail(words_of(local)))


def deletions(spelling: str) -> Iterator[str]:
    """The spelling itself, and with each one letter left out."""
    if len(spelling) < LEAST_TYPO:
        return
    yield spelling
    for place in range(len(spelling)):
        yield spelling[:place] + spelling[place + 1 :]


def one_letter_apart(one: str, other: str) -> bool:
    """One letter added, left out, changed, or two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest_one, rest_other = one[start:], other[start:]
    if len(one) == len(other):
        swapped = rest_one[:2] == rest_other[1::-1] and rest_one[2:] == rest_other[2:]
        return rest_one[1:] == rest_other[1:] or swapped
    longer, shorter = sorted((rest_one, rest_other), key=len, reverse=True)
    return longer[1:] == shorter
