"""Identity Center as it shall be: what leads confirmed for people, given through groups.

Cost: three queries beside those of directory.center.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.models import AwsAccount, GroupMembership
from inventory.words import counted
from migrations_plan.artefacts import terraform
from migrations_plan.artefacts.catalogue import catalogue
from migrations_plan.artefacts.quoting import slug
from migrations_plan.artefacts.terraform import Assignment, Group
from migrations_plan.gather.generated import directory
from migrations_plan.gather.generated.behind import Made
from migrations_plan.gather.generated.directory import Center
from migrations_plan.models import PortalUser, TargetAccess

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who shall have a set in an account. user_id None: not in Identity Center yet."""

    name: str
    user_id: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """A group that gives a set somewhere: who has to be put into it, who is in it without having
    been confirmed, and whether it is there yet."""

    group: str
    exists: bool
    permission_set: str
    accounts: tuple[str, ...]
    to_add: tuple[str, ...]
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Target:
    """made: the file. members: what has to be done to groups besides."""

    made: Made
    members: tuple[Member, ...]


def target(found: Center, viewer: PortalUser) -> Target:
    """From confirmed target access."""
    rows = TargetAccess.objects.visible_to(viewer).select_related("person")
    wanted: dict[Place, list[Wanted]] = defaultdict(list)
    for row in rows.order_by("account_id", "permission_set", "person__email"):
        somebody = Wanted(str(row.person), row.person.identity_center_user_id)
        wanted[row.permission_set, row.account_id].append(somebody)
    if found.why:
        return Target(Made(refused=found.why), ())
    if not wanted:
        return Target(Made(refused="Nobody's target access is confirmed yet."), ())
    members = _members()
    given = _given(found, wanted, members)
    accounts = dict(AwsAccount.objects.values_list("account_id", "name"))
    made = _made(found, given)
    return Target(made, tuple(_member(one, wanted, members, accounts) for one in given))


@dataclass(frozen=True, slots=True)
class _Given:
    """One group that gives one set in some accounts. group_id None: to be made."""

    group: str
    group_id: str | None
    permission_set: str
    accounts: tuple[str, ...]


def _members() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    rows = GroupMembership.objects.present().values_list("group_id", "user_id")
    for group_id, user_id in rows:
        found[group_id].add(user_id)
    return found


def _given(
    found: Center, wanted: Mapping[Place, list[Wanted]], members: Mapping[str, set[str]]
) -> list[_Given]:
    """A group that gives the set there already is kept: of several, that with most of the people.
    The others get one new group for each set and the accounts that the very same people have."""
    titles = directory.group_names(found.groups)
    there = _there(found, titles)
    kept: dict[tuple[str, str], list[str]] = defaultdict(list)
    new: dict[tuple[str, frozenset[str]], list[str]] = defaultdict(list)
    for (name, account_id), people in sorted(wanted.items()):
        ids = {one.user_id for one in people}
        able = there.get((name, account_id), [])
        if able:
            best = max(able, key=lambda one: (len(members.get(one, set()) & ids), titles[one]))
            kept[name, best].append(account_id)
        else:
            new[name, frozenset(one.name for one in people)].append(account_id)
    found_groups = [
        _Given(titles[group_id], group_id, name, tuple(ids))
        for (name, group_id), ids in sorted(kept.items())
    ]
    taken = set(titles.values())
    for (name, _), places in sorted(new.items(), key=lambda item: (item[0][0], item[1])):
        title = _new_name(name, places, taken)
        taken.add(title)
        found_groups.append(_Given(title, None, name, tuple(places)))
    return found_groups


def _there(found: Center, titles: Mapping[str, str]) -> dict[Place, list[str]]:
    names = {one.arn: one.name for one in found.sets}
    there: dict[Place, list[str]] = defaultdict(list)
    for account_id, arn, kind, principal in found.assignments:
        if kind == "GROUP" and principal in titles and arn in names:
            there[names[arn], account_id].append(principal)
    return there


def _new_name(permission_set: str, accounts: Iterable[str], taken: set[str]) -> str:
    short = f"aws-{slug(permission_set) or 'set'}"
    return short if short not in taken else f"{short}-{min(accounts)}"


def _made(found: Center, given: Iterable[_Given]) -> Made:
    listed = list(given)
    sets, unknown = _sets(found, {one.permission_set for one in listed})
    if unknown:
        return Made(
            refused=f"Not known: what {', '.join(unknown)} shall hold. There is no permission set "
            "of that name yet, neither in Identity Center nor in the catalogue."
        )
    by_id = {one.group_id: one for one in found.groups}
    groups = {
        one.group: directory.group_of(by_id[one.group_id])
        if one.group_id
        else Group(one.group, "Made for confirmed target access", scim=_by_provider(found))
        for one in listed
    }
    rows = tuple(
        Assignment(one.permission_set, account_id, one.group, exists=one.group_id is not None)
        for one in listed
        for account_id in one.accounts
    )
    left = _unconfirmed(found, listed)
    return directory.made(found, sets, tuple(groups.values()), rows, left)


def _sets(
    found: Center, names: Iterable[str]
) -> tuple[tuple[terraform.PermissionSet, ...], list[str]]:
    """Those that exist as they are; others as the catalogue describes them."""
    there = {one.name: directory.as_terraform(one) for one in found.sets}
    described = {one.name: one.permission_set() for one in reversed(catalogue()) if not one.inline}
    wanted = sorted(names)
    known = {name: there.get(name) or described.get(name) for name in wanted}
    return (
        tuple(one for one in known.values() if one is not None),
        [name for name, one in known.items() if one is None],
    )


def _by_provider(found: Center) -> bool:
    """Groups come from an identity provider, so a new one has to be made there."""
    return any(one.external_ids for one in found.groups)


def _unconfirmed(found: Center, given: Iterable[_Given]) -> tuple[str, ...]:
    """What is assigned and nobody's target asks for: Terraform does not touch it."""
    asked = {
        (one.permission_set, account_id, one.group_id)
        for one in given
        for account_id in one.accounts
    }
    names = {one.arn: one.name for one in found.sets}
    others = sum(
        1
        for account_id, arn, _, principal in found.assignments
        if (names.get(arn), account_id, principal) not in asked
    )
    if not others:
        return ()
    return (f"{counted(others, 'existing assignment')} that no confirmed target needs.",)


def _member(
    one: _Given,
    wanted: Mapping[Place, list[Wanted]],
    members: Mapping[str, set[str]],
    accounts: Mapping[str, str],
) -> Member:
    inside = members.get(one.group_id or "", set())
    people = {who for account_id in one.accounts for who in wanted[one.permission_set, account_id]}
    ids = {who.user_id for who in people}
    return Member(
        group=one.group,
        exists=one.group_id is not None,
        permission_set=one.permission_set,
        accounts=tuple(accounts.get(account_id) or account_id for account_id in one.accounts),
        to_add=tuple(sorted(who.name for who in people if who.user_id not in inside)),
        unconfirmed=len(inside - ids),
    )
