"""Classes as lists show them: what holds now, whoever says it, and whose the user is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from migrations_plan.models import (
    IamUserLink,
    IdentityClass,
    IdentityKind,
    KeyPlace,
    KeyStory,
    PortalUser,
)
from migrations_plan.rules import patterns

CHUNK = 1000
PROGRAMS = (IdentityKind.WORKLOAD, IdentityKind.MIXED, IdentityKind.EXCEPTION)


def declared_now(now: datetime) -> Q:
    """Classes of which a lead's declaration holds."""
    return Q(declared=True) & (Q(declared_until=None) | Q(declared_until__gt=now))


def shown(rows: QuerySet[Any], now: datetime) -> QuerySet[Any, Any]:
    """The same with `shown` as a column: IdentityClass.kind_at in the database's words."""
    found: QuerySet[Any, Any] = rows.annotate(
        shown=Case(
            When(declared_now(now), then=F("kind")),
            When(stale_after__lte=now, then=Value(IdentityKind.UNKNOWN.value)),
            default=F("judged"),
            output_field=CharField(),
        )
    )
    return found


def with_owners(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The same with owner_pk, owner_name and owner_email."""
    link = IamUserLink.objects.filter(iam_user_arn=OuterRef("user_arn"))
    found: QuerySet[Any, Any] = rows.annotate(
        owner_pk=Subquery(link.values("person")[:1]),
        owner_name=Subquery(link.values("person__name")[:1]),
        owner_email=Subquery(link.values("person__email")[:1]),
    )
    return found


def with_hints(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """The same with hinted: an access key of which its owner says that it lives in CI; None where
    nobody says so. A hint is shown beside the reasons, and is none of them."""
    told = KeyStory.objects.filter(place=KeyPlace.CI).order_by("access_key_id")
    own = told.filter(access_key_id=OuterRef("access_key_id"))
    # The row of a whole user hears of each of its keys.
    any_of = told.filter(user_arn=OuterRef("user_arn"))
    found: QuerySet[Any, Any] = rows.annotate(
        hinted=Case(
            When(access_key_id="", then=Subquery(any_of.values("access_key_id")[:1])),
            default=Subquery(own.values("access_key_id")[:1]),
        )
    )
    return found


def classes(viewer: PortalUser, now: datetime) -> QuerySet[Any, Any]:
    """Of IAM users and their keys; nothing of Identity Center's users."""
    visible = IdentityClass.objects.visible_to(viewer).filter(account__isnull=False)
    return with_hints(with_owners(shown(visible.select_related("account"), now)))


def kinds(viewer: PortalUser, now: datetime) -> dict[str, int]:
    """How many IAM users of each kind. One query."""
    users = shown(IdentityClass.objects.visible_to(viewer).users(), now).order_by()
    found = dict(users.values_list("shown").annotate(n=Count("pk")))
    return {kind: found.get(kind, 0) for kind in IdentityKind.values}


def programs(viewer: PortalUser, now: datetime) -> QuerySet[Any, Any]:
    """Users that a program uses, wholly or in part; and programs found in Identity Center."""
    visible = IdentityClass.objects.visible_to(viewer).filter(access_key_id="")
    rows = with_owners(shown(visible.select_related("account", "iam_user"), now))
    return rows.filter(Q(shown__in=PROGRAMS) | ~Q(in_identity_center=""))


@dataclass(frozen=True, slots=True)
class BurnDown:
    """left: users of programs that still hold an active key or a password, or of which nobody
    knows; done: those that hold none; exempt: declared exceptions among those left."""

    users: int
    done: int
    exempt: int
    mixed: int
    in_identity_center: int

    @property
    def left(self) -> int:
        """Still to be moved."""
        return self.users - self.done


def burn_down(viewer: PortalUser, now: datetime) -> BurnDown:
    """One query."""
    quiet = Q(iam_user__active_keys=0, iam_user__console_password=False)
    users = Q(account__isnull=False)
    found = programs(viewer, now).aggregate(
        users=Count("pk", filter=users),
        done=Count("pk", filter=users & quiet),
        exempt=Count("pk", filter=users & ~quiet & Q(shown="exception")),
        mixed=Count("pk", filter=users & ~quiet & Q(shown="mixed")),
        in_identity_center=Count("pk", filter=~Q(in_identity_center="")),
    )
    return BurnDown(**found)


def dress(rows: Iterable[Any]) -> list[Any]:
    """Each row gets pattern_title."""
    listed = list(rows)
    for row in listed:
        row.pattern_title = patterns.TITLES.get(row.pattern, "")
    return listed
