"""People, who owns which IAM user, and who may sign in to the portal."""

from collections.abc import Collection
from functools import cached_property
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from inventory.models import GroupMembership, IdentityStoreUser
from inventory.visibility import sees_everything


class PersonQuerySet(models.QuerySet["Person"]):
    """Selections of people."""

    def visible_to(self, viewer: "PortalUser") -> Self:
        """Leads and auditors see everybody, others themselves."""
        return self.all() if sees_everything(viewer) else self.filter(pk=viewer.person_id or 0)


class Person(models.Model):
    """A human being, from the identity store or a roster. Key: email (lower case), or the identity
    store user when it has no address. left_on: ISO date from the roster, None: not known to have
    left."""

    email = models.CharField(max_length=320, db_index=True)
    name = models.CharField(max_length=1024, blank=True)
    identity_center_user_id = models.CharField(
        max_length=64,
        unique=True,
        null=True,
        blank=True,
    )
    left_on = models.CharField(max_length=10, null=True, blank=True)  # noqa: DJ001 - None: not known
    in_roster = models.BooleanField(default=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "email", "pk"]

    def __str__(self) -> str:
        return self.name or self.email


class IamUserLink(models.Model):
    """A lead confirmed that this IAM user belongs to this person. Key: iam_user_arn."""

    iam_user_arn = models.CharField(max_length=700, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, related_name="links")
    confirmed_by = models.CharField(max_length=254)
    confirmed_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.iam_user_arn} of {self.person}"


class Role(models.TextChoices):
    """What a sign-in may do. No role: nothing."""

    LEAD = "lead"
    ENGINEER = "engineer"
    AUDITOR = "auditor"


class PortalUserManager(BaseUserManager["PortalUser"]):
    """Makes sign-ins; local passwords are for the demo and for first set-up only."""

    def create_user(self, username: str, *, role: str, password: str | None = None) -> "PortalUser":
        """A sign-in with a role; no password means that none opens it."""
        user = self.model(username=username, role=role)
        user.set_password(password)
        user.save(using=self._db)
        return user


class PortalUser(AbstractBaseUser):
    """A sign-in to the portal, bound to a person by a lead or by Identity Center identity."""

    username = models.CharField(max_length=254, unique=True)
    role = models.CharField(max_length=16, choices=Role.choices, blank=True)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="sign_ins"
    )
    is_active = models.BooleanField(default=True)
    sample = models.BooleanField(default=False)
    theme = models.CharField(max_length=8, blank=True)

    objects = PortalUserManager()

    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.username

    def identity_center_user_id(self) -> str | None:
        """The identity store user of the bound person."""
        return self.person.identity_center_user_id if self.person else None

    def principal_ids(self) -> Collection[str]:
        """The bound identity store user and its present groups. One query, kept."""
        return self._principal_ids

    def iam_user_arns(self) -> Collection[str]:
        """IAM users confirmed as the bound person's. One query, kept."""
        return self._iam_user_arns

    @cached_property
    def _principal_ids(self) -> list[str]:
        user_id = self.identity_center_user_id()
        if not user_id:
            return []
        self_ids = IdentityStoreUser.objects.present().filter(Q(user_id=user_id)).order_by()
        groups = GroupMembership.objects.present().filter(Q(user_id=user_id)).order_by()
        both = self_ids.values_list("user_id").union(groups.values_list("group_id"))
        found = {principal for (principal,) in both}
        # Somebody who is no longer in the identity store opens nothing, whatever groups say.
        return sorted(found) if user_id in found else []

    @cached_property
    def _iam_user_arns(self) -> list[str]:
        if self.person_id is None:
            return []
        links = IamUserLink.objects.filter(person_id=self.person_id)
        return list(links.values_list("iam_user_arn", flat=True))


class SetupLink(models.Model):
    """A one-time link that makes the first lead. Only the hash of its token is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"made {self.created_at:%Y-%m-%d}"
