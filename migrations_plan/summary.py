"""Counts behind the sentences that open the pages. What is not known is counted apart, so that it
never passes for none."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from inventory.asof import AsOf
from inventory.models import IamUser

# What stands behind every statement about an IAM user.
USER_SOURCES = (
    "authorization_details",
    "credential_report",
    "access_keys",
    "login_profiles",
    "mfa_devices",
)


@dataclass(frozen=True, slots=True)
class UsersSentence:
    """Counts of present IAM users. whole False: they are lower bounds."""

    users: int
    admins: int
    admin_unknown: int
    with_keys: int
    keys_unknown: int
    console_without_mfa: int
    console_unknown: int
    whole: bool


def users_sentence(users: QuerySet[IamUser, Any], known: AsOf) -> UsersSentence:
    """One query."""
    console_open = Q(console_password=True)
    counts = users.order_by().aggregate(
        users=Count("pk"),
        admins=Count("pk", filter=Q(admin=True)),
        admin_unknown=Count("pk", filter=Q(admin=None)),
        with_keys=Count("pk", filter=Q(active_keys__gt=0)),
        keys_unknown=Count("pk", filter=Q(active_keys=None)),
        console_without_mfa=Count("pk", filter=console_open & Q(mfa=False)),
        console_unknown=Count("pk", filter=Q(console_password=None) | (console_open & Q(mfa=None))),
    )
    return UsersSentence(**counts, whole=known.whole)
