"""IAM Identity Center: permission sets, assignments, and the people and groups in its store."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from inventory.models.accounts import AwsAccount
from inventory.models.base import FactModel
from inventory.visibility import Viewer


class IdentityCenterInstance(FactModel):
    """The organization's Identity Center. Key: instance_arn."""

    instance_arn = models.CharField(max_length=256, unique=True)
    identity_store_id = models.CharField(max_length=64)
    owner_account_id = models.CharField(max_length=12)
    name = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=32, blank=True)
    region = models.CharField(max_length=32)
    created_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.instance_arn

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """Whoever is in the identity store signs in here, and needs to know where it is."""
        return Q() if viewer.principal_ids() else Q(pk__in=[])


class PermissionSet(FactModel):
    """A permission set with all that is attached to it. Key: arn."""

    arn = models.CharField(max_length=256, unique=True)
    name = models.CharField(max_length=64)
    description = models.TextField(blank=True)
    session_duration = models.CharField(max_length=32)
    relay_state = models.TextField(blank=True)
    created_at = models.DateTimeField(null=True)
    managed_policies = models.JSONField(null=True)
    customer_managed_policies = models.JSONField(null=True)
    inline_policy = models.JSONField(null=True)
    permissions_boundary = models.JSONField(null=True)
    tags = models.JSONField(null=True)

    class Meta:
        ordering: ClassVar = ["name", "arn"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """Permission sets that the person may open somewhere."""
        return Q(assignments__gone_at=None, assignments__principal_id__in=viewer.principal_ids())


class AccountAssignment(FactModel):
    """A grant of a permission set in an account to a user or group.

    Key: account_id, permission_set_arn, principal_type, principal_id. The links hold even when
    the set or the account has not been read (no database constraint).
    """

    COLUMNS: ClassVar = {"permission_set_arn": "permission_set_id"}

    account = models.ForeignKey(AwsAccount, models.CASCADE, related_name="assignments")
    permission_set = models.ForeignKey(
        PermissionSet,
        models.DO_NOTHING,
        to_field="arn",
        db_column="permission_set_arn",
        db_constraint=False,
        null=True,
        related_name="assignments",
    )
    principal_type = models.CharField(max_length=8)
    principal_id = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "permission_set", "principal_type", "principal_id"],
                name="account_assignment_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.principal_type} {self.principal_id} in {self.account_id}"

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """Grants to the person, directly or through a group."""
        return Q(principal_id__in=viewer.principal_ids())


class IdentityStoreUser(FactModel):
    """A user of the identity store. Key: user_id."""

    identity_store_id = models.CharField(max_length=64)
    user_id = models.CharField(max_length=64, unique=True)
    user_name = models.CharField(max_length=256)
    display_name = models.CharField(max_length=1024, blank=True)
    email = models.CharField(max_length=320, blank=True, db_index=True)
    enabled = models.BooleanField(null=True)
    external_ids = models.JSONField(default=list)
    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["display_name", "user_id"]

    def __str__(self) -> str:
        return self.user_name

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """The person's own entry."""
        return Q(user_id=viewer.identity_center_user_id() or "")


class IdentityStoreGroup(FactModel):
    """A group of the identity store. Key: group_id."""

    identity_store_id = models.CharField(max_length=64)
    group_id = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=1024)
    description = models.TextField(blank=True)
    external_ids = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.display_name

    @classmethod
    def theirs(cls, viewer: Viewer) -> Q:
        """Groups the person is in."""
        return Q(group_id__in=viewer.principal_ids())


class GroupMembership(FactModel):
    """A user in a group. Key: group_id, user_id."""

    membership_id = models.CharField(max_length=64)
    group_id = models.CharField(max_length=64)
    user_id = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group_id", "user_id"], name="group_membership_key")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"


class RosterPerson(FactModel):
    """A line of an imported roster. Key: email (lower case)."""

    email = models.CharField(max_length=320, unique=True)
    name = models.CharField(max_length=512, blank=True)
    status = models.CharField(max_length=64, blank=True)
    left_on = models.CharField(max_length=10, null=True, blank=True)  # noqa: DJ001 - None: not known
    manager = models.CharField(max_length=320, blank=True)

    def __str__(self) -> str:
        return self.email
