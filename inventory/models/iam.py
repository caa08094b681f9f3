"""IAM users, groups, roles and policies, and what follows from them for each user."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from inventory.models.accounts import AwsAccount
from inventory.models.base import FactModel
from inventory.visibility import Viewer


class AccountFact(FactModel):
    """A fact inside one account."""

    account = models.ForeignKey(AwsAccount, models.CASCADE, related_name="+")

    class Meta:
        abstract = True


class IamUser(AccountFact):
    """An IAM user. Key: arn. The columns below the line are derived from several sources by
    inventory.user_summary, in the same transaction as the facts; None means not known."""

    arn = models.CharField(max_length=700, unique=True)
    user_id = models.CharField(max_length=64, db_index=True)
    user_name = models.CharField(max_length=128)
    path = models.CharField(max_length=512)
    created_at = models.DateTimeField()
    groups = models.JSONField(null=True)
    attached_policies = models.JSONField(null=True)
    inline_policies = models.JSONField(null=True)
    permissions_boundary = models.CharField(max_length=700, null=True, blank=True)  # noqa: DJ001 - None: none set
    tags = models.JSONField(null=True)

    admin = models.BooleanField(null=True)
    admin_how = models.JSONField(default=list)
    console_password = models.BooleanField(null=True)
    password_last_used_at = models.DateTimeField(null=True)
    mfa = models.BooleanField(null=True)
    active_keys = models.PositiveSmallIntegerField(null=True)
    oldest_active_key_at = models.DateTimeField(null=True)
    keys_last_used_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["user_name", "arn"]
        indexes: ClassVar = [
            models.Index(fields=["account", "user_name"], name="iam_user_by_name"),
            models.Index(fields=["user_name", "arn"], name="iam_user_sort_name"),
            models.Index(fields=["gone_at", "admin"], name="iam_user_admin"),
        ]

    def __str__(self) -> str:
        return self.user_name

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """IAM users that a lead confirmed to be this person's."""
        return Q(arn__in=list(viewer.iam_user_arns()))


class IamGroup(AccountFact):
    """An IAM group. Key: arn."""

    arn = models.CharField(max_length=700, unique=True)
    group_id = models.CharField(max_length=64)
    group_name = models.CharField(max_length=128)
    path = models.CharField(max_length=512)
    created_at = models.DateTimeField()
    attached_policies = models.JSONField(default=list)
    inline_policies = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.group_name


class IamRole(AccountFact):
    """An IAM role. Key: arn."""

    arn = models.CharField(max_length=700, unique=True)
    role_id = models.CharField(max_length=64)
    role_name = models.CharField(max_length=128)
    path = models.CharField(max_length=512)
    created_at = models.DateTimeField()
    trust_policy = models.JSONField(default=dict)
    attached_policies = models.JSONField(default=list)
    inline_policies = models.JSONField(default=dict)
    permissions_boundary = models.CharField(max_length=700, null=True, blank=True)  # noqa: DJ001 - None: none set
    tags = models.JSONField(default=dict)
    last_used_at = models.DateTimeField(null=True)
    last_used_region = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001 - None: no use known

    def __str__(self) -> str:
        return self.role_name


class IamPolicy(AccountFact):
    """A managed policy as one account shows it. Key: account_id, arn. document None: not shown."""

    arn = models.CharField(max_length=700)
    policy_name = models.CharField(max_length=128)
    path = models.CharField(max_length=512)
    aws_managed = models.BooleanField()
    default_version_id = models.CharField(max_length=16, blank=True)
    document = models.JSONField(null=True)
    attachment_count = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "arn"], name="iam_policy_key")
        ]

    def __str__(self) -> str:
        return self.policy_name


class AccountSummary(FactModel):
    """Root posture and counts of one account. Key: account_id."""

    account = models.OneToOneField(AwsAccount, models.CASCADE, related_name="summary")
    alias = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 - None: no alias set
    root_mfa_enabled = models.BooleanField(null=True)
    root_access_keys_present = models.BooleanField(null=True)
    root_signing_certificates_present = models.BooleanField(null=True)
    root_password_present = models.BooleanField(null=True)
    summary = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return self.account_id


class IdentityProvider(AccountFact):
    """An OpenID Connect or SAML provider of an account. Key: arn."""

    arn = models.CharField(max_length=700, unique=True)
    provider_type = models.CharField(max_length=8)
    url = models.CharField(max_length=512, blank=True)
    client_ids = models.JSONField(default=list)
    created_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.arn
