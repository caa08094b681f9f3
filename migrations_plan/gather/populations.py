"""The lists that an auditor asks for, as of an instant."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from inventory import exports as facts
from inventory.models import Observation
from inventory.records import RECORD_TYPES
from inventory.saving.telling import telling
from migrations_plan import exports as decisions
from migrations_plan.gather.evidence import Then

Row = dict[str, Any]
Rows = Callable[[datetime, datetime, Collection[str] | None], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Counted:
    """A kind of fact, and what one and many of them are called."""

    kind: str
    one: str
    many: str

    def words(self, number: int) -> str:
        """Without the number."""
        return self.one if number == 1 else self.many

    def known(self, number: int, whole: Then) -> str:
        """With the number. None counted is none only where some read could have told of one."""
        tellers = _TELLING[self.kind]
        if not number and not any(one.last for one in whole.coverage if one.source.name in tellers):
            return f"an unknown number of {self.many}"
        return f"{number} {self.words(number)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """One list that an auditor asks for. rows: all of them at an instant, or those of some
    accounts; by_account: they are in the order of accounts. counted: kinds of facts behind it;
    beside: a kind that brings a row only where the others do not; sources: where from."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Rows
    by_account: bool = False
    counted: tuple[Counted, ...]
    beside: tuple[Counted, ...] = ()
    sources: tuple[str, ...]
    says: str

    @property
    def kinds(self) -> tuple[Counted, ...]:
        """Everything that can bring a row."""
        return (*self.counted, *self.beside)


_TELLING = {record_type.KIND: telling(record_type) for record_type in RECORD_TYPES}
REPORT_LINES = Counted("credential_report_row", "credential report line", "credential report lines")
_IAM = ("authorization_details", "credential_report")
POPULATIONS = {
    one.name: one
    for one in (
        Population(
            name="iam-users",
            title="IAM users",
            columns=facts.IAM_USERS,
            rows=lambda at, now, accounts: facts.iam_users(at, accounts),
            beside=(REPORT_LINES,),
            by_account=True,
            counted=(Counted("iam_user", "IAM user", "IAM users"),),
            sources=(*_IAM, "access_keys", "login_profiles", "mfa_devices"),
            says="Every IAM user that a list of users or a credential report showed.",
        ),
        Population(
            name="credentials",
            title="Credentials",
            columns=facts.CREDENTIALS,
            rows=lambda at, now, accounts: facts.credentials(at, accounts),
            beside=(REPORT_LINES,),
            by_account=True,
            counted=(
                Counted("access_key", "access key", "access keys"),
                Counted("login_profile", "console password", "console passwords"),
                Counted("ssh_public_key", "SSH key", "SSH keys"),
                Counted("signing_certificate", "certificate", "certificates"),
                Counted("service_specific_credential", "service credential", "service credentials"),
            ),
            sources=(
                *_IAM,
                "access_keys",
                "login_profiles",
                "ssh_public_keys",
                "signing_certificates",
                "service_specific_credentials",
            ),
            says="Every long-lived credential of an IAM user. Root is no IAM user.",
        ),
        Population(
            name="people",
            title="People",
            columns=decisions.PEOPLE,
            rows=lambda at, now, accounts: decisions.people(at, now=now),
            counted=(
                Counted("identity_store_user", "Identity Center user", "Identity Center users"),
                Counted("roster_person", "roster line", "roster lines"),
            ),
            sources=("identity_store",),
            says="Everybody in the identity store or a roster, with the IAM users confirmed then.",
        ),
        Population(
            name="assignments",
            title="Assignments",
            columns=facts.ASSIGNMENTS,
            rows=lambda at, now, accounts: facts.assignments(at, accounts),
            by_account=True,
            counted=(
                Counted("account_assignment", "assignment", "assignments"),
                Counted("group_membership", "group membership", "group memberships"),
            ),
            sources=("permission_sets", "account_assignments", "identity_store"),
            says="One row for each grant and person it reaches.",
        ),
    )
}


def fact_counts(at: datetime) -> dict[str, int]:
    """How many facts of each kind were there at an instant. One query."""
    kinds = [each.kind for one in POPULATIONS.values() for each in one.counted]
    counts = dict.fromkeys(kinds, 0)
    for (kind,), number in _standing(at, kinds, "kind"):
        counts[kind] = number
    return counts


def _standing(
    at: datetime, kinds: Collection[str], *by: str
) -> Iterator[tuple[tuple[str, ...], int]]:
    rows = Observation.objects.standing(at).filter(kind__in=kinds).order_by()
    for *key, number in rows.values_list(*by).annotate(number=Count("pk")).iterator():
        yield tuple(key), number


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The rows a population begins with. total None: there are more. counts: facts by kind."""

    rows: Sequence[Row]
    total: int | None
    counts: Mapping[str, int]


def first_rows(one: Population, at: datetime, now: datetime, most: int) -> FirstRows:
    """As the whole list begins. Where it is in the order of accounts, only the first accounts are
    rebuilt, so that it costs little however long the list is."""
    counts: Counter[str] = Counter()
    largest: Counter[str] = Counter()
    kinds = [each.kind for each in one.kinds]
    for (account_id, kind), number in _standing(at, kinds, "account_id", "kind"):
        counts[kind] += number
        largest[account_id] = max(largest[account_id], number)
    if not one.by_account:
        every = list(one.rows(at, now, None))
        return FirstRows(every[:most], len(every), counts)
    # Memberships of groups are of no account.
    sizes = sorted((account_id, size) for account_id, size in largest.items() if account_id)
    rows: list[Row] = []
    for accounts in _beginnings(sizes, most):
        rows = list(one.rows(at, now, accounts))
        if len(rows) >= most and len(accounts) < len(sizes):
            return FirstRows(rows[:most], None, counts)
    return FirstRows(rows[:most], len(rows), counts)


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
