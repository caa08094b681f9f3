"""Identity Center as it is read, as the facts of its Terraform. Six queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.models import (
    AccountAssignment,
    IdentityCenterInstance,
    IdentityStoreGroup,
    PermissionSet,
)
from inventory.words import counted
from migrations_plan.artefacts import terraform
from migrations_plan.artefacts.quoting import QuotingError
from migrations_plan.artefacts.terraform import Assignment, CustomerPolicy, Directory, Group
from migrations_plan.gather.generated.behind import CENTER, Behind, Made, behind
from migrations_plan.policy.lint import problems


@dataclass(frozen=True, slots=True)
class Linted:
    """What a reviewer has to know of a set's own policy."""

    permission_set: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Center:
    """What was read. why: the sentence why nothing can be made of it; ''."""

    behind: Behind
    instance: Any
    sets: tuple[Any, ...]
    groups: tuple[Any, ...]
    assignments: tuple[Any, ...]
    why: str


def center(now: datetime) -> Center:
    """Everything of Identity Center. Six queries while all reads are fresh."""
    known = behind(now, CENTER)
    instances = list(IdentityCenterInstance.objects.present().order_by("pk")[:2])
    sets = tuple(PermissionSet.objects.present().order_by("name", "arn"))
    return Center(
        behind=known,
        instance=instances[0] if instances else None,
        sets=sets,
        groups=tuple(IdentityStoreGroup.objects.present().order_by("display_name", "group_id")),
        assignments=tuple(
            AccountAssignment.objects.present()
            .order_by("account_id", "permission_set_id", "principal_id")
            .values_list("account_id", "permission_set_id", "principal_type", "principal_id")
        ),
        why=known.refused or _why(len(instances), sets),
    )


def _why(instances: int, sets: Iterable[Any]) -> str:
    if not instances:
        return "Identity Center has no instance: there is nothing to describe."
    if instances > 1:
        return "There is more than one instance of Identity Center: one file describes one."
    unread = [one.name for one in sets if one.managed_policies is None]
    if unread:
        return (
            f"Not known: what is in {counted(len(unread), 'permission set')} ({unread[0]} first). "
            "From half of the facts no text is made."
        )
    return ""


def live(found: Center) -> Made:
    """The file of what is there, with import blocks."""
    if found.why:
        return Made(refused=found.why)
    names = {one.arn: one.name for one in found.sets}
    titles = group_names(found.groups)
    rows, dangling = [], 0
    for account_id, arn, kind, principal in found.assignments:
        known = principal in titles if kind == "GROUP" else True
        if arn not in names or not known:
            dangling += 1
            continue
        who = {"group": titles[principal]} if kind == "GROUP" else {"user_id": principal}
        rows.append(Assignment(names[arn], account_id, exists=True, **who))
    left = _left_out(dangling, found.groups, titles)
    sets = tuple(as_terraform(one) for one in found.sets)
    groups = tuple(group_of(one) for one in found.groups if one.group_id in titles)
    return made(found, sets, groups, tuple(rows), left)


def made(
    found: Center,
    sets: tuple[terraform.PermissionSet, ...],
    groups: tuple[Group, ...],
    assignments: tuple[Assignment, ...],
    left: tuple[str, ...],
) -> Made:
    """The text, or why a name in it cannot be written."""
    directory = Directory(
        found.instance.instance_arn,
        found.instance.identity_store_id,
        sets,
        groups,
        assignments,
        found.behind.instant,
        left,
    )
    try:
        return Made((terraform.identity_center(directory),), notes=left)
    except (terraform.TerraformError, QuotingError) as problem:
        return Made(refused=str(problem))


def _left_out(dangling: int, groups: Iterable[Any], titles: Mapping[str, str]) -> tuple[str, ...]:
    said = []
    if dangling:
        said.append(
            f"{counted(dangling, 'assignment')} to a group or of a permission set that is no "
            "longer there; remove them by hand."
        )
    twice = sum(1 for one in groups if one.group_id not in titles)
    if twice:
        said.append(f"{counted(twice, 'group')} that bears the name of another group.")
    return tuple(said)


def group_names(groups: Iterable[Any]) -> dict[str, str]:
    """By id; Terraform tells groups apart by name, so of two with one name the first counts."""
    taken: dict[str, str] = {}
    for one in groups:
        taken.setdefault(one.display_name, one.group_id)
    return {group_id: name for name, group_id in taken.items()}


def group_of(row: Any) -> Group:
    """scim: an identity provider sends it."""
    return Group(row.display_name, row.description, bool(row.external_ids), row.group_id)


def as_terraform(row: Any) -> terraform.PermissionSet:
    """One set whose contents were read."""
    return terraform.PermissionSet(
        name=row.name,
        description=row.description,
        session_duration=row.session_duration,
        managed=tuple(row.managed_policies),
        customer_managed=tuple(_customer(one) for one in row.customer_managed_policies or ()),
        inline=row.inline_policy or None,
        boundary=_boundary(row.permissions_boundary),
        tags=tuple(sorted((row.tags or {}).items())),
        arn=row.arn,
        relay_state=row.relay_state,
    )


def _customer(path_and_name: str) -> CustomerPolicy:
    path, _, name = path_and_name.rpartition("/")
    return CustomerPolicy(name, f"{path}/")


def _boundary(kept: Any) -> str | CustomerPolicy | None:
    if not kept:
        return None
    if kept.get("ManagedPolicyArn"):
        return str(kept["ManagedPolicyArn"])
    reference = kept.get("CustomerManagedPolicyReference") or {}
    return CustomerPolicy(str(reference.get("Name", "")), str(reference.get("Path") or "/"))


def linted(found: Center) -> tuple[Linted, ...]:
    """Sets whose own policy has something to say of. No query."""
    checked = ((one.name, problems(one.inline_policy)) for one in found.sets if one.inline_policy)
    return tuple(Linted(name, said) for name, said in checked if said)
