"""One person: Identity Center, groups, grants, and the IAM users that are confirmed as theirs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from inventory.models import (
    AccessKey,
    AccountAssignment,
    AwsAccount,
    GroupMembership,
    IamUser,
    IdentityStoreGroup,
    IdentityStoreUser,
    PermissionSet,
    ServiceSpecificCredential,
    SigningCertificate,
    SshPublicKey,
)
from migrations_plan.gather.permission_sets import administrator_like
from migrations_plan.gather.words import duration_seconds, duration_words
from migrations_plan.models import IamUserLink, Person, PortalUser

KINDS = {
    AccessKey: ("access key", "access_key_id", "created_at"),
    SshPublicKey: ("SSH public key", "ssh_public_key_id", "uploaded_at"),
    SigningCertificate: ("signing certificate", "certificate_id", "uploaded_at"),
    ServiceSpecificCredential: ("service-specific credential", "credential_id", "created_at"),
}


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One permission set in one account. permission_set None: assigned, but the set itself was not
    read. groups: the groups it comes through; direct: also, or only, granted to the user."""

    account: AwsAccount
    permission_set: PermissionSet | None
    arn: str
    groups: tuple[IdentityStoreGroup | str, ...]
    direct: bool

    @property
    def duration(self) -> str:
        """How long a session lasts, in words; '' when the set was not read."""
        text = self.permission_set.session_duration if self.permission_set else ""
        return duration_words(duration_seconds(text)) or text

    @property
    def administrator(self) -> bool:
        """A policy seen in the set itself allows everything. False proves nothing: policies kept
        in the accounts are judged on the set's own page."""
        return bool(self.permission_set and administrator_like(self.permission_set, {}).yes)


@dataclass(frozen=True, slots=True)
class Credential:
    """A long-lived credential. used_at None with used_read False: nobody asked AWS."""

    kind: str
    identifier: str
    status: str
    made_at: datetime
    used_at: datetime | None
    used_read: bool | None


@dataclass(frozen=True, slots=True)
class OldAccess:
    """An IAM user confirmed as the person's, with what opens it."""

    user: Any
    credentials: tuple[Credential, ...]


def store_user_of(person: Person) -> IdentityStoreUser | None:
    """The person's entry in the identity store, gone or not. One query."""
    user_id = person.identity_center_user_id
    return IdentityStoreUser.objects.filter(user_id=user_id).first() if user_id else None


def groups_of(user_id: str | None, viewer: PortalUser) -> list[IdentityStoreGroup]:
    """Groups the user is in now. One query."""
    mine = GroupMembership.objects.present().filter(user_id=user_id or "")
    visible = IdentityStoreGroup.objects.visible_to(viewer).present()
    return list(visible.filter(group_id__in=mine.values("group_id")).order_by("display_name", "pk"))


def grants_of(
    user_id: str | None, groups: Sequence[IdentityStoreGroup] | None, viewer: PortalUser
) -> list[GrantRow]:
    """What the user may open, one row per account and permission set. One query.

    groups None: they were not asked for, and grants have their names only. A membership of a group
    that was not read still counts, under the group's id.
    """
    if not user_id:
        return []
    through = GroupMembership.objects.present().filter(user_id=user_id).values("group_id")
    visible: Any = AccountAssignment.objects.visible_to(viewer).present()
    if groups is None:
        named = IdentityStoreGroup.objects.present().filter(group_id=OuterRef("principal_id"))
        visible = visible.annotate(group_name=Subquery(named.values("display_name")[:1]))
    rows = (
        visible.filter(Q(principal_id=user_id) | Q(principal_id__in=through))
        .select_related("account", "permission_set")
        .order_by("account__name", "account_id", "permission_set__name", "permission_set_id", "pk")
    )
    return _grant_rows(rows, {group.group_id: group for group in groups or ()}, user_id)


def longest_session(grants: Sequence[GrantRow]) -> str:
    """The longest session among these, in words; '' when none is known."""
    sets = [grant.permission_set for grant in grants if grant.permission_set]
    known = [duration_seconds(one.session_duration) or 0 for one in sets]
    return duration_words(max(known, default=0))


def _grant_rows(
    rows: Iterable[Any], groups: dict[str, IdentityStoreGroup], user_id: str
) -> list[GrantRow]:
    ways: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        ways[(row.account_id, row.permission_set_id)].append(row)
    return [
        GrantRow(
            account=same[0].account,
            permission_set=same[0].permission_set,
            arn=arn,
            groups=tuple(
                groups.get(row.principal_id) or getattr(row, "group_name", None) or row.principal_id
                for row in same
                if row.principal_id != user_id
            ),
            direct=any(row.principal_id == user_id for row in same),
        )
        for (_, arn), same in ways.items()
    ]


def old_access_of(person: Person, viewer: PortalUser) -> list[OldAccess]:
    """Confirmed IAM users with their credentials. Two queries."""
    mine = IamUserLink.objects.filter(person=person)
    link = mine.filter(iam_user_arn=OuterRef("arn"))
    users = list(
        IamUser.objects.visible_to(viewer)
        .filter(arn__in=mine.values("iam_user_arn"))
        .select_related("account")
        .annotate(
            confirmed_by=Subquery(link.values("confirmed_by")[:1]),
            confirmed_at=Subquery(link.values("confirmed_at")[:1]),
        )
        .order_by("gone_at", "account__name", "user_name", "pk")
    )
    found = _credentials([user.pk for user in users], viewer)
    return [OldAccess(user, tuple(found[user.pk])) for user in users]


def _credentials(user_ids: Sequence[int], viewer: PortalUser) -> dict[int, list[Credential]]:
    parts = [_part(model, user_ids, viewer) for model in KINDS]
    found: dict[int, list[Credential]] = defaultdict(list)
    for user_id, *values in parts[0].union(*parts[1:], all=True).order_by("kind", "made"):
        found[user_id].append(Credential(*values))
    return found


def _part(model: Any, user_ids: Sequence[int], viewer: PortalUser) -> QuerySet[Any, Any]:
    kind, identifier, made_at = KINDS[model]
    last_used = model is AccessKey
    return (  # type: ignore[no-any-return]
        model.objects.visible_to(viewer)
        .present()
        .order_by()
        .filter(user_id__in=user_ids)
        .annotate(
            kind=Value(kind, output_field=CharField()),
            identifier=F(identifier),
            made=F(made_at),
            used=F("last_used_at") if last_used else Cast(Value(None), DateTimeField()),
            used_read=F("last_used_read") if last_used else Cast(Value(None), BooleanField()),
        )
        .values_list("user_id", "kind", "identifier", "status", "made", "used", "used_read")
    )
