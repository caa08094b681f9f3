"""What one account says about its root user and itself.

Source: iam:GetAccountSummary, iam:ListAccountAliases.
Cost:   2 calls.
None:   alias None: AWS said there is none. A root fact None: AWS did not name it.
Errors: any ReadError.
"""

from collections.abc import Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_int, as_text_or_none
from inventory.records import AccountSummaryRecord


def fetch_account_summary(aws: Aws, inputs: Inputs) -> Reading:
    """One AccountSummaryRecord."""
    answer = aws.call("iam", "get_account_summary")
    aliases: list[Any] = []
    for page in aws.pages("iam", "list_account_aliases"):
        aliases += page["AccountAliases"]
    record = aws.parsed(
        "iam", "get_account_summary", parse_summary, answer, aliases, inputs.account_id
    )
    return Reading(records=[record])


def parse_summary(
    answer: Mapping[str, Any], aliases: list[Any], account_id: str
) -> AccountSummaryRecord:
    """The answer of GetAccountSummary and the account's alias (AWS allows one)."""
    summary = {name: as_int(value) or 0 for name, value in sorted(answer["SummaryMap"].items())}
    return AccountSummaryRecord(
        account_id=account_id,
        alias=as_text_or_none(aliases[0]) if aliases else None,
        root_mfa_enabled=_flag(summary, "AccountMFAEnabled"),
        root_access_keys_present=_flag(summary, "AccountAccessKeysPresent"),
        root_signing_certificates_present=_flag(summary, "AccountSigningCertificatesPresent"),
        root_password_present=_flag(summary, "AccountPasswordPresent"),
        summary=summary,
    )


def _flag(summary: Mapping[str, int], name: str) -> bool | None:
    return summary[name] > 0 if name in summary else None
