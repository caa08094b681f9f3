"""Everybody, with where they stand in Identity Center.

A person is 'absent' only when the identity store was read whole once; before that nobody knows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from inventory.asof import AsOf
from inventory.freshness import UNKNOWN
from inventory.models import IdentityStoreUser
from migrations_plan.gather.reach import NOTHING, Reach, reach_of
from migrations_plan.models import IamUserLink, Person

SOURCES = ("identity_store", "account_assignments")
STATES = ("enabled", "disabled", "absent", "unknown")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as the list shows them. reach None: not known, for `reach_reason`."""

    person: Person
    state: str
    state_reason: str
    scim: bool | None
    iam_users: int
    reach: Reach | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class PeopleSentence:
    """Counts over everybody. left_enabled: people who left and can still sign in."""

    people: int
    enabled: int
    disabled: int
    absent: int
    unknown: int
    left: int
    left_enabled: int
    with_iam_users: int


def never_read(known: AsOf, *sources: str) -> str:
    """Why one of these sources says nothing yet; '' when each was read whole once."""
    for problem in known.problems:
        if problem.source in sources and problem.state == UNKNOWN:
            return f"{problem.title}: {problem.reason}"
    return ""


def people(rows: QuerySet[Person]) -> QuerySet[Person, Any]:
    """The same people with store_user, store_enabled, scim and iam_users as columns."""
    mine = IdentityStoreUser.objects.present().filter(user_id=OuterRef("identity_center_user_id"))
    links = (
        IamUserLink.objects.filter(person=OuterRef("pk"))
        .order_by()
        .values("person")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return rows.annotate(
        store_user=Subquery(mine.values("pk")[:1]),
        store_enabled=Subquery(mine.values("enabled")[:1]),
        scim=Exists(mine.exclude(external_ids=[])),
        iam_users=Coalesce(Subquery(links, output_field=IntegerField()), Value(0)),
    )


def state_filter(word: str, *, store_known: bool) -> Q:
    """The condition on `people` for one of STATES."""
    nobody, here = Q(store_user=None), Q(store_user__isnull=False)
    return {
        "enabled": Q(store_enabled=True),
        "disabled": Q(store_enabled=False),
        # No person has such a key: an empty list here would empty the whole count.
        "absent": nobody if store_known else Q(pk__lt=0),
        "unknown": here & Q(store_enabled=None) if store_known else Q(store_enabled=None),
    }[word]


def left_filter(today: date) -> Q:
    """People whose last day has come."""
    return Q(left_on__lte=today.isoformat())


def sentence(rows: QuerySet[Person, Any], *, store_known: bool, today: date) -> PeopleSentence:
    """One query, which asks for sets of users instead of looking person by person."""
    users, left = IdentityStoreUser.objects.present().order_by(), left_filter(today)
    enabled, disabled = _among(users.filter(enabled=True)), _among(users.filter(enabled=False))
    counts = rows.order_by().aggregate(
        people=Count("pk"),
        here=Count("pk", filter=_among(users)),
        enabled=Count("pk", filter=enabled),
        disabled=Count("pk", filter=disabled),
        left=Count("pk", filter=left),
        left_enabled=Count("pk", filter=left & enabled),
        with_iam_users=Count("pk", filter=Q(pk__in=IamUserLink.objects.values("person"))),
    )
    # Whom the identity store lacks is absent, and unknown while nobody knows what is in it.
    here, people = counts.pop("here"), counts["people"]
    told = counts["enabled"] + counts["disabled"]
    return PeopleSentence(
        **counts,
        absent=people - here if store_known else 0,
        unknown=(here if store_known else people) - told,
    )


def _among(users: QuerySet[IdentityStoreUser]) -> Q:
    return Q(identity_center_user_id__in=users.values("user_id"))


def person_rows(rows: Sequence[Any], known: AsOf, today: date) -> list[PersonRow]:
    """People (from `people`) with their reach. Two queries."""
    store_reason = never_read(known, "identity_store")
    reach_reason = never_read(known, *SOURCES)
    user_ids = [p.identity_center_user_id for p in rows if p.identity_center_user_id]
    reaches = {} if reach_reason else reach_of(user_ids)
    return [
        PersonRow(
            person=person,
            **_state(person, store_reason),
            scim=person.scim if person.store_user else None,
            iam_users=person.iam_users,
            reach=None
            if reach_reason
            else reaches.get(person.identity_center_user_id or "", NOTHING),
            has_left=bool(person.left_on) and person.left_on <= today.isoformat(),
        )
        for person in rows
    ]


def _state(person: Any, store_reason: str) -> dict[str, str]:
    state, reason = identity_state(
        here=person.store_user is not None, enabled=person.store_enabled, store_reason=store_reason
    )
    return {"state": state, "state_reason": reason}


def identity_state(*, here: bool, enabled: bool | None, store_reason: str) -> tuple[str, str]:
    """One of STATES, and why when it is unknown."""
    if not here:
        return ("unknown", store_reason) if store_reason else ("absent", "")
    if enabled is None:
        return "unknown", "AWS named no status for this user"
    return ("enabled" if enabled else "disabled"), ""


def all_rows(rows: QuerySet[Person, Any], known: AsOf, today: date) -> Iterator[PersonRow]:
    """Everybody, in pieces, for a file."""
    listed: Iterable[Any] = rows.iterator(chunk_size=CHUNK)
    stream = iter(listed)
    while piece := list(islice(stream, CHUNK)):
        yield from person_rows(piece, known, today)
