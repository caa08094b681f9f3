"""CloudTrail trails that the management account sees, whether they log, and what.

Source: cloudtrail:DescribeTrails (with shadow trails), GetTrailStatus, GetEventSelectors.
Cost:   1 call per region of inputs.regions (1 without any) + 2 per trail, in its home region.
None:   management_events None: some are logged but not all (reads only, chosen events), or AWS
        named no selector. latest_*_at None: nothing was delivered yet.
Errors: any ReadError. A trail deleted while being read is left out.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.trail_selectors import logs_data_events, logs_management_events
from inventory.aws.values import account_of, as_bool, as_name, as_text, as_time
from inventory.records import TrailRecord

_DELETED = ("TrailNotFoundException",)


def fetch_trails(aws: Aws, inputs: Inputs) -> Reading:
    """A TrailRecord per trail, each once, however many regions show it."""
    found: dict[str, dict[str, Any]] = {}
    for region in inputs.regions or (None,):
        answer = aws.call("cloudtrail", "describe_trails", region=region, includeShadowTrails=True)
        found.update(aws.parsed("cloudtrail", "describe_trails", _by_arn, answer))
    records = [_trail(aws, arn, raw) for arn, raw in sorted(found.items())]
    return Reading(records=[record for record in records if record is not None])


def _by_arn(answer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {as_name(raw["TrailARN"]): raw for raw in answer["trailList"]}


def _trail(aws: Aws, arn: str, raw: dict[str, Any]) -> TrailRecord | None:
    home = as_text(raw.get("HomeRegion")) or None
    status = aws.call_or_none(
        "cloudtrail", "get_trail_status", absent=_DELETED, region=home, Name=arn
    )
    selectors = aws.call_or_none(
        "cloudtrail", "get_event_selectors", absent=_DELETED, region=home, TrailName=arn
    )
    if status is None or selectors is None:
        return None
    return aws.parsed("cloudtrail", "describe_trails", parse_trail, raw, status, selectors)


def parse_trail(
    raw: Mapping[str, Any], status: Mapping[str, Any], selectors: Mapping[str, Any]
) -> TrailRecord:
    """One trail from the answers of its three operations."""
    arn = as_name(raw["TrailARN"])
    kept = {
        name: selectors[name]
        for name in ("EventSelectors", "AdvancedEventSelectors")
        if selectors.get(name)
    }
    return TrailRecord(
        arn=arn,
        account_id=account_of(arn),
        name=as_text(raw.get("Name")),
        home_region=as_name(raw["HomeRegion"]),
        bucket=as_text(raw.get("S3BucketName")),
        prefix=as_text(raw.get("S3KeyPrefix")),
        is_multi_region=as_bool(raw.get("IsMultiRegionTrail")) is True,
        is_organization=as_bool(raw.get("IsOrganizationTrail")) is True,
        log_file_validation=as_bool(raw.get("LogFileValidationEnabled")) is True,
        kms_key_id=as_text(raw.get("KmsKeyId")),
        is_logging=as_bool(status["IsLogging"]) is True,
        latest_delivery_at=as_time(status.get("LatestDeliveryTime")),
        latest_digest_delivery_at=as_time(status.get("LatestDigestDeliveryTime")),
        latest_delivery_error=as_text(status.get("LatestDeliveryError")),
        management_events=logs_management_events(kept),
        data_events=logs_data_events(kept),
        selectors=kept,
    )
