"""Access keys of IAM users, and when each was last used.

Source: iam:ListAccessKeys per user, iam:GetAccessKeyLastUsed per key.
Cost:   1 call per user of inputs.user_names + 1 per key (at most 2 keys a user).
None:   last_used_at is None when AWS has no record of a use, which is no proof that there was none.
Errors: any ReadError. A user or key deleted while being read has none.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_instant, as_name, as_text_or_none, as_time
from inventory.records import AccessKeyRecord

_DELETED = ("NoSuchEntity",)


def fetch_access_keys(aws: Aws, inputs: Inputs) -> Reading:
    """An AccessKeyRecord per key of inputs.user_names, last_used_read True."""
    records: list[AccessKeyRecord] = []
    for user_name in inputs.user_names:
        for page in aws.pages("iam", "list_access_keys", absent=_DELETED, UserName=user_name):
            for raw in page["AccessKeyMetadata"]:
                record = _key(aws, raw, inputs.account_id)
                if record is not None:
                    records.append(record)
    return Reading(records=records)


def _key(aws: Aws, raw: Mapping[str, Any], account_id: str) -> AccessKeyRecord | None:
    listed = aws.parsed("iam", "list_access_keys", parse_access_key, raw, account_id)
    answer = aws.call_or_none(
        "iam", "get_access_key_last_used", absent=_DELETED, AccessKeyId=listed.access_key_id
    )
    if answer is None:
        return None
    return aws.parsed("iam", "get_access_key_last_used", parse_access_key, raw, account_id, answer)


def parse_access_key(
    raw: Mapping[str, Any], account_id: str, last_used: Mapping[str, Any] | None = None
) -> AccessKeyRecord:
    """One item of ListAccessKeys with the answer of GetAccessKeyLastUsed (None: nobody asked)."""
    used = last_used["AccessKeyLastUsed"] if last_used is not None else {}
    return AccessKeyRecord(
        account_id=account_id,
        user_name=as_name(raw["UserName"]),
        access_key_id=as_name(raw["AccessKeyId"]),
        status=as_name(raw["Status"]),
        created_at=as_instant(raw["CreateDate"]),
        last_used_read=last_used is not None,
        last_used_at=as_time(used.get("LastUsedDate")),
        last_used_service=as_text_or_none(used.get("ServiceName")),
        last_used_region=as_text_or_none(used.get("Region")),
    )
