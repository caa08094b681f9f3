"""Who may open what through Identity Center: grants to users, directly or through their groups.

Cost: two queries for any number of users. Errors: none; whether the reads behind it are whole is
told by inventory.asof, not here.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from inventory.models import AccountAssignment, GroupMembership


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission set in one account. group_id None: granted to the user directly."""

    account_id: str
    permission_set_arn: str
    group_id: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """What one identity store user is granted."""

    group_ids: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()

    def accounts(self) -> int:
        """Accounts in which something is granted."""
        return len({grant.account_id for grant in self.grants})

    def permission_sets(self) -> int:
        """Different permission sets, however many accounts they open."""
        return len({grant.permission_set_arn for grant in self.grants})


NOTHING = Reach()


def reach_of(user_ids: Collection[str]) -> dict[str, Reach]:
    """The reach of each of these identity store users; a user without any grant has NOTHING's."""
    groups: dict[str, list[str]] = defaultdict(list)
    members = GroupMembership.objects.present().filter(user_id__in=user_ids)
    for user_id, group_id in members.order_by("group_id").values_list("user_id", "group_id"):
        groups[user_id].append(group_id)
    granted = _granted({*user_ids, *(group_id for ids in groups.values() for group_id in ids)})
    return {user_id: _reach(user_id, groups[user_id], granted) for user_id in user_ids}


def _granted(principal_ids: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows: QuerySet[Any, Any] = AccountAssignment.objects.present().filter(
        principal_id__in=principal_ids
    )
    for principal_id, account_id, arn in rows.order_by(
        "account_id", "permission_set_id"
    ).values_list("principal_id", "account_id", "permission_set_id"):
        found[principal_id].append((account_id, arn))
    return found


def _reach(user_id: str, group_ids: list[str], granted: dict[str, list[tuple[str, str]]]) -> Reach:
    direct = [Grant(account_id, arn, None) for account_id, arn in granted.get(user_id, [])]
    through = [
        Grant(account_id, arn, group_id)
        for group_id in group_ids
        for account_id, arn in granted.get(group_id, [])
    ]
    return Reach(tuple(group_ids), tuple(direct + through))
