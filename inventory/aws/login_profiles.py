"""Console passwords of IAM users.

Source: iam:GetLoginProfile per user.
Cost:   1 call per user of inputs.user_names.
None:   no record means that AWS said NoSuchEntity: no password, or no such user any more.
Errors: any ReadError.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_bool, as_instant, as_name
from inventory.records import LoginProfileRecord


def fetch_login_profiles(aws: Aws, inputs: Inputs) -> Reading:
    """A LoginProfileRecord per user of inputs.user_names who has a password."""
    records: list[LoginProfileRecord] = []
    for user_name in inputs.user_names:
        answer = aws.call_or_none(
            "iam", "get_login_profile", absent=("NoSuchEntity",), UserName=user_name
        )
        if answer is not None:
            records.append(
                aws.parsed(
                    "iam", "get_login_profile", parse_login_profile, answer, inputs.account_id
                )
            )
    return Reading(records=records)


def parse_login_profile(answer: Mapping[str, Any], account_id: str) -> LoginProfileRecord:
    """The answer of GetLoginProfile as a record."""
    raw = answer["LoginProfile"]
    return LoginProfileRecord(
        account_id=account_id,
        user_name=as_name(raw["UserName"]),
        created_at=as_instant(raw["CreateDate"]),
        password_reset_required=as_bool(raw.get("PasswordResetRequired")) is True,
    )
