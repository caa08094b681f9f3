"""The text of a credential report, from AWS or from a file, as records.

Columns are found by name: AWS adds columns and other tools reorder them. Pure.
"""

import csv
import io
from dataclasses import fields
from datetime import datetime

from inventory.aws.values import account_of, as_bool, as_name, as_time, clean, shown
from inventory.records import CredentialReportRowRecord

# What AWS writes where there is no value.
WORDS = frozenset(["N/A", "no_information", "not_supported"])

_RENAMED = {
    "user": "user_name",
    "user_creation_time": "user_created_at",
    "password_last_used": "password_last_used_at",
    "password_last_changed": "password_last_changed_at",
    "password_next_rotation": "password_next_rotation_at",
    "access_key_1_last_rotated": "access_key_1_last_rotated_at",
    "access_key_1_last_used_date": "access_key_1_last_used_at",
    "access_key_2_last_rotated": "access_key_2_last_rotated_at",
    "access_key_2_last_used_date": "access_key_2_last_used_at",
    "cert_1_last_rotated": "cert_1_last_rotated_at",
    "cert_2_last_rotated": "cert_2_last_rotated_at",
}
_NOT_COLUMNS = frozenset(["account_id", "words", "extra"])
_FIELDS = tuple(
    each.name for each in fields(CredentialReportRowRecord) if each.name not in _NOT_COLUMNS
)
_REQUIRED = ("user", "arn")

Value = str | bool | datetime | None


def parse_credential_report(text: str, account_id: str | None) -> list[CredentialReportRowRecord]:
    """Every row, in the report's order; a row that stands there twice, alike, is one row.

    account_id None: whatever account the rows name. ValueError names the line and the reason: no
    such columns, a bad value, another account, two different rows for one ARN.
    """
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    rows: dict[str, CredentialReportRowRecord] = {}
    header: list[str] | None = None
    try:
        for cells in reader:
            if header is None:
                header = _header(cells)
            elif cells:
                row = _row(header, cells, account_id)
                if rows.setdefault(row.arn, row) != row:
                    raise ValueError(f"{shown(row.arn)} has another, different row")
    except (csv.Error, ValueError) as error:
        raise ValueError(f"credential report line {reader.line_num}: {error}") from None
    if header is None:
        raise ValueError("credential report line 1: the report is empty")
    return list(rows.values())


def _header(cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    missing = [name for name in _REQUIRED if name not in header]
    if missing:
        raise ValueError(f"there is no column {' or '.join(missing)}")
    if len(set(header)) != len(header):
        raise ValueError("a column stands there twice")
    return header


def _row(header: list[str], cells: list[str], account_id: str | None) -> CredentialReportRowRecord:
    if len(cells) != len(header):
        raise ValueError(f"{len(cells)} cells under {len(header)} column names")
    values: dict[str, Value] = dict.fromkeys(_FIELDS)
    words: dict[str, str] = {}
    extra: dict[str, str] = {}
    for column, cell in zip(header, clean(cells), strict=True):
        field = _RENAMED.get(column, column)
        if field not in values:
            extra[column] = cell
        elif cell in WORDS and column not in _REQUIRED:
            words[column] = cell
        else:
            values[field] = _value(column, field, cell)
    arn = as_name(values["arn"])
    values["account_id"] = account_of(arn)
    if account_id not in (None, values["account_id"]):
        raise ValueError(f"{shown(arn)} is not in account {account_id}")
    return CredentialReportRowRecord(
        **values,  # type: ignore[arg-type]
        words=words,
        extra=extra,
    )


def _value(column: str, field: str, cell: str) -> Value:
    try:
        if field.endswith("_at"):
            return as_time(cell)
        if field.endswith(("_active", "_enabled")):
            return as_bool(cell)
    except ValueError as error:
        raise ValueError(f"column {column}: {error}") from None
    return as_name(cell) if column in _REQUIRED else cell or None
