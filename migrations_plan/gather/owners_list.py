"""IAM users without a confirmed owner, with who might be it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from inventory.addresses import address_of
from inventory.models import IamUser, IdentityStoreUser
from migrations_plan.models import (
    IamUserLink,
    IdentityClass,
    OwnerSuggestion,
    PortalUser,
    RejectedOwner,
)
from migrations_plan.rules.owners import SURE

CHUNK = 1000
MOST_STRANGERS = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """unlinked: users without an owner. sure: of these, with one best suggestion of SURE points or
    more; tied: with several best ones; suggested: with any."""

    users: int
    unlinked: int
    sure: int
    tied: int
    suggested: int

    @property
    def none(self) -> int:
        """Users of whom nobody can be suggested."""
        return self.unlinked - self.suggested


def unowned(viewer: PortalUser) -> QuerySet[IamUser, Any]:
    """With best_score (0: no suggestion), best_tied and used_as as columns."""
    kind = IdentityClass.objects.filter(subject=OuterRef("arn"))
    rows = _with_best(viewer).filter(linked=False).select_related("account")
    found: QuerySet[IamUser, Any] = rows.annotate(used_as=Subquery(kind.values("kind")[:1]))
    return found


def _with_best(viewer: PortalUser) -> QuerySet[Any, Any]:
    best = OwnerSuggestion.objects.filter(iam_user_arn=OuterRef("arn"), place=1).order_by("pk")
    found: QuerySet[Any, Any] = (
        IamUser.objects.visible_to(viewer)
        .present()
        .annotate(
            linked=Exists(IamUserLink.objects.filter(iam_user_arn=OuterRef("arn"))),
            best_score=_number(best, "score"),
            best_tied=_number(best, "tied"),
        )
    )
    return found


def _number(best: QuerySet[OwnerSuggestion], name: str) -> Coalesce:
    return Coalesce(Subquery(best.values(name)[:1], output_field=IntegerField()), 0)


def counts(viewer: PortalUser) -> Counts:
    """One query."""
    nobodys = Q(linked=False)
    found = _with_best(viewer).aggregate(
        users=Count("pk"),
        unlinked=Count("pk", filter=nobodys),
        sure=Count("pk", filter=nobodys & Q(best_score__gte=SURE, best_tied=1)),
        tied=Count("pk", filter=nobodys & Q(best_tied__gt=1)),
        suggested=Count("pk", filter=nobodys & Q(best_score__gt=0)),
    )
    return Counts(**found)


def add_suggestions(rows: Iterable[Any]) -> None:
    """Each row gets `suggestions` and `refused`. Two queries."""
    listed = list(rows)
    arns = [row.arn for row in listed]
    found: dict[str, list[OwnerSuggestion]] = defaultdict(list)
    suggestions = OwnerSuggestion.objects.filter(iam_user_arn__in=arns).select_related("person")
    for one in suggestions.order_by("place", "pk"):
        found[one.iam_user_arn].append(one)
    refused: dict[str, list[RejectedOwner]] = defaultdict(list)
    for no in RejectedOwner.objects.filter(iam_user_arn__in=arns).select_related("person"):
        refused[no.iam_user_arn].append(no)
    for row in listed:
        row.suggestions, row.refused = found[row.arn], refused[row.arn]
        row.sure = bool(row.suggestions) and is_sure(row.suggestions[0])


def is_sure(one: OwnerSuggestion) -> bool:
    """May be confirmed together with others."""
    return one.place == 1 and one.tied == 1 and one.score >= SURE


def best_of_all() -> dict[str, list[OwnerSuggestion]]:
    """By ARN, the best suggestions of every user. One query, for a file."""
    found: dict[str, list[OwnerSuggestion]] = defaultdict(list)
    best = OwnerSuggestion.objects.filter(place=1).select_related("person").order_by("pk")
    for one in best.iterator(chunk_size=CHUNK):
        found[one.iam_user_arn].append(one)
    return found


def link_rows(viewer: PortalUser) -> Iterator[tuple[Any, ...]]:
    """Every present IAM user in the columns of a file of owners. Two queries."""
    links = IamUserLink.objects.select_related("person").order_by()
    owners = {link.iam_user_arn: link for link in links}
    users = IamUser.objects.visible_to(viewer).present().order_by("account_id", "user_name", "pk")
    for user in users.iterator(chunk_size=CHUNK):
        link = owners.get(user.arn)
        owner, reason = (link.person.email, link.reason) if link else (None, None)
        yield user.account_id, user.user_name, user.arn, owner, reason


def strangers(domains: Iterable[str]) -> list[IdentityStoreUser]:
    """Present Identity Center users whose address is in none of the company's domains."""
    known = tuple(f"@{domain}" for domain in domains)
    if not known:
        return []
    users = IdentityStoreUser.objects.present().order_by("user_name", "pk")
    outside = ~Q(pk__in=[])
    for end in known:
        outside &= ~Q(email__iendswith=end)
    return [user for user in users.filter(outside) if not address_of(user).endswith(known)]
