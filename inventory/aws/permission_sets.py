"""Permission sets with everything attached to them.

Source: sso:ListPermissionSets; per set DescribePermissionSet, ListManagedPoliciesInPermissionSet,
        ListCustomerManagedPolicyReferencesInPermissionSet, GetInlinePolicyForPermissionSet,
        GetPermissionsBoundaryForPermissionSet, ListTagsForResource.
Cost:   1 call per 100 sets + 6 per set, as long as nothing else pages.
None:   inline_policy and permissions_boundary None: AWS said there is none.
Errors: any ReadError. A set deleted before it was described is left out.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.identity_center_inputs import instance_of
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import (
    as_document_or_none,
    as_name,
    as_tags,
    as_text,
    as_time,
    sorted_texts,
)
from inventory.records import Document, PermissionSetRecord

_ABSENT = ("ResourceNotFoundException",)
DEFAULT_SESSION_DURATION = "PT1H"


def fetch_permission_sets(aws: Aws, inputs: Inputs) -> Reading:
    """A PermissionSetRecord per permission set of the instance."""
    instance = instance_of(inputs, "sso:ListPermissionSets")
    region = inputs.identity_center_region
    arns: list[str] = []
    pages = aws.pages(
        "sso-admin", "list_permission_sets", region=region, InstanceArn=instance, MaxResults=100
    )
    for page in pages:
        arns += page["PermissionSets"]
    records = [_permission_set(aws, instance, region, arn) for arn in arns]
    return Reading(records=[record for record in records if record is not None])


def _permission_set(
    aws: Aws, instance: str, region: str | None, arn: str
) -> PermissionSetRecord | None:
    one: dict[str, Any] = {"region": region, "InstanceArn": instance, "PermissionSetArn": arn}
    described = aws.call_or_none("sso-admin", "describe_permission_set", absent=_ABSENT, **one)
    if described is None:
        return None
    managed: list[Any] = []
    for page in aws.pages("sso-admin", "list_managed_policies_in_permission_set", **one):
        managed += page["AttachedManagedPolicies"]
    customer: list[Any] = []
    for page in aws.pages(
        "sso-admin", "list_customer_managed_policy_references_in_permission_set", **one
    ):
        customer += page["CustomerManagedPolicyReferences"]
    inline = aws.call("sso-admin", "get_inline_policy_for_permission_set", **one)
    boundary = aws.call_or_none(
        "sso-admin", "get_permissions_boundary_for_permission_set", absent=_ABSENT, **one
    )
    tags = _tags(aws, instance, region, arn)
    return aws.parsed(
        "sso-admin",
        "describe_permission_set",
        parse_permission_set,
        described,
        managed,
        customer,
        inline,
        boundary,
        tags,
    )


def _tags(aws: Aws, instance: str, region: str | None, arn: str) -> list[Any]:
    tags: list[Any] = []
    pages = aws.pages(
        "sso-admin",
        "list_tags_for_resource",
        region=region,
        InstanceArn=instance,
        ResourceArn=arn,
    )
    for page in pages:
        tags += page["Tags"]
    return tags


def parse_permission_set(
    described: Mapping[str, Any],
    managed: list[Any],
    customer: list[Any],
    inline: Mapping[str, Any],
    boundary: Mapping[str, Any] | None,
    tags: list[Any],
) -> PermissionSetRecord:
    """One permission set from the answers of its six operations."""
    raw = described["PermissionSet"]
    return PermissionSetRecord(
        arn=as_name(raw["PermissionSetArn"]),
        name=as_name(raw["Name"]),
        description=as_text(raw.get("Description")),
        session_duration=as_text(raw.get("SessionDuration")) or DEFAULT_SESSION_DURATION,
        relay_state=as_text(raw.get("RelayState")),
        created_at=as_time(raw.get("CreatedDate")),
        managed_policies=sorted_texts(policy["Arn"] for policy in managed),
        customer_managed_policies=sorted_texts(_path_and_name(policy) for policy in customer),
        inline_policy=as_document_or_none(inline.get("InlinePolicy")),
        permissions_boundary=_boundary(boundary),
        tags=as_tags(tags),
    )


def _path_and_name(policy: Mapping[str, Any]) -> str:
    return f"{as_text(policy.get('Path')) or '/'}{as_name(policy['Name'])}"


def _boundary(answer: Mapping[str, Any] | None) -> Document | None:
    return as_document_or_none((answer or {}).get("PermissionsBoundary") or None)
