"""Which credential first: points for what makes one dangerous or easy to give up, each in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.rules.facts import (
    ACCESS_KEY,
    PASSWORD,
    CredentialFacts,
    Limits,
    RootFacts,
    days,
    days_between,
)

PRODUCTION = ("prod", "management", "audit")
YEAR = 365


@dataclass(frozen=True, slots=True)
class Reason:
    """Points, and what they are for."""

    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Rank:
    """The higher the score, the sooner somebody should look. reasons: the weightiest first."""

    score: int
    reasons: tuple[Reason, ...]


def _leaver(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    if c.owner and c.owner.left:
        return Reason(50, f"its owner {c.owner.how}")
    return None


def _scope(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    if c.admin:
        return Reason(30, "its user is an administrator")
    return Reason(20, "its user may be an administrator: not known") if c.admin is None else None


def _use(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    if c.used_told is None:
        return None
    used_at, by = c.last_use()
    idle, age = days_between(used_at, now), days_between(c.created_at, now)
    if idle is not None and idle < limits.unused:
        return None
    if not c.use_is_known():
        return Reason(15, "its last use is not known")
    if idle is None:
        young = age is not None and age <= limits.grace
        return None if young else Reason(30, "never used")
    points = 30 if idle >= limits.long_unused else 20
    return Reason(points, f"not used for {days(idle)}, per {by}")


def _door(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    if c.kind != PASSWORD or c.mfa:
        return None
    if c.mfa is None:
        return Reason(15, "opens the console, perhaps without MFA: not known")
    return Reason(30, "opens the console without MFA")


def _age(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    age = days_between(c.created_at, now)
    if age is None:
        return Reason(10, "its age is not known")
    if age <= limits.old:
        return None
    return Reason(20 if age > YEAR else 10, f"{days(age)} old")


def _place(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    if c.environment in PRODUCTION:
        return Reason(15, f"in an account for {c.environment}")
    if c.environment == "unknown":
        return Reason(15, "nobody knows what its account is for: counts as production")
    return None


def _spare(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    if c.kind == ACCESS_KEY and c.earlier:
        return Reason(5, f"its user has {len(c.earlier) + 1} active keys")
    return None


def _owner(c: CredentialFacts, limits: Limits, now: datetime) -> Reason | None:
    return None if c.owner else Reason(10, "nobody is confirmed as its owner")


WEIGHTS: tuple[Callable[[CredentialFacts, Limits, datetime], Reason | None], ...] = (
    _leaver,
    _scope,
    _use,
    _door,
    _age,
    _place,
    _owner,
    _spare,
)


def rank(c: CredentialFacts, limits: Limits, now: datetime) -> Rank:
    """The place of one credential in the order. What opens nothing comes last."""
    if c.active is False:
        return Rank(-1, (Reason(-1, "inactive: opens nothing, and can be deleted"),))
    found = [reason for weigh in WEIGHTS if (reason := weigh(c, limits, now)) is not None]
    return _ranked(found)


def rank_root(root: RootFacts) -> Rank:
    """A key of a root user comes before everything else."""
    return _ranked([Reason(300, "a key of the root user, which nothing restrains")])


def _ranked(found: list[Reason]) -> Rank:
    ordered = sorted(found, key=lambda reason: (-reason.points, reason.words))
    return Rank(sum(reason.points for reason in ordered), tuple(ordered))
