"""IAM's big reads: ListUsers and GetAccountAuthorizationDetails, paged and filtered as in AWS."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

from inventory.sample_org.errors import QueryError
from inventory.sample_org.paging import page

DEFAULT_PAGE = 100
MAXIMUM_PAGE = 1000


def iam_page(
    response: IamResponse, items: list[Any], default: int = DEFAULT_PAGE
) -> tuple[list[Any], dict[str, Any]]:
    """One page by MaxItems and Marker, and the members that say whether there is more."""
    size = response._get_int_param("MaxItems", default)
    if not 1 <= size <= MAXIMUM_PAGE:
        raise QueryError("ValidationError", f"MaxItems must be between 1 and {MAXIMUM_PAGE}.")
    try:
        part, marker = page(items, response._get_param("Marker"), size)
    except ValueError as error:
        raise QueryError("ValidationError", "Invalid Marker.") from error
    return part, {"IsTruncated": True, "Marker": marker} if marker else {"IsTruncated": False}


def _entity(item: Any, kind: str) -> dict[str, Any]:
    return {
        "Path": item.path,
        f"{kind}Name": item.name,
        f"{kind}Id": item.id,
        "Arn": item.arn,
        "CreateDate": item.create_date,
    }


def _inline(policies: dict[str, str]) -> list[dict[str, str]]:
    """Inline policies; documents are URL-encoded on the wire."""
    return [{"PolicyName": n, "PolicyDocument": quote(d, safe="")} for n, d in policies.items()]


def _attached(item: Any) -> list[dict[str, str]]:
    return [{"PolicyName": p.name, "PolicyArn": p.arn} for p in item.managed_policies.values()]


def _optional(detail: dict[str, Any], **members: Any) -> dict[str, Any]:
    """AWS leaves out what is not there instead of sending it empty."""
    return detail | {name: value for name, value in members.items() if value}


def user_detail(user: Any) -> dict[str, Any]:
    detail = _entity(user, "User") | {
        "GroupList": user.group_list,
        "AttachedManagedPolicies": _attached(user),
        "UserPolicyList": _inline(user.policies),
    }
    return _optional(detail, Tags=user.tags, PermissionsBoundary=user.permissions_boundary)


def group_detail(group: Any) -> dict[str, Any]:
    return _entity(group, "Group") | {
        "AttachedManagedPolicies": _attached(group),
        "GroupPolicyList": _inline(group.policies),
    }


def _instance_profile(profile: Any) -> dict[str, Any]:
    return _entity(profile, "InstanceProfile") | {
        "Roles": [
            _entity(role, "Role")
            | {"AssumeRolePolicyDocument": quote(role.assume_role_policy_document, safe="")}
            for role in profile.roles
        ]
    }


def role_detail(role: Any) -> dict[str, Any]:
    used = {"LastUsedDate": role.last_used, "Region": role.last_used_region}
    detail = _entity(role, "Role") | {
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document, safe=""),
        "InstanceProfileList": [_instance_profile(p) for p in role.instance_profile_list],
        "RolePolicyList": _inline(role.policies),
        "AttachedManagedPolicies": _attached(role),
        "RoleLastUsed": used if role.last_used else {},
    }
    boundary = role.permissions_boundary_arn
    return _optional(
        detail,
        Tags=role.tags,
        PermissionsBoundary=boundary
        and {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary},
    )


def policy_detail(policy: Any, boundaries: int) -> dict[str, Any]:
    detail = _entity(policy, "Policy") | {
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": policy.attachment_count,
        "PermissionsBoundaryUsageCount": boundaries,
        "IsAttachable": True,
        "UpdateDate": policy.update_date,
        "PolicyVersionList": [
            {
                "Document": quote(version.document, safe=""),
                "VersionId": version.version_id,
                "IsDefaultVersion": version.version_id == policy.default_version_id,
                "CreateDate": version.create_date,
            }
            for version in reversed(policy.versions)
        ],
    }
    return _optional(detail, Description=policy.description)


def _boundary_uses(backend: Any) -> Callable[[str], int]:
    arns = [u.permissions_boundary_arn for u in backend.users.values()]
    arns += [r.permissions_boundary_arn for r in backend.roles.values()]
    return arns.count


def _policies(backend: Any, wanted: set[str]) -> Iterable[dict[str, Any]]:
    """Local policies always; AWS's own only where something in the account uses them."""
    uses = _boundary_uses(backend)
    for arn, policy in sorted(backend.managed_policies.items()):
        aws = arn.startswith("arn:aws:iam::aws:")
        if aws and not (policy.attachment_count or uses(arn)):
            continue
        if ("AWSManagedPolicy" if aws else "LocalManagedPolicy") in wanted:
            yield policy_detail(policy, uses(arn))


def _by_name(items: Iterable[Any]) -> list[Any]:
    return sorted(items, key=lambda item: (item.name.lower(), item.name))


ALL_KINDS = {"User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"}


def authorization_details(backend: Any, wanted: set[str]) -> list[tuple[str, dict[str, Any]]]:
    """Everything the call would ever return, in order, each with the list it belongs to."""
    found: list[tuple[str, dict[str, Any]]] = []
    if "User" in wanted:
        found += [("UserDetailList", user_detail(u)) for u in _by_name(backend.users.values())]
    if "Group" in wanted:
        found += [("GroupDetailList", group_detail(g)) for g in _by_name(backend.groups.values())]
    if "Role" in wanted:
        found += [("RoleDetailList", role_detail(r)) for r in _by_name(backend.roles.values())]
    found += [("Policies", detail) for detail in _policies(backend, wanted)]
    return found


class DetailReads(IamResponse):
    """The two reads that every collection begins with."""

    def list_users(self) -> ActionResult:
        prefix = self._get_param("PathPrefix") or "/"
        users = [u for u in _by_name(self.backend.users.values()) if u.path.startswith(prefix)]
        part, more = iam_page(self, users)
        listed = [
            _entity(u, "User")
            | ({"PasswordLastUsed": u.password_last_used} if u.password_last_used else {})
            for u in part
        ]
        return ActionResult({"Users": listed, **more})

    def get_account_authorization_details(self) -> ActionResult:
        wanted = set(self._get_param("Filter") or ALL_KINDS)
        part, more = iam_page(self, authorization_details(self.backend, wanted))
        result: dict[str, Any] = {
            "UserDetailList": [],
            "GroupDetailList": [],
            "RoleDetailList": [],
            "Policies": [],
        }
        for name, detail in part:
            result[name].append(detail)
        return ActionResult(result | more)
