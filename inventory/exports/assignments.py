"""Rows of account assignments: who gets which permission set in which account, and how."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Q

from inventory.addresses import address_of
from inventory.models import Observation
from inventory.population import Accounts, population
from inventory.records import (
    AccountAssignmentRecord,
    GroupMembershipRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    PermissionSetRecord,
    Record,
)

Row = dict[str, Any]
R = TypeVar("R", bound=Record)
Found = Mapping[type[Record], list[Record]]
GROUP = "GROUP"
IN_ACCOUNTS: tuple[type[Record], ...] = (
    AccountAssignmentRecord,
    PermissionSetRecord,
    IdentityStoreGroupRecord,
)
TYPES = (*IN_ACCOUNTS, IdentityStoreUserRecord, GroupMembershipRecord)


@dataclass(frozen=True, slots=True)
class _Names:
    sets: dict[str, str]
    emails: dict[str, str | None]
    groups: dict[str, str]
    members: dict[str, list[str]]


def assignment_rows(at: datetime | None) -> Iterator[Row]:
    """By account, permission set, principal and person. One query for an instant; now one a
    type."""
    found = population(TYPES, at=at)
    yield from _sorted_rows(_of(AccountAssignmentRecord, found), _names(found))


def first_assignment_rows(at: datetime, accounts: Accounts, most: int) -> list[Row]:
    """With what the list of these accounts begins: at least so many rows, where there are as many.
    Three queries: of all memberships and people few matter then."""
    found = population(IN_ACCOUNTS, at=at, account_ids=accounts)
    names = _names(found)
    # Each has a row at least.
    grants = _first(_of(AccountAssignmentRecord, found), names, lambda _: 1, most)
    names = replace(names, members=_members_of(at, {one.principal_id for one in grants}))
    grants = _first(grants, names, lambda one: len(_reached(one, names)), most)
    reached = {user_id for one in grants for user_id in _reached(one, names)}
    people = population([IdentityStoreUserRecord], at=at, only=Q(key__in=reached))
    return _sorted_rows(grants, replace(names, emails=_names(people).emails))


def _first(
    grants: Iterable[AccountAssignmentRecord],
    names: _Names,
    rows: Callable[[AccountAssignmentRecord], int],
    most: int,
) -> list[AccountAssignmentRecord]:
    """The first grants that together have so many rows, with those that share a place with the last
    of them. rows: how many a grant has."""
    taken: list[AccountAssignmentRecord] = []
    count = 0
    for grant in sorted(grants, key=lambda one: _place(one, names)):
        if count >= most and _place(grant, names) != _place(taken[-1], names):
            break
        taken.append(grant)
        count += rows(grant)
    return taken


def _place(grant: AccountAssignmentRecord, names: _Names) -> tuple[str, ...]:
    """Where its rows are in the order of all rows."""
    name = names.sets.get(grant.permission_set_arn) or ""
    return grant.account_id, name, grant.principal_type, grant.principal_id


def _members_of(at: datetime, group_ids: Collection[str]) -> dict[str, list[str]]:
    """Whom these groups held. A membership is its key, so that its record need not be read. One
    query."""
    begins = Q(pk__in=[])
    for group_id in group_ids:
        begins |= Q(key__startswith=f"{group_id}|")
    standing = Observation.objects.standing(at).filter(begins, kind=GroupMembershipRecord.KIND)
    members: dict[str, list[str]] = defaultdict(list)
    for key in standing.order_by().values_list("key", flat=True):
        group_id, user_id = key.split("|")
        members[group_id].append(user_id)
    return members


def _of(kind: type[R], found: Found) -> list[R]:
    return [record for record in found[kind] if isinstance(record, kind)]


def _sorted_rows(grants: Iterable[AccountAssignmentRecord], names: _Names) -> list[Row]:
    return sorted((row for grant in grants for row in _rows(grant, names)), key=_order)


def _order(row: Row) -> tuple[str, ...]:
    columns = ("account_id", "permission_set", "principal_type", "principal", "person")
    return tuple(str(row[name] or "") for name in columns)


def _names(found: Found) -> _Names:
    every = [record for records in found.values() for record in records]
    members: dict[str, list[str]] = defaultdict(list)
    for record in every:
        if isinstance(record, GroupMembershipRecord):
            members[record.group_id].append(record.user_id)
    return _Names(
        sets={r.arn: r.name for r in every if isinstance(r, PermissionSetRecord)},
        emails={
            r.user_id: address_of(r) or None
            for r in every
            if isinstance(r, IdentityStoreUserRecord)
        },
        groups={
            r.group_id: r.display_name for r in every if isinstance(r, IdentityStoreGroupRecord)
        },
        members=members,
    )


def _reached(grant: AccountAssignmentRecord, names: _Names) -> list[str]:
    """User ids; '' where a group holds nobody known."""
    is_group = grant.principal_type == GROUP
    return names.members.get(grant.principal_id) or [""] if is_group else [grant.principal_id]


def _rows(grant: AccountAssignmentRecord, names: _Names) -> Iterator[Row]:
    is_group = grant.principal_type == GROUP
    for user_id in _reached(grant, names):
        yield {
            "account_id": grant.account_id,
            "permission_set": names.sets.get(grant.permission_set_arn),
            "principal_type": grant.principal_type,
            "principal": grant.principal_id,
            "person": names.emails.get(user_id),
            # None is a direct grant, so a group without a known name shows its id.
            "via_group": names.groups.get(grant.principal_id, grant.principal_id)
            if is_group
            else None,
        }
