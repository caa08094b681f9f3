"""What guards the organization: SCPs and their targets, features, contacts, trails."""

from typing import ClassVar

from django.db import models

from inventory.models.accounts import AwsAccount
from inventory.models.base import FactModel


class ServiceControlPolicy(FactModel):
    """A service control policy. Key: policy_id."""

    policy_id = models.CharField(max_length=132, unique=True)
    arn = models.CharField(max_length=256)
    name = models.CharField(max_length=128)
    description = models.TextField(blank=True)
    aws_managed = models.BooleanField()
    document = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class PolicyTarget(FactModel):
    """Where a service control policy is attached. Key: policy_id, target_id."""

    policy_id = models.CharField(max_length=132)
    target_id = models.CharField(max_length=68)
    target_type = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy_id", "target_id"], name="policy_target_key")
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} on {self.target_id}"


class OrganizationFeature(FactModel):
    """A root management feature that is switched on. Key: feature."""

    feature = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.feature


class AlternateContact(FactModel):
    """An alternate contact of an account. Key: account_id, contact_type."""

    account = models.ForeignKey(AwsAccount, models.CASCADE, related_name="alternate_contacts")
    contact_type = models.CharField(max_length=16)
    name = models.CharField(max_length=128)
    title = models.CharField(max_length=128)
    email = models.CharField(max_length=320)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "contact_type"], name="alternate_contact_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact_type} {self.email}"


class Trail(FactModel):
    """A CloudTrail trail. Key: arn."""

    arn = models.CharField(max_length=256, unique=True)
    account_id = models.CharField(max_length=12)
    name = models.CharField(max_length=128)
    home_region = models.CharField(max_length=32)
    bucket = models.CharField(max_length=255, blank=True)
    prefix = models.CharField(max_length=255, blank=True)
    is_multi_region = models.BooleanField()
    is_organization = models.BooleanField()
    log_file_validation = models.BooleanField()
    kms_key_id = models.CharField(max_length=512, blank=True)
    is_logging = models.BooleanField()
    latest_delivery_at = models.DateTimeField(null=True)
    latest_digest_delivery_at = models.DateTimeField(null=True)
    latest_delivery_error = models.TextField(blank=True)
    management_events = models.BooleanField(null=True)
    data_events = models.BooleanField(null=True)
    selectors = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
