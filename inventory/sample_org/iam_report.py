"""The credential report: the columns, words and cache that AWS has and moto has not."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

from inventory.sample_org.clock import CLOCK, naive
from inventory.sample_org.errors import QueryError
from inventory.sample_org.side import SIDE, Report
from inventory.sample_org.spec import Root

LIFETIME = timedelta(hours=4)
_KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_1_{name}" for name in _KEY_COLUMNS),
    *(f"access_key_2_{name}" for name in _KEY_COLUMNS),
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
)
# Documented by AWS but not seen in a live report; a reader that goes by header name takes both.
EXTRA_COLUMN = "additional_credentials_info"
SHOW_EXTRA_COLUMN = False


def _word(moment: datetime | None, missing: str = "N/A") -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else missing


def _flag(value: object) -> str:
    return "true" if value else "false"


def _key_cells(key: Any) -> list[str]:
    """A key's five cells; an inactive key keeps its dates, as in AWS."""
    if key is None:
        return ["false", "N/A", "N/A", "N/A", "N/A"]
    used = key.last_used
    last = [_word(used.timestamp), used.region, used.service] if used else ["N/A"] * 3
    return [_flag(key.status == "Active"), _word(key.create_date), *last]


def _pair(items: list[Any]) -> list[Any]:
    return [*items, None, None][:2]


def _user_row(user: Any) -> list[str]:
    password = ["false", "N/A", "N/A"]
    if user.password:
        changed = user.password_changed or user.login_created or user.create_date
        password = ["true", _word(user.password_last_used, "no_information"), _word(changed)]
    certificates: list[str] = []
    for certificate in _pair(list(user.signing_certificates.values())):
        active = certificate is not None and certificate.status == "Active"
        uploaded = certificate.upload_date if certificate else None
        certificates += [_flag(active), _word(uploaded)]
    keys = [cell for key in _pair(user.access_keys) for cell in _key_cells(key)]
    head = [user.name, user.arn, _word(user.create_date), *password, "N/A", _flag(user.mfa_devices)]
    return [*head, *keys, *certificates]


def _root_row(account_id: str, root: Root) -> list[str]:
    created = CLOCK.ago(root.created)
    used = CLOCK.ago(root.last_used) if root.last_used is not None else None
    key = CLOCK.ago(root.key_age) if root.key_age is not None else None
    head = ["<root_account>", f"arn:aws:iam::{account_id}:root", _word(created), "not_supported"]
    password = [_word(used, "no_information"), "not_supported", "not_supported", _flag(root.mfa)]
    first_key = [_flag(key), _word(key), "N/A", "N/A", "N/A"]
    return [*head, *password, *first_key, *_key_cells(None), "false", "N/A", "false", "N/A"]


def _rows(account_id: str, backend: Any) -> Iterator[list[str]]:
    extra = [EXTRA_COLUMN] if SHOW_EXTRA_COLUMN else []
    yield [*COLUMNS, *extra]
    blank = ["N/A" for _ in extra]
    yield [*_root_row(account_id, SIDE.roots.get(account_id, Root())), *blank]
    for user in sorted(backend.users.values(), key=lambda user: user.name):
        yield [*_user_row(user), *blank]


def write_report(account_id: str, backend: Any) -> str:
    """The CSV: LF line ends and none after the last line."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(_rows(account_id, backend))
    return out.getvalue().rstrip("\n")


class CredentialReports(IamResponse):
    """Generate answers STARTED, then COMPLETE; the bytes stay the same for four hours."""

    def _report(self) -> Report | None:
        return SIDE.reports.get(self.current_account)

    def _expired(self, report: Report) -> bool:
        return naive(CLOCK.now()) - report.generated >= LIFETIME

    def generate_credential_report(self) -> ActionResult:
        report = self._report()
        if report is not None and not self._expired(report):
            report.ready = True
            return ActionResult({"State": "COMPLETE"})
        content = write_report(self.current_account, self.backend)
        SIDE.reports[self.current_account] = Report(naive(CLOCK.now()), content)
        description = "No report exists. Starting a new report generation task"
        return ActionResult({"State": "STARTED", "Description": description})

    def get_credential_report(self) -> ActionResult:
        report = self._report()
        if report is None:
            message = "No report exists. Please generate one first."
            raise QueryError("ReportNotPresent", message)
        if self._expired(report):
            raise QueryError("ReportExpired", "The report has expired. Please generate a new one.")
        if not report.ready:
            report.ready = True
            raise QueryError("ReportInProgress", "The report is being generated.")
        content = {"Content": report.content, "ReportFormat": "text/csv"}
        return ActionResult(content | {"GeneratedTime": report.generated})
