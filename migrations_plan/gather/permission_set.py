"""One permission set: where it is assigned, and every person it reaches."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inventory.models import (
    AccountAssignment,
    AwsAccount,
    GroupMembership,
    IdentityStoreGroup,
    IdentityStoreUser,
    PermissionSet,
)
from migrations_plan.models import Person, PortalUser


@dataclass(frozen=True, slots=True)
class Place:
    """An account in which the set is assigned. groups: names or ids that were not read; direct:
    how many users are named one by one."""

    account: AwsAccount
    groups: tuple[Any, ...]
    direct: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """All assignments of one set."""

    places: tuple[Place, ...]
    group_ids: frozenset[str]
    user_ids: frozenset[str]
    groups: dict[str, Any]
    accounts_of: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Reached:
    """A person who may use the set. person None: nobody made a person of this store user yet."""

    user: IdentityStoreUser
    person: Person | None
    groups: tuple[Any, ...]
    direct: bool
    accounts: int


def assigned(one: PermissionSet, viewer: PortalUser) -> Assigned:
    """Where the set is assigned. Two queries."""
    rows = list(
        AccountAssignment.objects.visible_to(viewer)
        .present()
        .filter(permission_set=one)
        .select_related("account")
        .order_by("account__name", "account_id", "pk")
    )
    group_ids = frozenset(row.principal_id for row in rows if row.principal_type == "GROUP")
    groups = {group.group_id: group for group in _groups(group_ids, viewer)}
    by_account: dict[str, list[Any]] = defaultdict(list)
    accounts_of: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_account[row.account_id].append(row)
        accounts_of[row.principal_id].add(row.account_id)
    return Assigned(
        places=tuple(_place(same, groups) for same in by_account.values()),
        group_ids=group_ids,
        user_ids=frozenset(row.principal_id for row in rows) - group_ids,
        groups=groups,
        accounts_of={key: frozenset(value) for key, value in accounts_of.items()},
    )


def _place(rows: Sequence[Any], groups: dict[str, Any]) -> Place:
    ids = [row.principal_id for row in rows if row.principal_type == "GROUP"]
    return Place(
        account=rows[0].account,
        groups=tuple(groups.get(group_id, group_id) for group_id in ids),
        direct=len(rows) - len(ids),
    )


def _groups(group_ids: frozenset[str], viewer: PortalUser) -> QuerySet[IdentityStoreGroup]:
    counts = (
        GroupMembership.objects.present()
        .filter(group_id=OuterRef("group_id"))
        .order_by()
        .values("group_id")
        .annotate(count=Count("pk"))
        .values("count")
    )
    visible = IdentityStoreGroup.objects.visible_to(viewer).present()
    rows: QuerySet[IdentityStoreGroup] = visible.filter(group_id__in=group_ids).annotate(
        members=Coalesce(Subquery(counts, output_field=IntegerField()), 0)
    )
    return rows


def users_reached(found: Assigned, viewer: PortalUser) -> QuerySet[IdentityStoreUser]:
    """Identity store users who may use the set, directly or through a group."""
    through = GroupMembership.objects.present().filter(group_id__in=found.group_ids)
    visible = IdentityStoreUser.objects.visible_to(viewer).present()
    rows: QuerySet[IdentityStoreUser] = visible.filter(
        Q(user_id__in=found.user_ids) | Q(user_id__in=through.values("user_id"))
    )
    return rows


def reached(users: Sequence[IdentityStoreUser], found: Assigned) -> list[Reached]:
    """These users with their ways to the set. Two queries."""
    ids = [user.user_id for user in users]
    members = GroupMembership.objects.present().filter(
        user_id__in=ids, group_id__in=found.group_ids
    )
    ways: dict[str, list[str]] = defaultdict(list)
    for user_id, group_id in members.order_by("pk").values_list("user_id", "group_id"):
        ways[user_id].append(group_id)
    known = {
        p.identity_center_user_id: p for p in Person.objects.filter(identity_center_user_id__in=ids)
    }
    return [_reached(user, known.get(user.user_id), ways[user.user_id], found) for user in users]


def _reached(
    user: IdentityStoreUser, person: Person | None, group_ids: list[str], found: Assigned
) -> Reached:
    direct = user.user_id in found.user_ids
    principals = [*group_ids, user.user_id] if direct else group_ids
    nowhere: frozenset[str] = frozenset()
    return Reached(
        user=user,
        person=person,
        groups=tuple(found.groups.get(group_id, group_id) for group_id in group_ids),
        direct=direct,
        accounts=len(nowhere.union(*(found.accounts_of.get(p, nowhere) for p in principals))),
    )
