"""MFA devices of IAM users.

Source: iam:ListMFADevices per user.
Cost:   1 call per user of inputs.user_names, as long as nothing pages.
None:   nothing here is None; no record means that AWS listed none.
Errors: any ReadError. A user deleted while being read has none.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_instant, as_name
from inventory.records import MfaDeviceRecord


def fetch_mfa_devices(aws: Aws, inputs: Inputs) -> Reading:
    """An MfaDeviceRecord per device of inputs.user_names."""
    records: list[MfaDeviceRecord] = []
    for user_name in inputs.user_names:
        pages = aws.pages("iam", "list_mfa_devices", absent=("NoSuchEntity",), UserName=user_name)
        for page in pages:
            for raw in page["MFADevices"]:
                records.append(
                    aws.parsed("iam", "list_mfa_devices", parse_mfa_device, raw, inputs.account_id)
                )
    return Reading(records=records)


def parse_mfa_device(raw: Mapping[str, Any], account_id: str) -> MfaDeviceRecord:
    """One item of ListMFADevices."""
    return MfaDeviceRecord(
        account_id=account_id,
        user_name=as_name(raw["UserName"]),
        serial_number=as_name(raw["SerialNumber"]),
        enabled_at=as_instant(raw["EnableDate"]),
    )
