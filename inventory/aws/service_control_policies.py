"""Service control policies, what they say and what they are attached to.

Source: organizations:ListPolicies, DescribePolicy, ListTargetsForPolicy.
Cost:   1 call + 2 per policy, as long as nothing pages.
None:   nothing here is None. A policy deleted while being read is left out.
Errors: any ReadError.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_bool, as_document, as_name, as_text
from inventory.records import PolicyTargetRecord, Record, ServiceControlPolicyRecord

_DELETED = ("PolicyNotFoundException",)


def fetch_service_control_policies(aws: Aws, inputs: Inputs) -> Reading:
    """A ServiceControlPolicyRecord per policy and a PolicyTargetRecord per attachment."""
    policy_ids: list[str] = []
    for page in aws.pages("organizations", "list_policies", Filter="SERVICE_CONTROL_POLICY"):
        policy_ids += [
            aws.parsed("organizations", "list_policies", _id_of, raw) for raw in page["Policies"]
        ]
    records: list[Record] = []
    for policy_id in policy_ids:
        records += _policy(aws, policy_id)
    return Reading(records=records)


def _policy(aws: Aws, policy_id: str) -> list[Record]:
    answer = aws.call_or_none(
        "organizations", "describe_policy", absent=_DELETED, PolicyId=policy_id
    )
    if answer is None:
        return []
    records: list[Record] = [aws.parsed("organizations", "describe_policy", parse_policy, answer)]
    pages = aws.pages(
        "organizations", "list_targets_for_policy", absent=_DELETED, PolicyId=policy_id
    )
    for page in pages:
        for raw in page["Targets"]:
            records.append(
                aws.parsed("organizations", "list_targets_for_policy", parse_target, raw, policy_id)
            )
    return records


def _id_of(raw: Mapping[str, Any]) -> str:
    return as_name(raw["Id"])


def parse_policy(answer: Mapping[str, Any]) -> ServiceControlPolicyRecord:
    """The answer of DescribePolicy as a record."""
    summary = answer["Policy"]["PolicySummary"]
    return ServiceControlPolicyRecord(
        policy_id=as_name(summary["Id"]),
        arn=as_name(summary["Arn"]),
        name=as_text(summary.get("Name")),
        description=as_text(summary.get("Description")),
        aws_managed=as_bool(summary.get("AwsManaged")) is True,
        document=as_document(answer["Policy"]["Content"]),
    )


def parse_target(raw: Mapping[str, Any], policy_id: str) -> PolicyTargetRecord:
    """One attachment of a policy to a root, a unit or an account."""
    return PolicyTargetRecord(
        policy_id=policy_id,
        target_id=as_name(raw["TargetId"]),
        target_type=as_name(raw["Type"]),
    )
