"""The IAM credential report: one row per user and one for root.

Source: iam:GenerateCredentialReport until it says COMPLETE, then iam:GetCredentialReport.
Cost:   2 calls when a report of the last 4 hours exists, else a few more (at most 9).
None:   see CredentialReportRowRecord. The facts are as of the report's GeneratedTime, up to 4
        hours ago, never as of the read.
Errors: ReadFailed when AWS does not finish within 30 seconds; any other ReadError.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.credential_report_csv import parse_credential_report
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_instant

__all__ = ["fetch_credential_report", "parse_credential_report"]

# Together 27.5 seconds; AWS takes one to five for most accounts.
DELAYS_SECONDS = (0.5, 1.0, 2.0, 4.0, 6.0, 7.0, 7.0)


def fetch_credential_report(
    aws: Aws, inputs: Inputs, *, sleep: Callable[[float], None] = time.sleep
) -> Reading:
    """A CredentialReportRowRecord per row; observed_at is when AWS generated the report."""
    _generate(aws, sleep)
    answer = aws.call("iam", "get_credential_report")
    text, generated_at = aws.parsed("iam", "get_credential_report", _report, answer)
    records = aws.parsed(
        "iam", "get_credential_report", parse_credential_report, text, inputs.account_id
    )
    return Reading(records=records, observed_at=generated_at)


def _generate(aws: Aws, sleep: Callable[[float], None]) -> None:
    for delay in (*DELAYS_SECONDS, None):
        answer = aws.call("iam", "generate_credential_report")
        if answer.get("State") == "COMPLETE":
            return
        if delay is not None:
            sleep(delay)
    raise aws.broken(
        "iam",
        "generate_credential_report",
        f"the report was not ready after {sum(DELAYS_SECONDS):.0f} seconds",
    )


def _report(answer: Mapping[str, Any]) -> tuple[str, datetime]:
    content = answer["Content"]
    text = content if isinstance(content, str) else bytes(content).decode("utf-8")
    return text, as_instant(answer["GeneratedTime"])
