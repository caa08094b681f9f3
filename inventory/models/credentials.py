"""Long-lived credentials: the report, keys, passwords, MFA devices and the rest."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory.models.iam import AccountFact, IamUser
from inventory.visibility import Viewer

ROOT_USER = "<root_account>"


class UserFact(AccountFact):
    """A fact about one IAM user; `user` is joined by name when the user itself is known."""

    user = models.ForeignKey(IamUser, models.SET_NULL, null=True, related_name="%(class)ss")
    user_name = models.CharField(max_length=128)

    class Meta:
        abstract = True

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """What belongs to the person's confirmed IAM users."""
        return Q(user__arn__in=list(viewer.iam_user_arns()))


class CredentialReportRow(UserFact):
    """One row of the credential report. Key: arn. Column names are AWS's."""

    arn = models.CharField(max_length=700, unique=True)
    user_created_at = models.DateTimeField(null=True)
    password_enabled = models.BooleanField(null=True)
    password_last_used_at = models.DateTimeField(null=True)
    password_last_changed_at = models.DateTimeField(null=True)
    password_next_rotation_at = models.DateTimeField(null=True)
    mfa_active = models.BooleanField(null=True)
    access_key_1_active = models.BooleanField(null=True)
    access_key_1_last_rotated_at = models.DateTimeField(null=True)
    access_key_1_last_used_at = models.DateTimeField(null=True)
    access_key_1_last_used_region = models.CharField(max_length=32, null=True)  # noqa: DJ001
    access_key_1_last_used_service = models.CharField(max_length=64, null=True)  # noqa: DJ001
    access_key_2_active = models.BooleanField(null=True)
    access_key_2_last_rotated_at = models.DateTimeField(null=True)
    access_key_2_last_used_at = models.DateTimeField(null=True)
    access_key_2_last_used_region = models.CharField(max_length=32, null=True)  # noqa: DJ001
    access_key_2_last_used_service = models.CharField(max_length=64, null=True)  # noqa: DJ001
    cert_1_active = models.BooleanField(null=True)
    cert_1_last_rotated_at = models.DateTimeField(null=True)
    cert_2_active = models.BooleanField(null=True)
    cert_2_last_rotated_at = models.DateTimeField(null=True)
    words = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.user_name

    def is_root(self) -> bool:
        """The row of the account's root user."""
        return self.user_name == ROOT_USER


class AccessKey(UserFact):
    """An access key. Key: access_key_id. The secret is never seen."""

    access_key_id = models.CharField(max_length=128, unique=True)
    status = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    last_used_read = models.BooleanField()
    last_used_at = models.DateTimeField(null=True)
    last_used_service = models.CharField(max_length=64, null=True)  # noqa: DJ001 - None: no use known
    last_used_region = models.CharField(max_length=32, null=True)  # noqa: DJ001 - None: no use known

    class Meta:
        ordering: ClassVar = ["account", "user_name", "created_at", "access_key_id"]
        indexes: ClassVar = [
            models.Index(fields=["gone_at", "status", "created_at"], name="access_key_age")
        ]

    def __str__(self) -> str:
        return self.access_key_id


class LoginProfile(UserFact):
    """A console password. Key: account_id, user_name."""

    created_at = models.DateTimeField()
    password_reset_required = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "user_name"], name="login_profile_key")
        ]

    def __str__(self) -> str:
        return self.user_name


class MfaDevice(UserFact):
    """An MFA device of an IAM user. Key: account_id, user_name, serial_number."""

    serial_number = models.CharField(max_length=256)
    enabled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "user_name", "serial_number"], name="mfa_device_key"
            )
        ]

    def __str__(self) -> str:
        return self.serial_number


class SshPublicKey(UserFact):
    """An SSH key for CodeCommit. Key: ssh_public_key_id."""

    ssh_public_key_id = models.CharField(max_length=128, unique=True)
    status = models.CharField(max_length=16)
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ssh_public_key_id


class SigningCertificate(UserFact):
    """An X.509 signing certificate. Key: certificate_id."""

    certificate_id = models.CharField(max_length=128, unique=True)
    status = models.CharField(max_length=16)
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.certificate_id


class ServiceSpecificCredential(UserFact):
    """A credential for one service (CodeCommit, Bedrock, ...). Key: credential_id."""

    credential_id = models.CharField(max_length=128, unique=True)
    service_name = models.CharField(max_length=128)
    status = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.credential_id
