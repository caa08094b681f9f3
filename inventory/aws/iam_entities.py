"""One user, group, role or managed policy of iam:GetAccountAuthorizationDetails as a record.

Documents may be dicts (boto3, the CLI), JSON text or IAM's URL-encoded JSON; lists that hold one
item may have lost their brackets on the way through other tools. KeyError, ValueError: malformed.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.values import (
    account_of,
    as_bool,
    as_document,
    as_document_or_none,
    as_instant,
    as_int,
    as_list,
    as_name,
    as_tags,
    as_text,
    as_text_or_none,
    as_time,
    sorted_texts,
)
from inventory.records import (
    Document,
    IamGroupRecord,
    IamPolicyRecord,
    IamRoleRecord,
    IamUserRecord,
)


def parse_user(raw: Mapping[str, Any]) -> IamUserRecord:
    """One item of UserDetailList."""
    arn = as_name(raw["Arn"])
    return IamUserRecord(
        account_id=account_of(arn),
        arn=arn,
        user_id=as_name(raw["UserId"]),
        user_name=as_name(raw["UserName"]),
        path=as_text(raw.get("Path")) or "/",
        created_at=as_instant(raw["CreateDate"]),
        groups=sorted_texts(as_list(raw.get("GroupList"))),
        attached_policies=_attached(raw),
        inline_policies=_inline(raw.get("UserPolicyList")),
        permissions_boundary=_boundary(raw),
        tags=as_tags(raw.get("Tags")),
    )


def parse_group(raw: Mapping[str, Any]) -> IamGroupRecord:
    """One item of GroupDetailList."""
    arn = as_name(raw["Arn"])
    return IamGroupRecord(
        account_id=account_of(arn),
        arn=arn,
        group_id=as_name(raw["GroupId"]),
        group_name=as_name(raw["GroupName"]),
        path=as_text(raw.get("Path")) or "/",
        created_at=as_instant(raw["CreateDate"]),
        attached_policies=_attached(raw),
        inline_policies=_inline(raw.get("GroupPolicyList")),
    )


def parse_role(raw: Mapping[str, Any]) -> IamRoleRecord:
    """One item of RoleDetailList."""
    arn = as_name(raw["Arn"])
    last_used = raw.get("RoleLastUsed") or {}
    return IamRoleRecord(
        account_id=account_of(arn),
        arn=arn,
        role_id=as_name(raw["RoleId"]),
        role_name=as_name(raw["RoleName"]),
        path=as_text(raw.get("Path")) or "/",
        created_at=as_instant(raw["CreateDate"]),
        trust_policy=as_document(raw["AssumeRolePolicyDocument"]),
        attached_policies=_attached(raw),
        inline_policies=_inline(raw.get("RolePolicyList")),
        permissions_boundary=_boundary(raw),
        tags=as_tags(raw.get("Tags")),
        last_used_at=as_time(last_used.get("LastUsedDate")),
        last_used_region=as_text_or_none(last_used.get("Region")),
    )


def parse_policy(raw: Mapping[str, Any], account_id: str) -> IamPolicyRecord:
    """One item of Policies, as seen in account_id (AWS's own policies belong to no account)."""
    arn = as_name(raw["Arn"])
    version_id = as_text(raw.get("DefaultVersionId"))
    return IamPolicyRecord(
        account_id=account_id,
        arn=arn,
        policy_name=as_name(raw["PolicyName"]),
        path=as_text(raw.get("Path")) or "/",
        aws_managed=account_of(arn) == "aws",
        default_version_id=version_id,
        document=_default_document(raw, version_id),
        attachment_count=as_int(raw.get("AttachmentCount")),
        created_at=as_time(raw.get("CreateDate")),
        updated_at=as_time(raw.get("UpdateDate")),
    )


def _default_document(raw: Mapping[str, Any], version_id: str) -> Document | None:
    for version in as_list(raw.get("PolicyVersionList")):
        is_default = as_bool(version.get("IsDefaultVersion"))
        if is_default or (is_default is None and version.get("VersionId") == version_id):
            return as_document_or_none(version.get("Document"))
    return None


def _attached(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return sorted_texts(
        policy["PolicyArn"] if isinstance(policy, Mapping) else policy
        for policy in as_list(raw.get("AttachedManagedPolicies"))
    )


def _inline(policies: Any) -> dict[str, Document]:
    found = {
        as_name(policy["PolicyName"]): as_document(policy["PolicyDocument"])
        for policy in as_list(policies)
    }
    return dict(sorted(found.items()))


def _boundary(raw: Mapping[str, Any]) -> str | None:
    boundary = raw.get("PermissionsBoundary")
    if isinstance(boundary, Mapping):
        boundary = boundary.get("PermissionsBoundaryArn")
    return as_text_or_none(boundary)
