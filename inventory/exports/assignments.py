"""Rows of account assignments: who gets which permission set in which account, and how."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from inventory.addresses import address_of
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
GROUP = "GROUP"
TYPES: tuple[type[Record], ...] = (
    AccountAssignmentRecord,
    PermissionSetRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    GroupMembershipRecord,
)


@dataclass(frozen=True, slots=True)
class _Names:
    sets: dict[str, str]
    emails: dict[str, str | None]
    groups: dict[str, str]
    members: dict[str, list[str]]


def assignment_rows(at: datetime | None, account_ids: Accounts = None) -> Iterator[Row]:
    """By account, permission set, principal and person. Of some accounts at an instant three
    queries, since of all memberships few matter then; else one, or one a type."""
    if at is None or account_ids is None:
        found = population(TYPES, at=at, account_ids=account_ids)
    else:
        found = _reached(at, account_ids)
    names = _names(found)
    grants = [r for r in found[AccountAssignmentRecord] if isinstance(r, AccountAssignmentRecord)]
    rows = [row for grant in grants for row in _rows(grant, names)]
    yield from sorted(rows, key=_order)


def _reached(at: datetime, account_ids: Accounts) -> dict[type[Record], list[Record]]:
    """The grants in these accounts, and whom they reach."""
    found = population(TYPES[:3], at=at, account_ids=account_ids)
    granted = {
        r.principal_id
        for r in found[AccountAssignmentRecord]
        if isinstance(r, AccountAssignmentRecord)
    }
    of_them = Q(record__group_id__in=list(granted))
    found |= population([GroupMembershipRecord], at=at, only=of_them)
    members = {
        r.user_id for r in found[GroupMembershipRecord] if isinstance(r, GroupMembershipRecord)
    }
    theirs = Q(record__user_id__in=list(granted | members))
    return found | population([IdentityStoreUserRecord], at=at, only=theirs)


def _order(row: Row) -> tuple[str, ...]:
    columns = ("account_id", "permission_set", "principal_type", "principal", "person")
    return tuple(str(row[name] or "") for name in columns)


def _names(found: dict[type[Record], list[Record]]) -> _Names:
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


def _rows(grant: AccountAssignmentRecord, names: _Names) -> Iterator[Row]:
    is_group = grant.principal_type == GROUP
    reached = names.members.get(grant.principal_id, []) if is_group else [grant.principal_id]
    for user_id in reached or [""]:
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
