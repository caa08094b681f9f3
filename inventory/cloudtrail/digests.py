"""CloudTrail's hourly digests: which log objects were delivered.

Source: CloudTrail User Guide, "CloudTrail digest file structure". Verified elsewhere.
"""

import re
from typing import Any

from inventory.cloudtrail.decoded import DigestedLog
from inventory.cloudtrail.reasons import Reason, Unreadable
from inventory.cloudtrail.text import LONGEST_ARN, clean

_KEY = re.compile(
    r"AWSLogs/(?:o-[a-z0-9]+/)?(?P<account>\d{12})/CloudTrail[\w-]*/(?P<region>[a-z0-9-]+)/"
    r"(?P<day>\d{4}/\d{2}/\d{2})/(?P<name>[^/]+)$",
    re.ASCII,
)


def is_digest(value: dict[str, Any]) -> bool:
    """Whether a top-level JSON object is a digest."""
    return "digestEndTime" in value and "logFiles" in value


def digest_of(value: dict[str, Any]) -> list[DigestedLog]:
    """The log objects of a digest, whatever trail folder they are in.

    Raises Unreadable (not_records) when the list is not of a digest's shape: a digest read half
    would vouch for a completeness that nobody checked.
    """
    files = value["logFiles"]
    if not isinstance(files, list):
        raise Unreadable(Reason.NOT_RECORDS, "a digest whose logFiles is no list")
    return [_log(one) for one in files]


def _log(one: Any) -> DigestedLog:
    key = one.get("s3Object") if isinstance(one, dict) else None
    found = _KEY.search(key) if isinstance(key, str) else None
    if key is None or found is None:
        raise Unreadable(Reason.NOT_RECORDS, f"a digest that lists {key!r}")
    return DigestedLog(
        name=clean(found["name"]),
        uri=clean(f"s3://{one.get('s3Bucket')}/{key}", LONGEST_ARN),
        account_id=found["account"],
        region=clean(found["region"], 32),
        day=found["day"].replace("/", "-"),
        sha256=clean(str(one.get("hashValue") or ""), 64),
    )
