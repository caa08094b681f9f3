"""Who may use which permission set in which account.

Source: sso:ListAccountsForProvisionedPermissionSet per set, then ListAccountAssignments for each
        pair of account and set that exists. Asking every possible pair costs many times as much;
        asking per user or group works in the management account only.
Cost:   1 call per set + 1 per provisioned pair, as long as nothing pages (100 a page).
None:   nothing here is None.
Errors: any ReadError. A set deleted while being read has no assignments.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.identity_center_inputs import instance_of
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_name
from inventory.records import AccountAssignmentRecord

_DELETED = ("ResourceNotFoundException",)
PAGE_SIZE = 100


def fetch_account_assignments(aws: Aws, inputs: Inputs) -> Reading:
    """An AccountAssignmentRecord per grant of inputs.permission_set_arns to a user or group."""
    instance = instance_of(inputs, "sso:ListAccountAssignments")
    region = inputs.identity_center_region
    records: list[AccountAssignmentRecord] = []
    for arn in inputs.permission_set_arns:
        for account_id in _accounts(aws, instance, region, arn):
            records += _assignments(aws, instance, region, arn, account_id)
    return Reading(records=records)


def _accounts(aws: Aws, instance: str, region: str | None, arn: str) -> list[str]:
    account_ids: list[str] = []
    pages = aws.pages(
        "sso-admin",
        "list_accounts_for_provisioned_permission_set",
        region=region,
        absent=_DELETED,
        InstanceArn=instance,
        PermissionSetArn=arn,
        MaxResults=PAGE_SIZE,
    )
    for page in pages:
        account_ids += page["AccountIds"]
    return account_ids


def _assignments(
    aws: Aws, instance: str, region: str | None, arn: str, account_id: str
) -> Iterator[AccountAssignmentRecord]:
    pages = aws.pages(
        "sso-admin",
        "list_account_assignments",
        region=region,
        absent=_DELETED,
        InstanceArn=instance,
        AccountId=account_id,
        PermissionSetArn=arn,
        MaxResults=PAGE_SIZE,
    )
    for page in pages:
        for raw in page["AccountAssignments"]:
            yield aws.parsed("sso-admin", "list_account_assignments", parse_assignment, raw)


def parse_assignment(raw: Mapping[str, Any]) -> AccountAssignmentRecord:
    """One grant of ListAccountAssignments."""
    return AccountAssignmentRecord(
        account_id=as_name(raw["AccountId"]),
        permission_set_arn=as_name(raw["PermissionSetArn"]),
        principal_type=as_name(raw["PrincipalType"]),
        principal_id=as_name(raw["PrincipalId"]),
    )
