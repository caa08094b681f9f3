"""Which permission sets a person should have in an account, and how that differs from what is live.

The smallest set of permission sets that allows what somebody used, and of these the one that can do
least. Pure: which set allows which call is decided elsewhere (migrations_plan.policy).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_SETS = 3  # of one account: people choose one for each session, and forget the fourth


@dataclass(frozen=True, slots=True)
class Offer:
    """A permission set against the calls made in one account. allowed, unknown: indexes of calls.

    power: how many of IAM's actions it allows at all; administrator None: not known. readonly: none
    of what it allows writes.
    """

    name: str
    allowed: frozenset[int]
    unknown: frozenset[int] = frozenset()
    power: int = 0
    administrator: bool | None = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What is suggested for one account. covered: by all of them together. lacking: indexes of
    calls that no set allows for certain."""

    sets: tuple[Offer, ...]
    covered: frozenset[int]
    lacking: frozenset[int]


def choose(calls: int, offers: Iterable[Offer]) -> Choice:
    """An administrator only where others, even together, allow less."""
    listed = list(offers)
    modest = _smallest(calls, [one for one in listed if one.administrator is False])
    every = _smallest(calls, listed)
    return modest if modest.covered >= every.covered else every


def _smallest(calls: int, offers: Iterable[Offer]) -> Choice:
    """One set where one is enough: that which can do least. Else greedy: the set that allows most
    of what is still open; sets that turned out to be needless go."""
    left, chosen = set(range(calls)), list[Offer]()
    ordered = sorted(offers, key=_modesty)
    alone = [one for one in ordered if len(one.allowed) == calls]
    if alone and calls:
        return Choice((alone[0],), alone[0].allowed, frozenset())
    while left and len(chosen) < MOST_SETS:
        best = max(ordered, key=lambda one: len(one.allowed & left), default=None)
        if best is None or not best.allowed & left:
            break
        chosen.append(best)
        left -= best.allowed
    kept = _needed(chosen)
    covered = frozenset[int]().union(*(one.allowed for one in kept))
    return Choice(tuple(kept), covered, frozenset(range(calls)) - covered)


def _modesty(one: Offer) -> tuple[bool, int, str]:
    """Least privilege first. What may be an administrator counts as one."""
    return one.administrator is not False, one.power, one.name


def _needed(chosen: Sequence[Offer]) -> list[Offer]:
    kept = sorted(chosen, key=_modesty)
    for one in reversed(list(kept)):
        others = frozenset[int]().union(*(o.allowed for o in kept if o is not one))
        if one.allowed <= others:
            kept.remove(one)
    return kept


def choice_sentence(one: Offer, choice: Choice, calls: int) -> str:
    """'Allows all 12 calls, and is the least of the sets that do.'"""
    plural = "" if calls == 1 else "s"
    if len(one.allowed) == calls:
        said = f"Allows all {calls} different call{plural} made here"
        tail = ", and is an administrator" if one.administrator else ""
        return f"{said}{tail}; no set that can do less does."
    said = f"Allows {len(one.allowed)} of {calls} different call{plural} made here"
    if len(choice.sets) > 1:
        said += f", {len(choice.covered)} together with {_others(one, choice)}"
    if choice.lacking:
        open_ones = choice.lacking & one.unknown
        said += f"; {len(choice.lacking)} no set allows for certain"
        said += f", of which {len(open_ones)} could not be judged" if open_ones else ""
    return f"{said}."


def _others(one: Offer, choice: Choice) -> str:
    return " and ".join(other.name for other in choice.sets if other is not one)


@dataclass(frozen=True, slots=True)
class Gaps:
    """(account id, permission set) pairs. missing: wanted and not live; extra: the other way."""

    missing: tuple[tuple[str, str], ...]
    extra: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        """There is a difference."""
        return bool(self.missing or self.extra)


def target_gaps(live: Iterable[tuple[str, str]], target: Iterable[tuple[str, str]]) -> Gaps:
    """How what a person may open now differs from what a lead confirmed. Both are pairs of account
    id and the permission set's name; names are compared as AWS does, letter by letter."""
    now, wanted = set(live), set(target)
    return Gaps(tuple(sorted(wanted - now)), tuple(sorted(now - wanted)))


def by_account(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Names of sets by account, both in order."""
    found: dict[str, list[str]] = {}
    for account_id, name in sorted(set(pairs)):
        found.setdefault(account_id, []).append(name)
    return {account_id: tuple(names) for account_id, names in found.items()}
