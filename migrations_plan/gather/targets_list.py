"""What people are meant to open, what is suggested, and what they may open now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from inventory.asof import AsOf
from inventory.models import AwsAccount, PermissionSet
from migrations_plan.gather.people import never_read
from migrations_plan.gather.reach import NOTHING, reach_of
from migrations_plan.models import Person, PortalUser, SuggestedTarget, TargetAccess
from migrations_plan.rules.targets import Gaps, target_gaps

SOURCES = ("identity_store", "account_assignments", "permission_sets")
CHUNK = 1000
Pairs = frozenset[tuple[str, str]]


def suggested(viewer: PortalUser) -> QuerySet[Any, Any]:
    """Suggestions that nobody has confirmed yet."""
    held = TargetAccess.objects.filter(
        person=OuterRef("person"),
        account_id=OuterRef("account_id"),
        permission_set=OuterRef("permission_set"),
    )
    found: QuerySet[Any, Any] = _named(SuggestedTarget.objects.visible_to(viewer))
    return found.filter(~Exists(held))


def confirmed(viewer: PortalUser) -> QuerySet[Any, Any]:
    """What leads confirmed."""
    return _named(TargetAccess.objects.visible_to(viewer))


def _named(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """With the person, and account_name: accounts may be named that are not known."""
    account = AwsAccount.objects.filter(pk=OuterRef("account_id"))
    found: QuerySet[Any, Any] = rows.select_related("person").annotate(
        account_name=Subquery(account.values("name")[:1])
    )
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """people: with at least one confirmed target; open: suggestions that wait; none: accounts that
    somebody used and for which no permission set can be suggested."""

    confirmed: int
    people: int
    open: int
    waiting: int
    administrators: int
    none: int


def counts(viewer: PortalUser) -> Counts:
    """Two queries."""
    held = confirmed(viewer).aggregate(n=Count("pk"), people=Count("person", distinct=True))
    waiting = suggested(viewer).aggregate(
        n=Count("pk", filter=~Q(permission_set="")),
        people=Count("person", distinct=True),
        admin=Count("pk", filter=Q(administrator=True) & ~Q(permission_set="")),
        none=Count("pk", filter=Q(permission_set="")),
    )
    return Counts(
        confirmed=held["n"],
        people=held["people"],
        open=waiting["n"],
        waiting=waiting["people"],
        administrators=waiting["admin"],
        none=waiting["none"],
    )


def why_unknown(known: AsOf) -> str:
    """Why nobody knows what is live; '' when everybody does."""
    return never_read(known, *SOURCES)


def live_of(people: Iterable[Person]) -> Mapping[int, Pairs]:
    """(account id, permission set) that each may open now. Three queries."""
    listed = list(people)
    ids = [one.identity_center_user_id or "" for one in listed]
    reaches = reach_of([one for one in ids if one])
    names = dict(PermissionSet.objects.present().values_list("arn", "name"))
    return {
        one.pk: frozenset(
            (grant.account_id, names.get(grant.permission_set_arn, grant.permission_set_arn))
            for grant in reaches.get(one.identity_center_user_id or "", NOTHING).grants
        )
        for one in listed
    }


def add_live(rows: Collection[Any], why: str) -> None:
    """Each row gets `live`: yes, no, or None for unknown. Three queries."""
    live = {} if why else live_of({row.person_id: row.person for row in rows}.values())
    for row in rows:
        mine = live.get(row.person_id)
        row.live = None if mine is None else (row.account_id, row.permission_set) in mine


def gaps_of(person: Person, targets: Iterable[TargetAccess]) -> Gaps:
    """How what is live differs from what was confirmed. Three queries."""
    wanted = [(one.account_id, one.permission_set) for one in targets]
    return target_gaps(live_of([person])[person.pk], wanted)
