"""Counts behind the sentences that open the pages. What is not known is counted apart, so that it
never passes for none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from inventory.asof import AsOf
from inventory.models import (
    AccessKey,
    AccountAssignment,
    GroupMembership,
    IamUser,
    IdentityStoreUser,
)
from migrations_plan.models import IamUserLink, Person

# What stands behind every statement about an IAM user.
USER_SOURCES = (
    "authorization_details",
    "credential_report",
    "access_keys",
    "login_profiles",
    "mfa_devices",
)
ACCESS_SOURCES = ("identity_store", "permission_sets", "account_assignments")
# word in the address, title, more than so many whole days, up to so many
AGE_BANDS: tuple[tuple[str, str, int | None, int | None], ...] = (
    ("up-to-90", "up to 90 days", None, 90),
    ("91-to-365", "91 to 365 days", 90, 365),
    ("older-than-365", "more than 365 days", 365, None),
)
KEY_FILTERS = {
    "any": Q(active_keys__gt=0),
    "none": Q(active_keys=0),
    "unknown": Q(active_keys=None),
}
SVG_UNITS = 1000


@dataclass(frozen=True, slots=True)
class UsersSentence:
    """Counts of present IAM users. owned: with a confirmed owner. whole False: they are lower
    bounds."""

    users: int
    admins: int
    admin_unknown: int
    with_keys: int
    keys_unknown: int
    console_without_mfa: int
    console_unknown: int
    mfa_unknown: int
    owned: int
    whole: bool


def users_sentence(users: QuerySet[IamUser], known: AsOf) -> UsersSentence:
    """One query."""
    console_open = Q(console_password=True)
    counts = users.order_by().aggregate(
        users=Count("pk"),
        admins=Count("pk", filter=Q(admin=True)),
        admin_unknown=Count("pk", filter=Q(admin=None)),
        with_keys=Count("pk", filter=Q(active_keys__gt=0)),
        keys_unknown=Count("pk", filter=Q(active_keys=None)),
        console_without_mfa=Count("pk", filter=console_open & Q(mfa=False)),
        console_unknown=Count("pk", filter=Q(console_password=None)),
        mfa_unknown=Count("pk", filter=console_open & Q(mfa=None)),
        owned=Count("pk", filter=Q(arn__in=IamUserLink.objects.values("iam_user_arn"))),
    )
    return UsersSentence(**counts, whole=known.whole)


def in_band(field: str, word: str, now: datetime) -> Q:
    """Instants whose age in whole days lies in the band."""
    for name, _, more_than, up_to in AGE_BANDS:
        if name == word:
            young = Q() if up_to is None else Q(**{f"{field}__gt": _back(now, up_to)})
            old = Q() if more_than is None else Q(**{f"{field}__lte": _back(now, more_than)})
            return young & old
    return Q()


def _back(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days + 1)


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a bar and its row in the table beside it. users: by their oldest active key."""

    word: str
    title: str
    keys: int | None
    users: int
    style: str
    x: int
    width: int


def key_bands(keys: QuerySet[AccessKey], users: QuerySet[IamUser], now: datetime) -> list[Band]:
    """Active keys by age. Users whose keys nobody read are a part of the bar too. Two queries."""
    words = [(word, title) for word, title, _, _ in AGE_BANDS]
    of_keys = keys.order_by().aggregate(
        **{f"b{i}": Count("pk", filter=in_band("created_at", w, now)) for i, (w, _) in _n(words)}
    )
    of_users = users.order_by().aggregate(
        unknown=Count("pk", filter=Q(active_keys=None)),
        **{
            f"b{i}": Count("pk", filter=in_band("oldest_active_key_at", w, now))
            for i, (w, _) in _n(words)
        },
    )
    rows = [
        (word, title, of_keys[f"b{i}"], of_users[f"b{i}"], f"{i + 1}")
        for i, (word, title) in _n(words)
    ]
    rows.append(("unknown", "unknown: not read", None, of_users["unknown"], "unknown"))
    return _drawn(rows)


def _n(words: Iterable[tuple[str, str]]) -> list[tuple[int, tuple[str, str]]]:
    return list(enumerate(words))


def _drawn(rows: list[tuple[str, str, int | None, int, str]]) -> list[Band]:
    sizes = [users if keys is None else keys for _, _, keys, users, _ in rows]
    total = sum(sizes) or 1
    bands, x = [], 0
    for (word, title, keys, users, style), size in zip(rows, sizes, strict=True):
        width = round(size * SVG_UNITS / total)
        bands.append(Band(word, title, keys, users, style, x, width))
        x += width
    return bands


@dataclass(frozen=True, slots=True)
class Access:
    """People who have not left, and whether Identity Center lets them in somewhere."""

    people: int
    with_access: int
    unknown: int
    without: int


def access(people: QuerySet[Person], now: datetime) -> Access:
    """Two queries. Unknown: AWS does not say whether the user is enabled."""
    grants = AccountAssignment.objects.present().values("principal_id")
    members = GroupMembership.objects.present().filter(group_id__in=grants).values("user_id")
    assigned = IdentityStoreUser.objects.present().filter(
        Q(user_id__in=grants) | Q(user_id__in=members)
    )
    here = people.filter(Q(left_on=None) | Q(left_on__gt=f"{now:%Y-%m-%d}"))
    counts = here.order_by().aggregate(
        people=Count("pk"),
        with_access=Count("pk", filter=_is(assigned.filter(enabled=True))),
        unknown=Count("pk", filter=_is(assigned.filter(enabled=None))),
    )
    without = counts["people"] - counts["with_access"] - counts["unknown"]
    return Access(**counts, without=without)


def _is(users: QuerySet[IdentityStoreUser]) -> Q:
    return Q(identity_center_user_id__in=users.values("user_id"))
