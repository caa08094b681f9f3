"""Permission sets: what each allows at most, where it is assigned and to how many people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.admin_access import AWS_MANAGED, allows_all, denies_all
from inventory.models import AccountAssignment, GroupMembership, IamPolicy, PermissionSet
from migrations_plan.gather.words import LONG_SESSION, duration_seconds, duration_words

ADMINISTRATOR = "AdministratorAccess"
Documents = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Admin:
    """yes None: not known, for `reason`. how: what allows everything. limited: a boundary narrows
    it."""

    yes: bool | None
    how: tuple[str, ...] = ()
    reason: str = ""
    limited: bool = False


@dataclass(frozen=True, slots=True)
class SetRow:
    """One permission set as the list shows it. accounts and people None: not known."""

    permission_set: PermissionSet
    admin: Admin
    seconds: int | None
    accounts: int | None
    people: int | None

    @property
    def duration(self) -> str:
        """Session length in words; AWS's own text when it cannot be read."""
        return duration_words(self.seconds) or self.permission_set.session_duration

    @property
    def long(self) -> bool:
        """Longer than a working day."""
        return self.seconds is not None and self.seconds > LONG_SESSION


def set_rows(
    sets: Iterable[PermissionSet], *, assignments_read: bool, people_read: bool
) -> list[SetRow]:
    """Every set with its counts. Three queries."""
    listed = list(sets)
    documents = customer_documents(listed)
    accounts, people = _counts(people=people_read) if assignments_read else ({}, {})
    return [
        SetRow(
            permission_set=one,
            admin=administrator_like(one, documents),
            seconds=duration_seconds(one.session_duration),
            accounts=len(accounts.get(one.arn, ())) if assignments_read else None,
            people=len(people.get(one.arn, ())) if assignments_read and people_read else None,
        )
        for one in listed
    ]


def _counts(*, people: bool) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    present: Any = AccountAssignment.objects.present()
    rows = present.values_list("permission_set_id", "account_id", "principal_type", "principal_id")
    accounts: dict[str, set[str]] = defaultdict(set)
    users: dict[str, set[str]] = defaultdict(set)
    groups: dict[str, set[str]] = defaultdict(set)
    for arn, account_id, kind, principal_id in rows:
        accounts[arn].add(account_id)
        (users if kind == "USER" else groups)[arn].add(principal_id)
    members = _members() if people else {}
    for arn, group_ids in groups.items():
        users[arn].update(*(members.get(group_id, ()) for group_id in group_ids))
    return accounts, users


def _members() -> dict[str, set[str]]:
    members: dict[str, set[str]] = defaultdict(set)
    rows = GroupMembership.objects.present().values_list("group_id", "user_id")
    for group_id, user_id in rows.iterator(chunk_size=5000):
        members[group_id].add(user_id)
    return members


def customer_documents(sets: Collection[PermissionSet]) -> dict[str, list[Any]]:
    """Documents of the customer-managed policies that these sets name, as the accounts show them,
    by path and name; None where an account does not show it. One query."""
    names = {name for one in sets for name in one.customer_managed_policies or ()}
    rows = IamPolicy.objects.present().filter(
        aws_managed=False, policy_name__in={name.rsplit("/", 1)[-1] for name in names}
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for path, name, document in rows.values_list("path", "policy_name", "document"):
        found[f"{path}{name}"].append(document)
    return found


def administrator_like(one: PermissionSet, documents: Documents) -> Admin:
    """Whether a policy of the set allows every action on every resource and none denies it all.

    An inline deny of some actions does not make an administrator less of one.
    """
    limited = one.permissions_boundary is not None
    if one.managed_policies is None or one.customer_managed_policies is None:
        return Admin(None, reason="its policies were not read", limited=limited)
    inline = one.inline_policy or {}
    if denies_all(inline):
        return Admin(False)
    how = [arn for arn in one.managed_policies if _is_administrator(arn)]
    how += ["inline policy"] if allows_all(inline) else []
    theirs = {name: documents.get(name, ()) for name in one.customer_managed_policies}
    how += [name for name, found in theirs.items() if any(allows_all(d) for d in found if d)]
    if how:
        return Admin(True, tuple(how), limited=limited)
    unread = [name for name, found in theirs.items() if not found or None in found]
    if unread:
        return Admin(None, reason=f"the policy {unread[0]} was not read", limited=limited)
    return Admin(False)


def _is_administrator(arn: str) -> bool:
    found = AWS_MANAGED.fullmatch(arn)
    return found is not None and found["path_and_name"] == ADMINISTRATOR
