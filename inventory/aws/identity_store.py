"""Users, groups and memberships of the identity store.

Source: identitystore:ListUsers, ListGroups, ListGroupMemberships per group.
Cost:   1 call per 100 users + 1 per 100 groups + 1 per group and 100 members.
None:   enabled None: AWS named no UserStatus (older stores).
Errors: any ReadError. A group deleted while being read has no members.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from inventory.aws.caller import Aws
from inventory.aws.identity_center_inputs import identity_store_of
from inventory.aws.reading import Inputs, Reading
from inventory.aws.values import as_list, as_name, as_text, as_time, sorted_texts
from inventory.records import (
    GroupMembershipRecord,
    IdentityStoreGroupRecord,
    IdentityStoreUserRecord,
    Record,
)

_DELETED = ("ResourceNotFoundException",)
PAGE_SIZE = 100


def fetch_identity_store(aws: Aws, inputs: Inputs) -> Reading:
    """A record per user, per group, and per membership of a user in a group."""
    store = identity_store_of(inputs, "identitystore:ListUsers")
    region = inputs.identity_center_region
    users = list(_users(aws, store, region))
    groups = list(_groups(aws, store, region))
    records: list[Record] = [*users, *groups]
    for group in groups:
        records += _memberships(aws, store, region, group.group_id)
    return Reading(records=records)


def _users(aws: Aws, store: str, region: str | None) -> Iterator[IdentityStoreUserRecord]:
    pages = aws.pages(
        "identitystore", "list_users", region=region, IdentityStoreId=store, MaxResults=PAGE_SIZE
    )
    for page in pages:
        for raw in page["Users"]:
            yield aws.parsed("identitystore", "list_users", parse_user, raw, store)


def _groups(aws: Aws, store: str, region: str | None) -> Iterator[IdentityStoreGroupRecord]:
    pages = aws.pages(
        "identitystore", "list_groups", region=region, IdentityStoreId=store, MaxResults=PAGE_SIZE
    )
    for page in pages:
        for raw in page["Groups"]:
            yield aws.parsed("identitystore", "list_groups", parse_group, raw, store)


def _memberships(
    aws: Aws, store: str, region: str | None, group_id: str
) -> Iterator[GroupMembershipRecord]:
    pages = aws.pages(
        "identitystore",
        "list_group_memberships",
        region=region,
        absent=_DELETED,
        IdentityStoreId=store,
        GroupId=group_id,
        MaxResults=PAGE_SIZE,
    )
    for page in pages:
        for raw in page["GroupMemberships"]:
            yield aws.parsed(
                "identitystore", "list_group_memberships", parse_membership, raw, group_id
            )


def parse_user(raw: Mapping[str, Any], identity_store_id: str) -> IdentityStoreUserRecord:
    """One user of ListUsers. The address is the primary one, else the first."""
    status = as_text(raw.get("UserStatus"))
    return IdentityStoreUserRecord(
        identity_store_id=identity_store_id,
        user_id=as_name(raw["UserId"]),
        user_name=as_text(raw.get("UserName")),
        display_name=as_text(raw.get("DisplayName")),
        email=_email(as_list(raw.get("Emails"))),
        enabled=status == "ENABLED" if status else None,
        external_ids=_external_ids(raw),
        created_at=as_time(raw.get("CreatedAt")),
        updated_at=as_time(raw.get("UpdatedAt")),
    )


def parse_group(raw: Mapping[str, Any], identity_store_id: str) -> IdentityStoreGroupRecord:
    """One group of ListGroups."""
    return IdentityStoreGroupRecord(
        identity_store_id=identity_store_id,
        group_id=as_name(raw["GroupId"]),
        display_name=as_text(raw.get("DisplayName")),
        description=as_text(raw.get("Description")),
        external_ids=_external_ids(raw),
    )


def parse_membership(raw: Mapping[str, Any], group_id: str) -> GroupMembershipRecord:
    """One membership of ListGroupMemberships."""
    return GroupMembershipRecord(
        membership_id=as_name(raw["MembershipId"]),
        group_id=as_text(raw.get("GroupId")) or group_id,
        user_id=as_name(raw["MemberId"]["UserId"]),
    )


def _email(emails: list[Mapping[str, Any]]) -> str:
    # AWS allows one address a user today; sorting is stable, so the first stays first.
    ordered = sorted(emails, key=lambda email: email.get("Primary") is not True)
    return as_text(ordered[0].get("Value")).strip().lower() if ordered else ""


def _external_ids(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return sorted_texts(
        f"{as_text(item.get('Issuer'))} {as_name(item['Id'])}"
        for item in as_list(raw.get("ExternalIds"))
    )
