"""The lists that an auditor asks for, as of an instant."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from inventory import exports as facts
from inventory.exports.assignments import first_assignment_rows
from inventory.population import standing_counts
from inventory.records import RECORD_TYPES
from inventory.saving.telling import telling
from migrations_plan import exports as decisions
from migrations_plan.gather.evidence import Then

Row = dict[str, Any]
Rows = Callable[..., Iterator[Row]]


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
    """One list that an auditor asks for. rows: all of them at an instant, or those of some accounts
    where there is a user_order; by_account: they are in the order of accounts. user_order: by what
    of their IAM user inside an account, and then rows may be asked for by names of users too.
    first: at an instant, of some accounts, at least so many of the first rows, where there are as
    many. counted: kinds of facts behind it; beside: a kind that brings a row only where the others
    do not; sources: where from.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Rows
    by_account: bool = False
    user_order: Literal["", "name", "arn"] = ""
    first: Callable[[datetime, Collection[str], int], list[Row]] | None = None
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
            rows=lambda at, now, accounts, names=None: facts.iam_users(at, accounts, names),
            user_order="name",
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
            rows=lambda at, now, accounts, names=None: facts.credentials(at, accounts, names),
            user_order="arn",
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
            rows=lambda at, now, accounts: facts.assignments(at),
            first=first_assignment_rows,
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
    for (_, kind), number in standing_counts(at, kinds).items():
        counts[kind] += number
    return counts
