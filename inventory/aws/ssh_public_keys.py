"""SSH public keys that IAM users uploaded for CodeCommit.

Source: iam:ListSSHPublicKeys per user.
Cost:   1 call per user of inputs.user_names, as long as nothing pages.
None:   nothing here is None; no record means that AWS listed none.
Errors: any ReadError. A user deleted while being read has none.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_instant, as_name
from inventory.records import SshPublicKeyRecord


def fetch_ssh_public_keys(aws: Aws, inputs: Inputs) -> Reading:
    """An SshPublicKeyRecord per key of inputs.user_names."""
    records: list[SshPublicKeyRecord] = []
    for user_name in inputs.user_names:
        pages = aws.pages(
            "iam", "list_ssh_public_keys", absent=("NoSuchEntity",), UserName=user_name
        )
        for page in pages:
            for raw in page["SSHPublicKeys"]:
                records.append(
                    aws.parsed(
                        "iam", "list_ssh_public_keys", parse_ssh_public_key, raw, inputs.account_id
                    )
                )
    return Reading(records=records)


def parse_ssh_public_key(raw: Mapping[str, Any], account_id: str) -> SshPublicKeyRecord:
    """One item of ListSSHPublicKeys."""
    return SshPublicKeyRecord(
        account_id=account_id,
        user_name=as_name(raw["UserName"]),
        ssh_public_key_id=as_name(raw["SSHPublicKeyId"]),
        status=as_name(raw["Status"]),
        uploaded_at=as_instant(raw["UploadDate"]),
    )
