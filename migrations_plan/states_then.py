"""Whose IAM users are whose, and where people stand, now or at an instant: what was decided and
judged, beside what the facts say."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import CharField, DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast

from migrations_plan.models import IamUserLink, JournalEntry, PersonState, StateChange

LINK, UNLINK = "link-iam-user", "unlink-iam-user"
COLUMNS = ("what", "user_id", "address", "told", "until")
Owned = dict[str, list[str]]
States = dict[str, str | None]


def owned_and_states(at: datetime | None, now: datetime) -> tuple[Owned, States]:
    """Confirmed IAM users, and states, by identity store user, else address. A state None is too
    old to be believed; whoever is missing was not judged, or the migration is not about them.
    Today's cost one query."""
    if at is not None:
        return _owned_at(at), _states_at(at)
    owned: Owned = defaultdict(list)
    states: States = {}
    links = _rows(IamUserLink.objects.all(), "link", "iam_user_arn", None)
    standing = PersonState.objects.concerned().filter(person__isnull=False)
    both = links.union(_rows(standing, "state", "state", "stale_after"), all=True)
    for what, user_id, email, told, until in both:
        if what == "link":
            owned[user_id or email].append(told)
        else:
            states[user_id or email] = None if until is not None and until <= now else told
    return owned, states


def _rows(found: QuerySet[Any], what: str, told: str, until: str | None) -> QuerySet[Any, Any]:
    none = Cast(Value(None), DateTimeField())
    rows: QuerySet[Any, Any] = found.order_by().annotate(
        what=Value(what, output_field=CharField()),
        user_id=F("person__identity_center_user_id"),
        address=F("person__email"),
        told=F(told),
        until=F(until) if until else none,
    )
    return rows.values_list(*COLUMNS)


def _owned_at(at: datetime) -> Owned:
    """By address: what the journal had said by then."""
    owner: dict[str, str] = {}
    entries = JournalEntry.objects.filter(at__lte=at, action__in=[LINK, UNLINK]).order_by("seq")
    for action, arn, details in entries.values_list("action", "subject", "details"):
        owner.pop(arn, None)
        if action == LINK and details.get("person"):
            owner[arn] = details["person"]
    owned: Owned = defaultdict(list)
    for arn, email in owner.items():
        owned[email].append(arn)
    return owned


def _states_at(at: datetime) -> States:
    """The last state that had begun by then."""
    rows = StateChange.objects.filter(person__isnull=False, at__lte=at).order_by("at", "pk")
    columns = ("person__identity_center_user_id", "person__email", "state")
    return {user_id or email: word for user_id, email, word in rows.values_list(*columns)}
