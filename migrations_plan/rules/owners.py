"""Who may be the owner of an IAM user: points with reasons, for a lead to confirm or refuse.

Never a verdict, and nothing follows from it until a lead decides. Whoever has left is suggested
like everybody else: the forgotten users of leavers are what the search is for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from migrations_plan.rules.name_forms import (
    FULL,
    INITIAL,
    SINGLE,
    TYPO,
    deletions,
    forms_of,
    one_letter_apart,
    spelling_of,
    words_of,
)

POINTS = {
    "owner-tag": 80,
    "address-name": 75,
    "other-tag": 60,
    FULL: 60,
    "owner-word": 50,
    TYPO: 40,
    INITIAL: 40,
    SINGLE: 20,
    "origin": 30,
    "hours": 5,
    "account": 5,
}
OWNER_TAGS = frozenset((
    "owner", "owner_email", "owneremail", "email", "mail", "e-mail", "contact", "creator",
    "created_by", "createdby", "user", "username", "responsible", "person",
))  # fmt: skip
# Families of user agents that tell no tool.
NO_TOOL = frozenset({"", "custom", "aws-internal"})
LEAST_SCORE = 20  # a weaker suggestion is noise
MOST_SUGGESTIONS = 5  # of one user; those that tie with the last are kept
MOST_SHARING = 5  # a network that more people work from tells of nobody
MOST_NAMESAKES = 20  # so does a name
SAME_HOURS = 0.7  # this share of both habits of the clock falls together
SURE = 60  # what a bulk confirmation begins with: one strong reason


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person. addresses: small letters, the first is the one that is shown. origins: (network,
    family) of their Identity Center sessions. hours: their calls by hour of the clock."""

    pk: int
    name: str
    addresses: tuple[str, ...]
    user_name: str = ""
    origins: frozenset[tuple[str, str]] = frozenset()
    hours: tuple[int, ...] = ()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unowned:
    """An IAM user that nobody is confirmed for."""

    arn: str
    user_name: str
    account_id: str
    tags: Mapping[str, str] = field(default_factory=dict)
    origins: frozenset[tuple[str, str]] = frozenset()
    hours: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """place: 1 for the best; equal scores share a place, and `tied` says how many do."""

    arn: str
    person: int
    score: int
    place: int
    tied: int
    reasons: tuple[tuple[int, str], ...]


class Index:
    """People by everything that may name them."""

    def __init__(self, people: Iterable[Candidate]) -> None:
        self.people = {one.pk: one for one in people}
        self.by_address: dict[str, set[int]] = defaultdict(set)
        self.by_form: dict[str, dict[int, str]] = defaultdict(dict)
        self.by_deletion: dict[str, set[str]] = defaultdict(set)
        self.by_origin: dict[tuple[str, str], set[int]] = defaultdict(set)
        self.by_network: dict[str, set[int]] = defaultdict(set)
        for one in self.people.values():
            self._add(one)

    def _add(self, person: Candidate) -> None:
        for address in person.addresses:
            self.by_address[address].add(person.pk)
        names = {tuple(words_of(text)) for text in (person.name, *_locals(person)) if text}
        for words in sorted(names):
            for spelling, kind in forms_of(list(words)):
                known = self.by_form[spelling].get(person.pk)
                if known is None or POINTS[kind] > POINTS[known]:
                    self.by_form[spelling][person.pk] = kind
                if kind == FULL:
                    for shorter in deletions(spelling):
                        self.by_deletion[shorter].add(spelling)
        for network, family in person.origins:
            self.by_origin[network, family].add(person.pk)
            self.by_network[network].add(person.pk)

    def named(self, spelling: str) -> Mapping[int, str]:
        """By person, the kind of name that is spelled like this."""
        found = self.by_form.get(spelling, {}) if len(spelling) > 1 else {}
        return found if len(found) <= MOST_NAMESAKES else {}

    def typos_of(self, spelling: str) -> set[int]:
        """People whose full name is one letter away."""
        near = {full for one in deletions(spelling) for full in self.by_deletion.get(one, ())}
        close = [full for full in near if one_letter_apart(spelling, full)]
        return {pk for full in close for pk, kind in self.by_form[full].items() if kind == FULL}


def _locals(person: Candidate) -> Iterator[str]:
    yield from (address.partition("@")[0] for address in person.addresses)
    yield person.user_name.partition("@")[0]


def suggest(user: Unowned, index: Index, refused: frozenset[int] = frozenset()) -> list[Suggestion]:
    """The best first. refused: people of whom a lead said that it is not theirs."""
    found: dict[int, dict[str, tuple[int, str]]] = defaultdict(dict)
    for pk, kind, points, words in _reasons(user, index):
        if pk not in refused and points > found[pk].get(kind, (0, ""))[0]:
            found[pk][kind] = (points, words)
    for pk in list(found):
        found[pk] |= _surroundings(user, index.people[pk])
    scored = [
        (sum(points for points, _ in kinds.values()), pk, sorted(kinds.values(), reverse=True))
        for pk, kinds in found.items()
    ]
    strong = sorted(
        ((score, pk, why) for score, pk, why in scored if score >= LEAST_SCORE),
        key=lambda one: (-one[0], one[1]),
    )
    return list(_placed(user.arn, strong))


def _placed(
    arn: str, strong: Sequence[tuple[int, int, list[tuple[int, str]]]]
) -> Iterator[Suggestion]:
    last = strong[MOST_SUGGESTIONS - 1][0] if len(strong) >= MOST_SUGGESTIONS else 0
    scores = [score for score, _, _ in strong]
    for score, pk, why in strong:
        if score < last:
            return
        place = 1 + sum(other > score for other in scores)
        yield Suggestion(arn, pk, score, place, scores.count(score), tuple(why))


Found = tuple[int, str, int, str]


def _reasons(user: Unowned, index: Index) -> Iterator[Found]:
    yield from _by_tags(user, index)
    yield from _by_name(user, index)
    yield from _by_origin(user, index)


def _by_tags(user: Unowned, index: Index) -> Iterator[Found]:
    for tag, value in sorted(user.tags.items()):
        text = value.strip().lower()
        owner = tag.strip().lower() in OWNER_TAGS
        for pk in sorted(index.by_address.get(text, ())):
            points = POINTS["owner-tag" if owner else "other-tag"]
            yield pk, "tag", points, f"the tag {tag} is {text}"
        if owner and "@" not in text:
            for pk, kind in sorted(index.named(spelling_of(text)).items()):
                if kind != SINGLE:
                    yield pk, "tag", POINTS["owner-word"], f"the tag {tag} says {text}"


def _by_name(user: Unowned, index: Index) -> Iterator[Found]:
    name = user.user_name.strip().lower()
    for pk in sorted(index.by_address.get(name, ())):
        yield pk, "name", POINTS["address-name"], "the user name is their address"
    spelling = spelling_of(name)
    matches = index.named(spelling)
    for pk, kind in sorted(matches.items()):
        yield pk, "name", POINTS[kind], _name_words(kind, user.user_name, len(matches))
    if not any(kind == FULL for kind in matches.values()):
        for pk in sorted(index.typos_of(spelling)):
            words = f"{user.user_name} is one letter from their name"
            yield pk, "name", POINTS[TYPO], words


def _name_words(kind: str, name: str, people: int) -> str:
    shared = f", as it is for {people - 1} more" if people > 1 else ""
    said = {
        FULL: f"{name} is their name",
        INITIAL: f"{name} is their name with an initial",
        SINGLE: f"{name} is one of their names",
    }
    return said[kind] + shared


def _by_origin(user: Unowned, index: Index) -> Iterator[Found]:
    """The fewer people work from a place with a tool, the more it says."""
    for network, family in sorted(user.origins):
        if family in NO_TOOL or not network:
            continue
        there, everybody = (
            index.by_origin.get((network, family), ()),
            index.by_network.get(network, ()),
        )
        if there and len(everybody) <= MOST_SHARING:
            points = POINTS["origin"] // len(everybody)
            words = f"their Identity Center sessions too come from {network} with {family}"
            yield from ((pk, "origin", points, words) for pk in sorted(there))


def _surroundings(user: Unowned, person: Candidate) -> dict[str, tuple[int, str]]:
    """What says little, and tips what else is even."""
    found = {}
    if _same_hours(user.hours, person.hours):
        found["hours"] = (POINTS["hours"], "both work in the same hours")
    if user.account_id in person.accounts:
        found["account"] = (POINTS["account"], "they may open this account already")
    return found


def _same_hours(one: Sequence[int], other: Sequence[int]) -> bool:
    if not sum(one) or not sum(other):
        return False
    shares = zip(one, other, strict=True)
    return sum(min(a / sum(one), b / sum(other)) for a, b in shares) >= SAME_HOURS
