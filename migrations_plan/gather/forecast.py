"""Rows -> everything the forecasts of people stand on, and how whole it is.

Cost: a fixed number of queries for any number of people, sets and accounts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from inventory.freshness import freshness
from inventory.models import AwsAccount
from inventory.sources import SOURCE_BY_NAME
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import Coverage, range_coverage
from migrations_plan.gather import old_calls
from migrations_plan.gather.access import (
    DETAILS,
    ORGANIZATION_SOURCES,
    Grants,
    Shelf,
    grants_of,
    shelf,
    why_unread,
)
from migrations_plan.gather.told import Reads
from migrations_plan.models import Person, TargetAccess
from migrations_plan.policy.access import AccountAccess
from migrations_plan.policy.calls import Call
from migrations_plan.policy.serving import Caller

# So long after midnight a day's logs should be there: before, it is nobody's fault.
LOGS_WITHIN = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Window:
    """The days that forecasts look at. due: the last day whose logs should be read by now."""

    first: date
    last: date
    due: date


def window(now: datetime, days: int) -> Window:
    """The last so many days that are over, and today."""
    today = now.date()
    due = (now - LOGS_WITHIN).date() - timedelta(days=1)
    return Window(today - timedelta(days=days), today, due)


@dataclass(frozen=True, slots=True)
class Subject:
    """One person. targets: set names by account, as a lead confirmed them; empty: none is."""

    person_id: int
    user_id: str
    arns: frozenset[str]
    used: old_calls.Used | None
    targets: Mapping[str, frozenset[str]]


def subjects(first: date, last: date) -> tuple[dict[int, Subject], dict[int, int]]:
    """Everybody, and whose each actor of the old path is. Five queries."""
    arns = old_calls.arns_of_people()
    of = old_calls.actors({arn: person for person, mine in arns.items() for arn in mine})
    used = old_calls.used(of, first, last)
    targets: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = TargetAccess.objects.order_by().values_list("person_id", "account_id", "permission_set")
    for person_id, account_id, name in rows:
        targets[person_id][account_id].add(name)
    people = Person.objects.order_by("pk").values_list("pk", "identity_center_user_id")
    return {
        pk: Subject(
            pk,
            user_id or "",
            arns.get(pk, frozenset()),
            used.get(pk),
            {account: frozenset(names) for account, names in targets.get(pk, {}).items()},
        )
        for pk, user_id in people
    }, of


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the forecast of one person is made from."""

    calls: list[Call]
    live: dict[str, AccountAccess]
    target: dict[str, AccountAccess] | None
    caller: Caller


@dataclass(slots=True)
class Gathered:
    """What all forecasts share. lacking: by account, why its logs are not whole; '' when they
    are."""

    shelf: Shelf
    grants: Mapping[str, Grants]
    calls: Mapping[int, list[Call]]
    trusted: frozenset[tuple[str, str]]
    lacking: Mapping[str, str]
    unread: str
    _same: dict[tuple[object, ...], AccountAccess] = field(default_factory=dict)

    def inputs(self, one: Subject) -> Inputs:
        """Of one person."""
        calls = self.calls.get(one.person_id, [])
        accounts = sorted({call.account_id for call in calls})
        granted = self.grants.get(one.user_id, {})
        live = {a: self._access(a, granted.get(a, ()), self.unread) for a in accounts}
        target = None
        if one.targets:
            target = {a: self._access(a, self._arns(one.targets.get(a, ())), "") for a in accounts}
        return Inputs(calls, live, target, Caller(one.arns, self.trusted))

    def _arns(self, names: Iterable[str]) -> list[str]:
        """A set that does not exist yet keeps its name, and nobody knows what it says."""
        return [self.shelf.by_name.get(name, name) for name in names]

    def _access(self, account_id: str, arns: Collection[str], unread: str) -> AccountAccess:
        key = (account_id, frozenset(arns), unread)
        known = self._same.get(key)
        if known is None:
            known = self._same[key] = self.shelf.access(account_id, arns, unread=unread)
        return known

    def doubts(self, one: Subject) -> tuple[str, datetime | None]:
        """Why the forecast is not whole and fresh, in one clause, and until when it may be
        believed (None: it hangs on nothing that ages)."""
        if not one.arns:
            return "", None
        home = {arn.split(":")[4] for arn in one.arns if arn.count(":") >= 5}
        used = {call.account_id for call in self.calls.get(one.person_id, [])}
        reads = self.shelf.reads
        told = [reads.told(source, "") for source in ORGANIZATION_SOURCES]
        told += [reads.told(DETAILS, a) for a in sorted(self._documented(one, used))]
        whys = [f"{one.source}: {one.why}" for one in told if one.why]
        whys += [why for a in sorted(home | used) if (why := self.lacking.get(a, ""))]
        return (
            "; ".join(whys[:3]) + (f"; and {len(whys) - 3} more" if len(whys) > 3 else ""),
            min((one.until for one in told if one.until), default=None),
        )

    def _documented(self, one: Subject, used: Collection[str]) -> set[str]:
        """Accounts in which a set of the person has a policy that the account itself holds."""
        granted = self.grants.get(one.user_id, {})
        return {
            account
            for account in used
            for arn in granted.get(account, ())
            if arn in self.shelf.sets and self.shelf.sets[arn].customer_managed_policies
        }


def gather(
    now: datetime,
    days: Window,
    wanted: Mapping[int, Subject],
    of: Mapping[int, int],
    *,
    everybody: bool,
) -> Gathered:
    """Everything that the forecasts of these people stand on. Some twenty-five queries."""
    accounts = {one.account_id: one for one in AwsAccount.objects.all()}
    reads = reads_of(now, list(accounts))
    ready = shelf(reads)
    user_ids = {one.user_id for one in wanted.values() if one.user_id}
    calls = old_calls.calls(of, None if everybody else set(wanted), days.first, days.last)
    mine = {arn.split(":")[4] for one in wanted.values() for arn in one.arns if arn.count(":") > 4}
    mine |= {call.account_id for listed in calls.values() for call in listed}
    return Gathered(
        shelf=ready,
        grants=grants_of(user_ids),
        calls=calls,
        trusted=old_calls.trusted_roles(calls),
        lacking=lacking_logs(sorted(mine & accounts.keys()), accounts, days),
        unread=why_unread(reads),
    )


def reads_of(now: datetime, account_ids: Collection[str]) -> Reads:
    """Three queries."""
    wanted = [SOURCE_BY_NAME[name] for name in (*ORGANIZATION_SOURCES, DETAILS)]
    found = freshness(now, sources=wanted, account_ids=list(account_ids))
    return Reads(now, {(one.source.name, one.account_id): one for one in found})


def lacking_logs(
    account_ids: Collection[str], accounts: Mapping[str, AwsAccount], days: Window
) -> dict[str, str]:
    """By account, why the window is not wholly read, '' where it is. Days before an account joined
    the organization are not expected. Five queries."""
    found: dict[str, str] = {}
    for one in coverage(account_ids, days.first, days.due):
        account = accounts[one.account_id]
        joined = account.joined_at.date() if account.joined_at else days.first
        expected = [day for day in one.days if day.day >= joined]
        told = range_coverage(one.account_id, expected)
        whole = not expected or told.state == Coverage.COVERED
        found[one.account_id] = "" if whole else f"logs of {account}: {_clause(told.sentence)}"
    return found


def _clause(sentence: str) -> str:
    """How much is lacking; the page Collection says of each day why."""
    return sentence.partition(";")[0].rstrip(".")
