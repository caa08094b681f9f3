"""What organizations:*, account:* and cloudtrail:* say about the organization."""

from dataclasses import dataclass
from datetime import datetime

from inventory.records.base import Document, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRecord(Record):
    """organizations:DescribeOrganization."""

    KIND = "organization"
    KEY = ("organization_id",)
    organization_id: str
    arn: str
    management_account_id: str
    feature_set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationalUnitRecord(Record):
    """A root (parent_id None) or an OU; path holds the names from the root, joined by '/'."""

    KIND = "organizational_unit"
    KEY = ("unit_id",)
    unit_id: str
    arn: str
    name: str
    parent_id: str | None
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord(Record):
    """organizations:ListAccounts, placed in the tree. parent_id None: place not known."""

    KIND = "account"
    KEY = ("account_id",)
    account_id: str
    arn: str
    name: str
    email: str
    status: str
    joined_method: str
    joined_at: datetime | None
    parent_id: str | None
    unit_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceControlPolicyRecord(Record):
    """organizations:ListPolicies and DescribePolicy."""

    KIND = "service_control_policy"
    KEY = ("policy_id",)
    policy_id: str
    arn: str
    name: str
    description: str
    aws_managed: bool
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTargetRecord(Record):
    """organizations:ListTargetsForPolicy; target_type is ROOT, ORGANIZATIONAL_UNIT or ACCOUNT."""

    KIND = "policy_target"
    KEY = ("policy_id", "target_id")
    policy_id: str
    target_id: str
    target_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationFeatureRecord(Record):
    """iam:ListOrganizationsFeatures: RootCredentialsManagement, RootSessions."""

    KIND = "organization_feature"
    KEY = ("feature",)
    feature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateContactRecord(Record):
    """account:GetAlternateContact; contact_type is BILLING, OPERATIONS or SECURITY."""

    KIND = "alternate_contact"
    KEY = ("account_id", "contact_type")
    account_id: str
    contact_type: str
    name: str
    title: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRecord(Record):
    """cloudtrail:DescribeTrails with its status and selectors.

    management_events and data_events are None when the selectors could not be told.
    """

    KIND = "trail"
    KEY = ("arn",)
    arn: str
    account_id: str
    name: str
    home_region: str
    bucket: str
    prefix: str
    is_multi_region: bool
    is_organization: bool
    log_file_validation: bool
    kms_key_id: str
    is_logging: bool
    latest_delivery_at: datetime | None
    latest_digest_delivery_at: datetime | None
    latest_delivery_error: str
    management_events: bool | None
    data_events: bool | None
    selectors: Document
