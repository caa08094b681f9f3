"""IAM Identity Center and its identity store."""

from dataclasses import dataclass
from datetime import datetime

from inventory.records.base import Document, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCenterInstanceRecord(Record):
    """sso:ListInstances in the home region."""

    KIND = "identity_center_instance"
    KEY = ("instance_arn",)
    instance_arn: str
    identity_store_id: str
    owner_account_id: str
    name: str
    status: str
    region: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSetRecord(Record):
    """sso:DescribePermissionSet with everything attached to it.

    session_duration is AWS's ISO 8601 text ('PT1H' when AWS names none). managed_policies,
    customer_managed_policies and tags None: nothing has told yet what is attached, and None as
    inline_policy and permissions_boundary is then not known either.
    """

    KIND = "permission_set"
    KEY = ("arn",)
    arn: str
    name: str
    description: str
    session_duration: str
    relay_state: str
    created_at: datetime | None
    managed_policies: tuple[str, ...] | None
    customer_managed_policies: tuple[str, ...] | None
    inline_policy: Document | None
    permissions_boundary: Document | None
    tags: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAssignmentRecord(Record):
    """sso:ListAccountAssignments; principal_type is USER or GROUP."""

    KIND = "account_assignment"
    KEY = ("account_id", "permission_set_arn", "principal_type", "principal_id")
    account_id: str
    permission_set_arn: str
    principal_type: str
    principal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityStoreUserRecord(Record):
    """identitystore:ListUsers.

    enabled None: AWS named no UserStatus. external_ids holds 'issuer id' texts; empty means that
    no identity provider (SCIM) made this user. email is the primary address in lower case, or ''.
    """

    KIND = "identity_store_user"
    KEY = ("user_id",)
    identity_store_id: str
    user_id: str
    user_name: str
    display_name: str
    email: str
    enabled: bool | None
    external_ids: tuple[str, ...]
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityStoreGroupRecord(Record):
    """identitystore:ListGroups."""

    KIND = "identity_store_group"
    KEY = ("group_id",)
    identity_store_id: str
    group_id: str
    display_name: str
    description: str
    external_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMembershipRecord(Record):
    """identitystore:ListGroupMemberships."""

    KIND = "group_membership"
    KEY = ("group_id", "user_id")
    membership_id: str
    group_id: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPersonRecord(Record):
    """One line of a roster file (import_roster). left_on is an ISO date text or None."""

    KIND = "roster_person"
    KEY = ("email",)
    email: str
    name: str
    status: str
    left_on: str | None
    manager: str
