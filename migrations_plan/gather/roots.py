"""What is known of the root user of an account."""

from datetime import datetime

from inventory.exports.keys import slots
from inventory.models import AwsAccount, CredentialReportRow
from inventory.models.credentials import ROOT_USER
from migrations_plan.gather.credential_rows import Rows
from migrations_plan.gather.told import Reads, best
from migrations_plan.rules.facts import AWS, CLOUDTRAIL, RootFacts


def root_facts(account: AwsAccount, rows: Rows, known: Reads) -> RootFacts | None:
    """None: no read ever told of it, which the account's own rule says already."""
    account_id = account.account_id
    summary, report = rows.summaries.get(account_id), rows.reports.get((account_id, ROOT_USER))
    if summary is None and report is None:
        return None
    summary_told = known.told(
        "account_summary", account_id, summary.observed_at if summary else None
    )
    at = report.observed_at if report else None
    report_told = known.told("credential_report", account_id, at)
    aws_at = _used_at(report)
    seen_at = rows.seen.roots.get(account_id)
    by_trail = seen_at is not None and (aws_at is None or seen_at > aws_at)
    return RootFacts(
        subject=report.arn if report else f"arn:aws:iam::{account_id}:root",
        account_id=account_id,
        told=best(summary_told if summary else None, report_told if report else None),
        has_key=summary.root_access_keys_present if summary else _any_key(report),
        has_mfa=summary.root_mfa_enabled if summary else report.mfa_active if report else None,
        has_password=summary.root_password_present if summary else None,
        used_at=seen_at if by_trail else aws_at,
        used_by=CLOUDTRAIL if by_trail else AWS,
        used_told=report_told,
        key_made_at=_made_at(report),
        environment=account.environment,
    )


def _used_at(report: CredentialReportRow | None) -> datetime | None:
    if report is None:
        return None
    uses = (
        report.password_last_used_at,
        report.access_key_1_last_used_at,
        report.access_key_2_last_used_at,
    )
    return max(filter(None, uses), default=None)


def _made_at(report: CredentialReportRow | None) -> datetime | None:
    found = [slot.created_at for slot in slots(report) if slot.active] if report else []
    return min(filter(None, found), default=None)


def _any_key(report: CredentialReportRow | None) -> bool | None:
    """True for one active key; None while one is not told."""
    if report is None:
        return None
    keys = (report.access_key_1_active, report.access_key_2_active)
    return True if True in keys else None if None in keys else False
