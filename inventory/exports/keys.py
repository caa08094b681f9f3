"""Access keys as the list and the credential report know them together."""

from dataclasses import dataclass
from datetime import datetime

from inventory.exports.facts import AllFacts, Seen, UserFacts
from inventory.models import CredentialReportRow
from inventory.records import AccessKeyRecord, CredentialReportRowRecord


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the report's two keys. created_at: AWS calls it last rotated."""

    id: str
    active: bool | None
    created_at: datetime | None
    used_at: datetime | None
    used_service: str | None
    used_region: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """One access key, from the list, the report or both. None: not known, or never used."""

    id: str
    status: str | None
    created_at: datetime | None
    last_used_at: datetime | None
    last_used_service: str | None
    last_used_region: str | None
    observed_at: datetime


def access_keys(facts: UserFacts, everything: AllFacts) -> list[Key]:
    """The user's keys by id. A listed key and a report's key of one creation time (to the second)
    are the same key; a report's key that a newer list lacks was deleted since."""
    waiting = slots(facts.report.record) if facts.report else []
    found: list[Key] = []
    for key in sorted(facts.keys, key=lambda key: key.record.access_key_id):
        record = key.record
        slot = matching(record.created_at, active=record.status == "Active", waiting=waiting)
        if slot is not None:
            waiting.remove(slot)
        found.append(_joined(key, slot, facts.report))
    listed_at = everything.asked_at("access_keys", facts)
    if facts.report and (listed_at is None or listed_at < facts.report.observed_at):
        found += [_from_report(slot, facts.report.observed_at) for slot in waiting]
    return sorted(found, key=lambda key: key.id)


def slots(row: CredentialReportRowRecord | CredentialReportRow) -> list[Slot]:
    """The report's keys; one that neither is active nor was ever made is none."""
    both = [
        Slot(
            "report:access_key_1",
            row.access_key_1_active,
            row.access_key_1_last_rotated_at,
            row.access_key_1_last_used_at,
            row.access_key_1_last_used_service,
            row.access_key_1_last_used_region,
        ),
        Slot(
            "report:access_key_2",
            row.access_key_2_active,
            row.access_key_2_last_rotated_at,
            row.access_key_2_last_used_at,
            row.access_key_2_last_used_service,
            row.access_key_2_last_used_region,
        ),
    ]
    return [slot for slot in both if slot.active or slot.created_at is not None]


def matching(created_at: datetime, *, active: bool, waiting: list[Slot]) -> Slot | None:
    """The report's key that is the listed key made then; None: the report does not know it."""
    # Two keys may be made in one second; then the one of equal status is the better guess.
    same = [s for s in waiting if s.created_at and _second(s.created_at) == _second(created_at)]
    return min(same, key=lambda slot: slot.active != active, default=None)


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _joined(
    listed: Seen[AccessKeyRecord],
    slot: Slot | None,
    report: Seen[CredentialReportRowRecord] | None,
) -> Key:
    key = listed.record
    uses = [(key.last_used_at, key.last_used_service, key.last_used_region)]
    status, observed_at = key.status, listed.observed_at
    if slot is not None and report is not None:
        uses.append((slot.used_at, slot.used_service, slot.used_region))
        if report.observed_at > listed.observed_at:
            status, observed_at = _status(slot) or key.status, report.observed_at
    used = [use for use in uses if use[0] is not None]
    newest = max(used, key=lambda use: str(use[0] and use[0].isoformat())) if used else uses[0]
    return Key(key.access_key_id, status, key.created_at, *newest, observed_at)


def _from_report(slot: Slot, observed_at: datetime) -> Key:
    use = (slot.used_at, slot.used_service, slot.used_region)
    return Key(slot.id, _status(slot), slot.created_at, *use, observed_at)


def _status(slot: Slot) -> str | None:
    if slot.active is None:
        return None
    return "Active" if slot.active else "Inactive"
