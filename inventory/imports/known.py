"""Joining what a file tells with what is known, where the file tells less than a whole record."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from inventory.records import AccountRecord, IamUserRecord, PermissionSetRecord, Record


def keep_known(record: Record, known: Record | None) -> Record:
    """The record with the parts it does not tell taken from what is known of the same thing."""
    if isinstance(record, PermissionSetRecord) and isinstance(known, PermissionSetRecord):
        return replace(
            record,
            managed_policies=known.managed_policies,
            customer_managed_policies=known.customer_managed_policies,
            inline_policy=known.inline_policy,
            permissions_boundary=known.permissions_boundary,
            tags=known.tags,
        )
    if isinstance(record, AccountRecord) and isinstance(known, AccountRecord):
        return replace(record, parent_id=known.parent_id, unit_path=known.unit_path)
    return record


def is_same_user(record: Record, known: Record | None) -> bool:
    """The same IAM user, not another one that was made later under the same name."""
    return (
        isinstance(record, IamUserRecord)
        and isinstance(known, IamUserRecord)
        and record.user_id == known.user_id
    )


def news(records: Iterable[Record], known: Mapping[str, Record]) -> list[Record]:
    """Records of a list of names that say something new: of a user nobody knew yet."""
    return [record for record in records if not is_same_user(record, known.get(record.key()))]
