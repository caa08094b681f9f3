"""Users, groups, roles and policies of one account, as iam:GetAccountAuthorizationDetails says."""

from dataclasses import dataclass
from datetime import datetime

from inventory.records.base import Document, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class IamUserRecord(Record):
    """One user of iam:GetAccountAuthorizationDetails. Group names and policy ARNs are sorted.

    groups, attached_policies, inline_policies and tags None: a list of users named this one without
    them, and nothing has told them yet. permissions_boundary None: none set, or not known either.
    """

    KIND = "iam_user"
    KEY = ("arn",)
    account_id: str
    arn: str
    user_id: str
    user_name: str
    path: str
    created_at: datetime
    groups: tuple[str, ...] | None
    attached_policies: tuple[str, ...] | None
    inline_policies: dict[str, Document] | None
    permissions_boundary: str | None
    tags: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IamGroupRecord(Record):
    """One group of iam:GetAccountAuthorizationDetails."""

    KIND = "iam_group"
    KEY = ("arn",)
    account_id: str
    arn: str
    group_id: str
    group_name: str
    path: str
    created_at: datetime
    attached_policies: tuple[str, ...]
    inline_policies: dict[str, Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class IamRoleRecord(Record):
    """One role of iam:GetAccountAuthorizationDetails. last_used_at None: no use in 400 days."""

    KIND = "iam_role"
    KEY = ("arn",)
    account_id: str
    arn: str
    role_id: str
    role_name: str
    path: str
    created_at: datetime
    trust_policy: Document
    attached_policies: tuple[str, ...]
    inline_policies: dict[str, Document]
    permissions_boundary: str | None
    tags: dict[str, str]
    last_used_at: datetime | None
    last_used_region: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IamPolicyRecord(Record):
    """A managed policy seen in one account, with its default version's document.

    document None: AWS (or the file) named the policy without showing what it says.
    """

    KIND = "iam_policy"
    KEY = ("account_id", "arn")
    account_id: str
    arn: str
    policy_name: str
    path: str
    aws_managed: bool
    default_version_id: str
    document: Document | None
    attachment_count: int | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSummaryRecord(Record):
    """iam:GetAccountSummary and ListAccountAliases. summary holds AWS's whole map of counts."""

    KIND = "account_summary"
    KEY = ("account_id",)
    account_id: str
    alias: str | None
    root_mfa_enabled: bool | None
    root_access_keys_present: bool | None
    root_signing_certificates_present: bool | None
    root_password_present: bool | None
    summary: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProviderRecord(Record):
    """iam:ListOpenIDConnectProviders / GetOpenIDConnectProvider, ListSAMLProviders."""

    KIND = "identity_provider"
    KEY = ("arn",)
    account_id: str
    arn: str
    provider_type: str
    url: str
    client_ids: tuple[str, ...]
    created_at: datetime | None
    valid_until: datetime | None
