"""The IAM Identity Center instance, and where it lives.

Source: sso:ListInstances, region by region until one answers with an instance.
Cost:   1 call per region asked.
None:   an empty reading means that every region answered and none has an instance.
Errors: when none was found, the error of the first region that could not be read.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.errors import ReadError
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_name, as_text, as_time
from inventory.records import IdentityCenterInstanceRecord


def fetch_identity_center(aws: Aws, inputs: Inputs) -> Reading:
    """An IdentityCenterInstanceRecord per instance of the first region that has any."""
    known = inputs.identity_center_region
    failure: ReadError | None = None
    for region in (known,) if known else inputs.regions:
        try:
            records = _instances(aws, region)
        except ReadError as error:
            failure = failure or error
            continue
        if records:
            return Reading(records=records)
    if failure is not None:
        raise failure
    return Reading()


def _instances(aws: Aws, region: str) -> list[IdentityCenterInstanceRecord]:
    records: list[IdentityCenterInstanceRecord] = []
    for page in aws.pages("sso-admin", "list_instances", region=region):
        for raw in page["Instances"]:
            records.append(aws.parsed("sso-admin", "list_instances", parse_instance, raw, region))
    return records


def parse_instance(raw: Mapping[str, Any], region: str) -> IdentityCenterInstanceRecord:
    """One instance as seen in `region`; a replicated one names its primary region itself."""
    return IdentityCenterInstanceRecord(
        instance_arn=as_name(raw["InstanceArn"]),
        identity_store_id=as_name(raw["IdentityStoreId"]),
        owner_account_id=as_text(raw.get("OwnerAccountId")),
        name=as_text(raw.get("Name")),
        status=as_text(raw.get("Status")),
        region=as_text(raw.get("PrimaryRegion")) or region,
        created_at=as_time(raw.get("CreatedDate")),
    )
