"""Passwords and API keys of IAM users for one service: CodeCommit, Keyspaces, Bedrock, CloudWatch.

The credential report knows nothing of these.

Source: iam:ListServiceSpecificCredentials for all users at once. AWS's text promises every service
        where none is named, and every user with AllUsers; where AWS does not take that (older
        partitions), it is asked once per user instead.
Cost:   1 call per page; else 1 + 1 per user of inputs.user_names.
None:   expires_at None: it does not expire.
Errors: any ReadError. A user deleted while being read has none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_instant, as_name, as_time
from inventory.records import ServiceSpecificCredentialRecord

# What AWS answers when it does not know AllUsers and misses a user's name.
_NOT_AT_ONCE = ("InvalidInput", "MissingParameter", "NoSuchEntity", "ValidationError")
_DELETED = ("NoSuchEntity",)


def fetch_service_specific_credentials(aws: Aws, inputs: Inputs) -> Reading:
    """A ServiceSpecificCredentialRecord per credential, of whatever service."""
    pages = list(
        aws.pages("iam", "list_service_specific_credentials", absent=_NOT_AT_ONCE, AllUsers=True)
    )
    every_user = bool(pages)
    if not every_user:
        pages = list(_user_by_user(aws, inputs.user_names))
    return Reading(
        records=[
            aws.parsed(
                "iam", "list_service_specific_credentials", parse_credential, raw, inputs.account_id
            )
            for page in pages
            for raw in page["ServiceSpecificCredentials"]
        ],
        every_user=every_user,
    )


def _user_by_user(aws: Aws, user_names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for user_name in user_names:
        yield from aws.pages(
            "iam", "list_service_specific_credentials", absent=_DELETED, UserName=user_name
        )


def parse_credential(raw: Mapping[str, Any], account_id: str) -> ServiceSpecificCredentialRecord:
    """One item of ListServiceSpecificCredentials."""
    return ServiceSpecificCredentialRecord(
        account_id=account_id,
        user_name=as_name(raw["UserName"]),
        credential_id=as_name(raw["ServiceSpecificCredentialId"]),
        service_name=as_name(raw["ServiceName"]),
        status=as_name(raw["Status"]),
        created_at=as_instant(raw["CreateDate"]),
        expires_at=as_time(raw.get("ExpirationDate")),
    )
