"""One line for a page: how old and how whole the reads behind it are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from inventory.freshness import FRESH, UNKNOWN, Freshness, Tally, freshness, tallies, worst
from inventory.models import AwsAccount
from inventory.sources import SOURCE_BY_NAME

MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One read that is not fresh, in words for people."""

    title: str
    source: str
    account: str
    account_id: str
    state: str
    observed_at: datetime | None
    reason: str

    @property
    def word(self) -> str:
        """For a badge beside other badges."""
        return "never read" if self.state == UNKNOWN else "stale read"


@dataclass(frozen=True, slots=True)
class AsOf:
    """What stands behind a page. oldest_at: the oldest whole read; None: nothing was ever read.

    unread: accounts with a read that is not fresh, by id, with the first reason.
    """

    state: str
    oldest_at: datetime | None
    total: int
    problems: tuple[Problem, ...]
    unread: Mapping[str, Problem]
    accounts: int

    @property
    def whole(self) -> bool:
        """Every read is whole and fresh: only then a zero is a zero."""
        return self.state == FRESH

    @property
    def shown(self) -> tuple[Problem, ...]:
        """As many as a reader can take in."""
        return self.problems[:MOST_SHOWN]

    @property
    def hidden(self) -> int:
        """How many more there are."""
        return max(len(self.problems) - MOST_SHOWN, 0)

    @property
    def since(self) -> datetime | None:
        """The oldest last whole read among the accounts that are not fresh."""
        return min((p.observed_at for p in self.problems if p.observed_at), default=None)

    @property
    def caveat(self) -> str:
        """What an empty list does not prove; '' when it proves it."""
        return "" if self.whole else f"There may be some: {self.sentence}."

    @property
    def sentence(self) -> str:
        """What is missing, counted."""
        if not self.total:
            return "nothing was read yet"
        count = len(self.unread)
        if not count:
            number = len(self.problems)
            return f"{number} read{'' if number == 1 else 's'} not fresh"
        if self.accounts == 1:
            return "this account is not read whole and fresh"
        verb = "is" if count == 1 else "are"
        return f"{count} of {self.accounts} accounts {verb} not read whole and fresh"


def as_of(
    now: datetime, *, sources: Iterable[str], account_ids: Iterable[str] | None = None
) -> AsOf:
    """The state of these sources, by name. Two queries while all is fresh, four at most."""
    wanted = [SOURCE_BY_NAME[name] for name in sources]
    if account_ids is None:
        return counted_by(tallies(now, sources=wanted))
    return told_by(freshness(now, sources=wanted, account_ids=account_ids))


def counted_by(counts: Sequence[Tally]) -> AsOf:
    """The same from tallies that the caller has already."""
    others = [row for tally in counts for row in tally.others]
    total = sum(tally.expected for tally in counts)
    names = {key: name for tally in counts for key, name in tally.names.items()}
    return AsOf(
        state=worst([*(row.state for row in others), *([FRESH] if total > len(others) else [])]),
        oldest_at=min((tally.oldest_at for tally in counts if tally.oldest_at), default=None),
        total=total,
        accounts=max((t.expected for t in counts if t.source.per_account), default=0),
        **_trouble(others, names),
    )


def told_by(rows: Sequence[Freshness], names: Mapping[str, str] | None = None) -> AsOf:
    """The same from states that the caller has already. One query for the names of accounts that
    are not fresh, unless the caller knows them too."""
    others = [row for row in rows if row.state != FRESH]
    if names is None:
        names = _names({row.account_id for row in others} - {""})
    return AsOf(
        state=worst(row.state for row in rows),
        oldest_at=min((row.observed_at for row in rows if row.observed_at), default=None),
        total=len(rows),
        accounts=len({row.account_id for row in rows if row.account_id}),
        **_trouble(others, names),
    )


class _Trouble(TypedDict):
    problems: tuple[Problem, ...]
    unread: Mapping[str, Problem]


def _trouble(others: Iterable[Freshness], names: Mapping[str, str]) -> _Trouble:
    problems = tuple(_problem(row, names) for row in others)
    unread = {problem.account_id: problem for problem in reversed(problems) if problem.account_id}
    return {"problems": problems, "unread": unread}


def _names(account_ids: set[str]) -> dict[str, str]:
    if not account_ids:
        return {}
    named = AwsAccount.objects.filter(pk__in=account_ids).exclude(name="")
    return dict(named.values_list("account_id", "name"))


def _problem(row: Freshness, names: Mapping[str, str]) -> Problem:
    return Problem(
        title=row.source.title,
        source=row.source.name,
        account=names.get(row.account_id) or row.account_id or "organization",
        account_id=row.account_id,
        state=row.state,
        observed_at=row.observed_at,
        reason=row.reason,
    )
