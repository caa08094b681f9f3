"""What a person or program can sign in with: keys, passwords, MFA, other credentials."""

from dataclasses import dataclass
from datetime import datetime

from inventory.records.base import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReportRowRecord(Record):
    """One row of the IAM credential report; user_name is '<root_account>' for the root user.

    A column that holds a word instead of a value (N/A, no_information, not_supported) is None
    here, and `words` keeps the word. `extra` keeps columns that AWS may add.
    """

    KIND = "credential_report_row"
    KEY = ("arn",)
    account_id: str
    arn: str
    user_name: str
    user_created_at: datetime | None
    password_enabled: bool | None
    password_last_used_at: datetime | None
    password_last_changed_at: datetime | None
    password_next_rotation_at: datetime | None
    mfa_active: bool | None
    access_key_1_active: bool | None
    access_key_1_last_rotated_at: datetime | None
    access_key_1_last_used_at: datetime | None
    access_key_1_last_used_region: str | None
    access_key_1_last_used_service: str | None
    access_key_2_active: bool | None
    access_key_2_last_rotated_at: datetime | None
    access_key_2_last_used_at: datetime | None
    access_key_2_last_used_region: str | None
    access_key_2_last_used_service: str | None
    cert_1_active: bool | None
    cert_1_last_rotated_at: datetime | None
    cert_2_active: bool | None
    cert_2_last_rotated_at: datetime | None
    words: dict[str, str]
    extra: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKeyRecord(Record):
    """iam:ListAccessKeys and GetAccessKeyLastUsed.

    last_used_at None: AWS has no record of a use, or (last_used_read False) nobody asked.
    """

    KIND = "access_key"
    KEY = ("access_key_id",)
    account_id: str
    user_name: str
    access_key_id: str
    status: str
    created_at: datetime
    last_used_read: bool
    last_used_at: datetime | None
    last_used_service: str | None
    last_used_region: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginProfileRecord(Record):
    """iam:GetLoginProfile: the user has a console password. No record: AWS said there is none."""

    KIND = "login_profile"
    KEY = ("account_id", "user_name")
    account_id: str
    user_name: str
    created_at: datetime
    password_reset_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaDeviceRecord(Record):
    """iam:ListMFADevices."""

    KIND = "mfa_device"
    KEY = ("account_id", "user_name", "serial_number")
    account_id: str
    user_name: str
    serial_number: str
    enabled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SshPublicKeyRecord(Record):
    """iam:ListSSHPublicKeys."""

    KIND = "ssh_public_key"
    KEY = ("ssh_public_key_id",)
    account_id: str
    user_name: str
    ssh_public_key_id: str
    status: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCertificateRecord(Record):
    """iam:ListSigningCertificates (the certificate body is not kept)."""

    KIND = "signing_certificate"
    KEY = ("certificate_id",)
    account_id: str
    user_name: str
    certificate_id: str
    status: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpecificCredentialRecord(Record):
    """iam:ListServiceSpecificCredentials (CodeCommit, Keyspaces, Bedrock, CloudWatch Logs)."""

    KIND = "service_specific_credential"
    KEY = ("credential_id",)
    account_id: str
    user_name: str
    credential_id: str
    service_name: str
    status: str
    created_at: datetime
    expires_at: datetime | None
