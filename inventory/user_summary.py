"""What the credential report and the questions asked user by user say together of one IAM user.

Pure arithmetic, used for the columns of lists and for exports, now and in the past. None always
means not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.models import AccessKey, CredentialReportRow
from inventory.records import AccessKeyRecord, CredentialReportRowRecord

Report = CredentialReportRow | CredentialReportRowRecord
# One of the report's two keys: active, created (AWS calls it last rotated), last used.
Slot = tuple[bool | None, datetime | None, datetime | None]
ASKED_SOURCES = ("access_keys", "login_profiles", "mfa_devices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that was told of one user.

    created_at: when the user was made, None where only a report knows the user. asked_at: when the
    user was last asked about, by source; the rest is what those questions found.
    """

    created_at: datetime | None
    report: Report | None
    report_at: datetime | None
    asked_at: Mapping[str, datetime | None]
    keys: Sequence[AccessKey | AccessKeyRecord]
    has_profile: bool
    has_mfa: bool


@dataclass(frozen=True, slots=True)
class UserSummary:
    """What follows. active_keys counts; oldest_active_key_at is when that key was made."""

    console_password: bool | None
    mfa: bool | None
    active_keys: int | None
    oldest_active_key_at: datetime | None
    password_last_used_at: datetime | None
    keys_last_used_at: datetime | None


def user_summary(told: Told) -> UserSummary:
    """The newer of question and report decides; either counts only for the user of today."""
    report = _report_of(told)
    keys = [key for key in told.keys if not _before(key.created_at, told.created_at)]
    slots = _slots(report) if report else ()
    uses = [key.last_used_at for key in keys] + [used for _, _, used in slots]
    asked = {source: _asked_last(source, told, report) for source in ASKED_SOURCES}
    count, ages = _listed(keys) if asked["access_keys"] else _reported(slots)
    password, mfa = (report.password_enabled, report.mfa_active) if report else (None, None)
    return UserSummary(
        console_password=told.has_profile if asked["login_profiles"] else password,
        mfa=told.has_mfa if asked["mfa_devices"] else mfa,
        active_keys=count,
        oldest_active_key_at=min(ages, default=None),
        password_last_used_at=report.password_last_used_at if report else None,
        keys_last_used_at=latest(*uses),
    )


def latest(*moments: datetime | None) -> datetime | None:
    """The last of those that are known."""
    return max((moment for moment in moments if moment is not None), default=None)


def _report_of(told: Told) -> Report | None:
    """A report from before the user was made tells of an earlier user of that name."""
    return None if _before(told.report_at, told.created_at) else told.report


def _before(moment: datetime | None, created_at: datetime | None) -> bool:
    return moment is not None and created_at is not None and moment < created_at


def _asked_last(source: str, told: Told, report: Report | None) -> bool:
    asked_at = told.asked_at.get(source)
    if asked_at is None or _before(asked_at, told.created_at):
        return False
    return report is None or told.report_at is None or asked_at >= told.report_at


def _slots(row: Report) -> tuple[Slot, Slot]:
    return (
        (
            row.access_key_1_active,
            row.access_key_1_last_rotated_at,
            row.access_key_1_last_used_at,
        ),
        (
            row.access_key_2_active,
            row.access_key_2_last_rotated_at,
            row.access_key_2_last_used_at,
        ),
    )


def _listed(keys: Sequence[AccessKey | AccessKeyRecord]) -> tuple[int, list[datetime]]:
    ages = [key.created_at for key in keys if key.status == "Active"]
    return len(ages), ages


def _reported(slots: Sequence[Slot]) -> tuple[int | None, list[datetime]]:
    if not slots or any(active is None for active, _, _ in slots):
        return None, []
    active = [made for is_active, made, _ in slots if is_active]
    return len(active), [made for made in active if made is not None]
