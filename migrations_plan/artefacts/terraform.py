"""Identity Center as Terraform: permission sets, what is in them, groups, and who is assigned.

What exists already comes with an import block, so that a first `terraform plan` shows no change.
Groups that an identity provider sends (SCIM) are only looked up: two masters would undo each other.
Made for Terraform 1.5 and hashicorp/aws 5.40 or newer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from migrations_plan.artefacts.artefact import TERRAFORM, Artefact, commented
from migrations_plan.artefacts.hcl_blocks import (
    VERSIONS,
    Rows,
    block,
    imported,
    json_policy,
    labels,
    resource,
)
from migrations_plan.artefacts.quoting import comment_text, hcl, hcl_value

SET, GROUP = "aws_ssoadmin_permission_set", "aws_identitystore_group"


@dataclass(frozen=True, slots=True)
class CustomerPolicy:
    """A policy of the company's own that must exist under this name in every account."""

    name: str
    path: str = "/"


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """A permission set as it shall be. arn: None where it does not exist yet. relay_state: the
    page that the console opens with; ''."""

    name: str
    description: str
    session_duration: str
    managed: tuple[str, ...] = ()
    customer_managed: tuple[CustomerPolicy, ...] = ()
    inline: Mapping[str, Any] | None = None
    boundary: str | CustomerPolicy | None = None
    tags: tuple[tuple[str, str], ...] = ()
    arn: str | None = None
    relay_state: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the identity store. scim: an identity provider keeps it. id: None where new."""

    name: str
    description: str = ""
    scim: bool = True
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """A group (by name) or a user (by id) who may open a permission set in an account."""

    permission_set: str
    account_id: str
    group: str | None = None
    user_id: str | None = None
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Everything that the file describes. as_of: when it was read. left_out: what is there and
    not in the file, in sentences that the file says itself."""

    instance_arn: str
    identity_store_id: str
    sets: tuple[PermissionSet, ...]
    groups: tuple[Group, ...]
    assignments: tuple[Assignment, ...]
    as_of: datetime
    left_out: tuple[str, ...] = ()


class TerraformError(ValueError):
    """Facts that do not fit together. str() is one sentence."""


def identity_center(directory: Directory) -> Artefact:
    """The whole file. Raises TerraformError."""
    _check(directory)
    names = labels(one.name for one in directory.sets)
    groups = labels(one.name for one in directory.groups)
    rows = [
        ("instance_arn", hcl(directory.instance_arn)),
        ("identity_store_id", hcl(directory.identity_store_id)),
    ]
    blocks = [VERSIONS, block("locals", rows)]
    for one in sorted(directory.sets, key=lambda one: one.name):
        blocks += _permission_set(one, names[one.name], directory.instance_arn)
    for group in sorted(directory.groups, key=lambda one: one.name):
        blocks += _group(group, groups[group.name], directory.identity_store_id)
    blocks += _assignments(directory, names, groups)
    about = "Identity Center: permission sets, groups and assignments."
    said = "".join(f"# Not in this file: {comment_text(one)}\n" for one in directory.left_out)
    text = said + "\n" + "\n".join(blocks)
    return commented("identity-center.tf", TERRAFORM, text, directory.as_of, about=about)


def _check(directory: Directory) -> None:
    sets = {one.name for one in directory.sets}
    groups = {one.name for one in directory.groups}
    for one in directory.assignments:
        if one.permission_set not in sets:
            raise TerraformError(f"The permission set {one.permission_set!a} is not described.")
        if one.group is not None and one.group not in groups:
            raise TerraformError(f"The group {one.group!a} is not described.")
        if (one.group is None) is (one.user_id is None):
            raise TerraformError("An assignment needs either a group or a user.")


def _permission_set(wanted: PermissionSet, label: str, instance_arn: str) -> Iterable[str]:
    rows = [
        ("name", hcl(wanted.name)),
        ("instance_arn", "local.instance_arn"),
        ("session_duration", hcl(wanted.session_duration)),
    ]
    if wanted.description:
        rows.append(("description", hcl(wanted.description)))
    if wanted.relay_state:
        rows.append(("relay_state", hcl(wanted.relay_state)))
    if wanted.tags:
        rows.append(("tags", hcl_value(dict(sorted(wanted.tags)), 1)))
    yield resource(SET, label, rows)
    whole = f"{wanted.arn},{instance_arn}"
    if wanted.arn:
        yield imported(SET, label, whole)
    for kind, name, more, inner, identifier in _contents(wanted, label):
        yield resource(kind, name, [*_of(label), *more], inner)
        if wanted.arn:
            yield imported(kind, name, f"{identifier}{whole}")


Content = tuple[str, str, Rows, list[str], str]


def _contents(wanted: PermissionSet, label: str) -> Iterable[Content]:
    """What is in a permission set: kind, label, attributes, blocks, how its import id begins."""
    kind = "aws_ssoadmin_managed_policy_attachment"
    tails = labels(arn.rsplit("policy/", 1)[-1] for arn in wanted.managed)
    for arn in sorted(wanted.managed):
        name = f"{label}_{tails[arn.rsplit('policy/', 1)[-1]]}"
        yield kind, name, [("managed_policy_arn", hcl(arn))], [], f"{arn},"
    kind = "aws_ssoadmin_customer_managed_policy_attachment"
    tails = labels(f"{one.path}{one.name}" for one in wanted.customer_managed)
    for one in sorted(wanted.customer_managed, key=lambda one: (one.path, one.name)):
        name = f"{label}_{tails[f'{one.path}{one.name}']}"
        yield kind, name, [], [_reference(one, 1)], f"{one.name},{one.path},"
    if wanted.inline is not None:
        kind = "aws_ssoadmin_permission_set_inline_policy"
        yield kind, label, [("inline_policy", json_policy(wanted.inline))], [], ""
    if wanted.boundary is not None:
        kind = "aws_ssoadmin_permissions_boundary_attachment"
        yield kind, label, [], [_boundary(wanted.boundary)], ""


def _of(label: str) -> list[tuple[str, str]]:
    return [
        ("instance_arn", "local.instance_arn"),
        ("permission_set_arn", f"{SET}.{label}.arn"),
    ]


def _reference(policy: CustomerPolicy, indent: int) -> str:
    rows = [("name", hcl(policy.name)), ("path", hcl(policy.path))]
    return block("customer_managed_policy_reference", rows, indent=indent)


def _boundary(policy: str | CustomerPolicy) -> str:
    if isinstance(policy, str):
        rows = [("managed_policy_arn", hcl(policy))]
        return block("permissions_boundary", rows, indent=1)
    return block("permissions_boundary", [], [_reference(policy, 2)], indent=1)


def _group(group: Group, label: str, store: str) -> Iterable[str]:
    if group.scim:
        unique = block(
            "unique_attribute",
            [("attribute_path", hcl("DisplayName")), ("attribute_value", hcl(group.name))],
            indent=2,
        )
        rows = [("identity_store_id", "local.identity_store_id")]
        inner = [block("alternate_identifier", [], [unique], indent=1)]
        yield block(f'data "{GROUP}" "{label}"', rows, inner)
        return
    rows = [
        ("identity_store_id", "local.identity_store_id"),
        ("display_name", hcl(group.name)),
    ]
    if group.description:
        rows.append(("description", hcl(group.description)))
    yield resource(GROUP, label, rows)
    if group.id:
        yield imported(GROUP, label, f"{store}/{group.id}")


def _assignments(
    directory: Directory, sets: Mapping[str, str], groups: Mapping[str, str]
) -> Iterable[str]:
    known = {one.name: one for one in directory.groups}
    arns = {one.name: one.arn for one in directory.sets}
    for one in sorted(directory.assignments, key=_order):
        group = known[one.group] if one.group is not None else None
        who = groups[group.name] if group else labels([str(one.user_id)])[str(one.user_id)]
        label = f"{sets[one.permission_set]}_{one.account_id}_{who}"
        kind = "GROUP" if group else "USER"
        rows = [
            *_of(sets[one.permission_set]),
            ("principal_type", hcl(kind)),
            ("principal_id", _principal(group, who, one.user_id)),
            ("target_type", hcl("AWS_ACCOUNT")),
            ("target_id", hcl(one.account_id)),
        ]
        yield resource("aws_ssoadmin_account_assignment", label, rows)
        principal = group.id if group else one.user_id
        if one.exists and principal and arns[one.permission_set]:
            parts = (principal, kind, one.account_id, "AWS_ACCOUNT", arns[one.permission_set])
            identifier = ",".join([*map(str, parts), directory.instance_arn])
            yield imported("aws_ssoadmin_account_assignment", label, identifier)


def _principal(group: Group | None, label: str, user_id: str | None) -> str:
    if group is None:
        return hcl(str(user_id))
    return f"data.{GROUP}.{label}.group_id" if group.scim else f"{GROUP}.{label}.group_id"


def _order(one: Assignment) -> tuple[str, str, str, str]:
    return one.permission_set, one.account_id, one.group or "", one.user_id or ""
