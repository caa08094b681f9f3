"""Export rows of usage and of session starts. docs/usage.md tells every field."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Collate

from inventory.cloudtrail.records import Path, SessionKind
from inventory.models import DailyUsage, UsageSession

Row = dict[str, Any]
# Who it was, in facts' words: an Identity Center user's id, an IAM user's ARN.
PersonOf = Callable[[str, str], str | None]
KEYS = {
    "day": "day",
    "account_id": "account_id",
    "path": "actor__path",
    "actor_kind": "actor__kind",
    "actor": "actor__arn",
    "user_name": "actor__user_name",
    "access_key_id": "actor__access_key_id",
    "permission_set": "actor__permission_set",
    "event_source": "operation__event_source",
    "event_name": "operation__event_name",
    "region": "operation__region",
    "error": "operation__error",
}
NUMBERS = {
    "number_of_events": Sum("events"),
    "number_of_direct": Sum("direct_events"),
    "first": Min("first_at"),
    "last": Max("last_at"),
}
USAGE = (*KEYS, "events", "direct_events", "first_at", "last_at")
ACCESS = (
    "started_at",
    "account_id",
    "path",
    "person",
    "permission_set",
    "role",
    "network",
    "access_key_id",
)
CHUNK = 2000


def usage(since: date | None, until: date | None) -> Iterator[Row]:
    """Daily counts; rows that differ in no exported field are one. A day at a time, so that
    neither memory nor the first line waits for the whole."""
    days = DailyUsage.objects.order_by("day").values_list("day", flat=True).distinct()
    if since:
        days = days.filter(day__gte=since)
    if until:
        days = days.filter(day__lte=until)
    for day in list(days):
        yield from _usage_of(day)


def _usage_of(day: date) -> Iterator[Row]:
    columns = list(KEYS.values())
    rows = DailyUsage.objects.filter(day=day).values_list(*columns).annotate(**NUMBERS)
    ordered = rows.order_by(*_in_one_order(columns[1:]))
    for values in ordered.iterator(chunk_size=CHUNK):
        yield {name: _given(value) for name, value in zip(USAGE, values, strict=True)}


def _in_one_order(columns: Iterable[str]) -> list[Any]:
    """By code points, whatever the database's language."""
    if connection.vendor == "postgresql":
        return [Collate(F(column), "C") for column in columns]
    return list(columns)


def _given(value: Any) -> Any:
    return None if value == "" else value


def access(between: Q, person_of: PersonOf) -> Iterator[Row]:
    """Sessions that people began: of permission sets, of roles they may enter through account
    access, and of root."""
    rows = _sessions().filter(between).select_related("actor")
    for row in rows.order_by("started_at", *_in_one_order(["account_id", "key"])).iterator(CHUNK):
        actor = row.actor
        yield {
            "started_at": row.started_at,
            "account_id": _given(row.account_id),
            "path": actor.path if actor else Path.UNKNOWN,
            "person": person_of(actor.user_id, actor.arn) if actor else None,
            "permission_set": _given(row.permission_set),
            "role": _given(row.role_arn),
            "network": _given(row.network),
            "access_key_id": _given(row.access_key_id),
        }


def _sessions() -> QuerySet[UsageSession]:
    """Those in use. What was handed out and never used began nothing: the console, for one, goes
    on with keys of its own."""
    entered = Q(kind__in=[SessionKind.PERMISSION_SET, SessionKind.ROOT])
    allowed = Q(kind=SessionKind.ROLE, issuer_key="", actor__path=Path.NEW)
    found: QuerySet[UsageSession] = UsageSession.objects.filter(entered | allowed)
    return found.exclude(actor=None)
