"""The rows a population begins with, without making the others."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.fields.json import KeyTextTransform

from inventory.exports.facts import ROOT_USER
from inventory.exports.facts import TYPES as USER_TYPES
from inventory.models import Observation
from inventory.population import of_a_user, standing_counts
from inventory.records import CredentialReportRowRecord, IamUserRecord
from migrations_plan.gather.populations import Population, Row

KINDS = [record_type.KIND for record_type in USER_TYPES if of_a_user(record_type)]
# What tells a user's ARN, the better first.
TELL_ARNS = (IamUserRecord.KIND, CredentialReportRowRecord.KIND)
User = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FirstRows:
    """total None: there are more. counts: facts by kind."""

    rows: Sequence[Row]
    total: int | None
    counts: Mapping[str, int]


def first_rows(one: Population, at: datetime, now: datetime, most: int) -> FirstRows:
    """As the whole list begins. Where it is in the order of accounts, only the first accounts are
    rebuilt, and of their users the first, so that it costs little however long the list is."""
    counts: Counter[str] = Counter()
    largest: Counter[str] = Counter()
    for (account_id, kind), number in standing_counts(
        at, [each.kind for each in one.kinds]
    ).items():
        counts[kind] += number
        largest[account_id] = max(largest[account_id], number)
    if not one.by_account:
        every = list(one.rows(at, now, None))
        return FirstRows(every[:most], len(every), counts)
    # Memberships of groups are of no account.
    sizes = sorted((account_id, size) for account_id, size in largest.items() if account_id)
    beginnings = _of_users(one, at, now) if one.user_order else _asked(one, at)
    rows: list[Row] = []
    for accounts in _beginnings(sizes, most):
        for rows, more in beginnings(accounts, most):
            if len(rows) >= most and (more or len(accounts) < len(sizes)):
                return FirstRows(rows[:most], None, counts)
    return FirstRows(rows[:most], len(rows), counts)


# For some accounts and a number of rows: rows, and whether these accounts have more; ever more.
Beginnings = Callable[[Sequence[str], int], Iterator[tuple[list[Row], bool]]]


def _beginnings(sizes: Sequence[tuple[str, int]], enough: int) -> Iterator[list[str]]:
    """Accounts with about enough facts, then with ever more (facts are not rows), then all."""
    taken: list[str] = []
    total = 0
    for account_id, size in sizes:
        taken.append(account_id)
        total += size
        if total >= enough:
            yield taken
            enough *= 4
    yield taken


def _asked(one: Population, at: datetime) -> Beginnings:
    """Of a list that knows its own first rows."""

    def rows(accounts: Sequence[str], most: int) -> Iterator[tuple[list[Row], bool]]:
        if one.first is None:
            raise TypeError(f"nothing knows the first rows of {one.name}")
        found = one.first(at, accounts, most + 1)
        yield found, len(found) > most

    return rows


def _of_users(one: Population, at: datetime, now: datetime) -> Beginnings:
    """Of the accounts' users the first, then ever more. Two queries more than all of them."""

    def rows(accounts: Sequence[str], most: int) -> Iterator[tuple[list[Row], bool]]:
        users = _users(one, at, accounts)
        taken = most
        while taken < len(users):
            # Whoever stands beside the last one in the order belongs to them.
            while taken < len(users) and users[taken][0] == users[taken - 1][0]:
                taken += 1
            first = {user for _, user in users[:taken]}
            names = {name for _, name in first}
            # A name of one account may be a later one of another.
            found = [r for r in one.rows(at, now, accounts, names) if _user_of(r) in first]
            yield found, taken < len(users)
            taken *= 4
        yield list(one.rows(at, now, accounts)), False

    return rows


def _user_of(row: Row) -> User:
    return row["account_id"], row["user_name"]


def _users(
    one: Population, at: datetime, accounts: Collection[str]
) -> list[tuple[tuple[str, str], User]]:
    """Everybody of whom the facts of these accounts tell, in the order of the population's rows."""
    standing = Observation.objects.standing(at).filter(kind__in=KINDS, account_id__in=accounts)
    told = standing.order_by().values_list(
        "kind",
        "account_id",
        KeyTextTransform("user_name", "record"),
        KeyTextTransform("arn", "record"),
    )
    arns: dict[User, dict[str, str]] = defaultdict(dict)
    for kind, account_id, name, arn in told.iterator():
        if name != ROOT_USER:
            arns[account_id, name][kind] = arn
    by_arn = one.user_order == "arn"
    return sorted(
        ((user[0], _arn(told_by) if by_arn else user[1]), user) for user, told_by in arns.items()
    )


def _arn(told_by: Mapping[str, str]) -> str:
    """'' for a user whom only credentials name, as such rows are ordered."""
    return next((told_by[kind] for kind in TELL_ARNS if kind in told_by), "")
