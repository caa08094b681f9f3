"""The ways in for emergencies that are there: break-glass permission sets with whom they reach,
and roles with whom their trust policies really let in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from inventory.models import (
    AccountAssignment,
    AwsAccount,
    GroupMembership,
    IamRole,
    IamUser,
    IdentityProvider,
    IdentityStoreGroup,
    PermissionSet,
)
from migrations_plan.artefacts.who_can import who_can, whole_accounts
from migrations_plan.gather.generated.behind import CENTER
from migrations_plan.gather.target_facts import is_break_glass

SOURCES = (*CENTER, "authorization_details", "identity_providers")
NAMES = ("breakglass", "break-glass", "emergency", "firefight")


@dataclass(frozen=True, slots=True)
class EmergencySet:
    """A break-glass permission set. groups: names; people: how many of them are in it now."""

    name: str
    session: str
    accounts: tuple[str, ...]
    groups: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class EmergencyRole:
    """A role by its name. who: sentences. administrators: of the accounts that are trusted as a
    whole, how many IAM users are known to be administrators; independent: nobody needs Identity
    Center for it."""

    arn: str
    account: str
    who: tuple[str, ...]
    administrators: int
    independent: bool


@dataclass(frozen=True, slots=True)
class Emergency:
    """What is there. providers: ARNs of SAML providers."""

    sets: tuple[EmergencySet, ...]
    roles: tuple[EmergencyRole, ...]
    accounts: tuple[AwsAccount, ...]
    providers: tuple[str, ...]


def emergency(also_role: str = "") -> Emergency:
    """also_role: an ARN that somebody asks about. Seven queries."""
    accounts = tuple(AwsAccount.objects.present())
    names = {one.account_id: str(one) for one in accounts}
    providers = IdentityProvider.objects.present().filter(provider_type="saml").order_by("arn")
    return Emergency(
        tuple(_sets(names)),
        tuple(_roles(names, also_role)),
        accounts,
        tuple(providers.values_list("arn", flat=True)),
    )


def independent_roles() -> tuple[EmergencyRole, ...]:
    """The roles alone, accounts by id. Two queries."""
    return tuple(one for one in _roles({}, "") if one.independent)


def _sets(names: dict[str, str]) -> Iterable[EmergencySet]:
    sets = [one for one in PermissionSet.objects.present().order_by("name") if is_break_glass(one)]
    rows = AccountAssignment.objects.present().filter(
        permission_set_id__in=[one.arn for one in sets]
    )
    given: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    columns = ("permission_set_id", "account_id", "principal_type", "principal_id")
    for arn, *rest in rows.order_by("account_id", "principal_id").values_list(*columns):
        given[arn].append((rest[0], rest[1], rest[2]))
    ids = {who for rest in given.values() for _, kind, who in rest if kind == "GROUP"}
    groups = IdentityStoreGroup.objects.present().filter(group_id__in=ids)
    titles = dict(groups.values_list("group_id", "display_name"))
    members: dict[str, set[str]] = defaultdict(set)
    inside = GroupMembership.objects.present().filter(group_id__in=ids)
    for group_id, user_id in inside.values_list("group_id", "user_id"):
        members[group_id].add(user_id)
    return [_set(one, given[one.arn], names, titles, members) for one in sets]


def _set(
    one: Any,
    given: Sequence[tuple[str, str, str]],
    names: dict[str, str],
    titles: dict[str, str],
    members: dict[str, set[str]],
) -> EmergencySet:
    people = {who for _, kind, who in given if kind == "USER"}
    groups = {who for _, kind, who in given if kind == "GROUP"}
    people = people.union(*(members.get(group, set()) for group in groups))
    return EmergencySet(
        one.name,
        one.session_duration,
        tuple(dict.fromkeys(names.get(account) or account for account, _, _ in given)),
        tuple(sorted(titles.get(group, group) for group in groups)),
        len(people),
    )


def _roles(names: dict[str, str], also_role: str) -> Iterable[EmergencyRole]:
    """By a part of their names; those of Identity Center's own sets are not independent."""
    named = Q(pk__in=[])
    for word in NAMES:
        named |= Q(role_name__icontains=word)
    rows = list(
        IamRole.objects.present()
        .filter(named | Q(arn=also_role))
        .exclude(path__startswith="/aws-reserved/")
        .order_by("arn")
    )
    whole = {one.arn: whole_accounts(one.trust_policy) for one in rows}
    counts = dict(
        IamUser.objects.present()
        .filter(admin=True, account_id__in={a for ids in whole.values() for a in ids})
        .order_by()
        .values_list("account_id")
        .annotate(Count("pk"))
    )
    return [
        EmergencyRole(
            one.arn,
            names.get(one.account_id) or one.account_id,
            who_can(one.trust_policy),
            sum(counts.get(account, 0) for account in whole[one.arn]),
            "AWSReservedSSO_" not in str(one.trust_policy),
        )
        for one in rows
    ]
