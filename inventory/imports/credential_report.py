"""Credential reports: the CSV, or the JSON that `aws iam get-credential-report` prints."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inventory.aws.credential_report_csv import parse_credential_report
from inventory.aws.values import as_instant
from inventory.imports.files import SavedFile, documents, text_of
from inventory.imports.part import Parsed, Part
from inventory.records import CredentialReportRowRecord

ROOT_USER = "<root_account>"
MAX_COLUMNS = 200
CUT_OFF = "there is no row for the root user, which AWS always writes, so nothing counts as gone"


def parse_credential_report_file(file: SavedFile, account_id: str | None) -> Parsed:
    """One part per account. account_id: the only account the rows may name; None: any."""
    text, generated_at = _text(file)
    lines = text.lstrip("\ufeff\r\n ").splitlines()
    if not lines or lines[0].count(",") >= MAX_COLUMNS:
        raise file.problem("line 1", f"is empty or has more than {MAX_COLUMNS} columns")
    # Reports joined into one file bring their header along each time.
    joined = [lines[0], *(line for line in lines[1:] if line != lines[0])]
    try:
        rows = parse_credential_report("\n".join(joined), account_id)
    except ValueError as error:
        where, _, reason = str(error).removeprefix("credential report ").partition(": ")
        raise file.problem(where, reason) from None
    if not rows:
        raise file.problem("", "holds no row below its column names")
    accounts = sorted({row.account_id for row in rows})
    parts = [_part(a, [row for row in rows if row.account_id == a]) for a in accounts]
    return Parsed(parts=parts, observed_at=generated_at)


def _part(account_id: str, rows: list[CredentialReportRowRecord]) -> Part:
    whole = any(row.user_name == ROOT_USER for row in rows)
    return Part(
        source="credential_report" if whole else "credential_report.part",
        account_id=account_id,
        types=(CredentialReportRowRecord,),
        records=rows,
        whole=whole,
        note="" if whole else CUT_OFF,
    )


def _text(file: SavedFile) -> tuple[str, datetime | None]:
    text = text_of(file)
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return text, None
    found = documents(file)
    if len(found) != 1 or "Content" not in found[0]:
        raise file.problem("", "is neither a CSV nor one answer of get-credential-report")
    return _content(file, found[0]), _generated_at(file, found[0])


def _content(file: SavedFile, answer: Mapping[str, Any]) -> str:
    content = str(answer["Content"])
    # botocore's own dumps hold the CSV itself, the command line its base64.
    if content.startswith("user,"):
        return content
    try:
        return base64.b64decode("".join(content.split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise file.problem("Content", "is not base64 of a CSV") from None


def _generated_at(file: SavedFile, answer: Mapping[str, Any]) -> datetime:
    try:
        return as_instant(answer.get("GeneratedTime"))
    except ValueError as error:
        raise file.problem("GeneratedTime", str(error)) from None
