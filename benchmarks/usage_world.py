"""Usage of a world: ninety days of every credential, and the pages that show it.

Rows are copied in, because a million of them one by one would take longer than all else.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse

from inventory.models import (
    AccessKey,
    ActorDay,
    AwsAccount,
    DailyUsage,
    IamUser,
    PathDay,
    UsageActor,
    UsageCoverage,
    UsageOperation,
    UsageOrigin,
)
from migrations_plan.models import IamUserLink, Person

DAYS = 90
SSO_DAYS = 30
ORIGIN_DAYS = 5
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1")
PATHS = ("old", "new", "workload", "aws")
OPERATIONS = 60
HEAVY = "usage: identities by calls, 90 days"


def copy_in(model: Any, rows: Iterable[dict[str, Any]], batch: int = 20_000) -> int:
    """COPY on PostgreSQL, bulk_create elsewhere; the number of rows."""
    columns = [field for field in model._meta.concrete_fields if field.name != "id"]
    count = 0
    for part in _parts(rows, batch):
        count += len(part)
        if connection.vendor == "postgresql":
            _copy(model, columns, part)
        else:
            model.objects.bulk_create([model(**row) for row in part])
    return count


def _parts(rows: Iterable[dict[str, Any]], batch: int) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == batch:
            yield part
            part = []
    yield part


def _copy(model: Any, columns: Sequence[Any], part: Sequence[dict[str, Any]]) -> None:
    text = io.StringIO()
    for row in part:
        values = [row.get(field.attname, field.get_default()) for field in columns]
        text.write("\t".join("\\N" if value is None else str(value) for value in values) + "\n")
    names = ", ".join(f'"{field.column}"' for field in columns)
    with connection.cursor() as cursor:
        statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
        with cursor.cursor.copy(statement) as copy:
            copy.write(text.getvalue())


def fill_usage(at: datetime) -> int:
    """Every key used every day, some people over Identity Center, everything read."""
    days = [at.date() - timedelta(days=number) for number in range(DAYS + 1)]
    long = [at.date() - timedelta(days=number) for number in range(2 * DAYS + 1)]
    UsageActor.objects.bulk_create([*_old_actors(), *_new_actors()], batch_size=1000)
    old = list(UsageActor.objects.filter(path="old").values_list("pk", "account_id"))
    new = list(UsageActor.objects.filter(path="new").values_list("pk", "account_id"))
    accounts = list(AwsAccount.objects.values_list("pk", flat=True))
    rows = copy_in(ActorDay, _actor_days(old, days[:DAYS]))
    rows += copy_in(ActorDay, _actor_days(new, days[:SSO_DAYS]))
    rows += copy_in(UsageOrigin, _origins([pk for pk, _ in [*old, *new]], days[:ORIGIN_DAYS]))
    rows += copy_in(PathDay, _path_days(accounts, long))
    rows += copy_in(UsageCoverage, _coverage(accounts, long))
    return rows + copy_in(DailyUsage, _daily(old[:2] + new[:2], days[:DAYS]))


def _digest(*parts: object) -> str:
    return hashlib.md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _old_actors() -> Iterator[UsageActor]:
    keys = dict(AccessKey.objects.values_list("user_id", "access_key_id"))
    for user in IamUser.objects.order_by("pk").iterator(chunk_size=2000):
        yield UsageActor(
            digest=_digest("old", user.pk), path="old", kind="IAMUser", arn=user.arn,
            principal_id=user.user_id, account_id=user.account_id, user_name=user.user_name,
            credential="access_key", access_key_id=keys.get(user.pk, ""),
        )  # fmt: skip


def _new_actors() -> Iterator[UsageActor]:
    accounts = list(AwsAccount.objects.values_list("pk", flat=True))
    for number, person in enumerate(Person.objects.exclude(identity_center_user_id=None)):
        yield UsageActor(
            digest=_digest("new", person.pk), path="new", kind="AssumedRole",
            arn=f"identitystore:{person.identity_center_user_id}",
            user_id=person.identity_center_user_id or "", credential="permission_set",
            permission_set="Developer", account_id=accounts[number % len(accounts)],
        )  # fmt: skip


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def _actor_days(
    actors: Sequence[tuple[int, str]], days: Sequence[date]
) -> Iterator[dict[str, Any]]:
    for day in days:
        first, last = _moment(day, 8), _moment(day, 16)
        for pk, account_id in actors:
            events = 2 + pk % 90
            yield {
                "day": day, "account_id": account_id, "actor_id": pk, "events": events,
                "direct_events": events - 1, "first_at": first, "last_at": last,
                "succeeded_at": last, "h08": events // 2, "h16": events - events // 2,
            }  # fmt: skip


def _origins(actors: Sequence[int], days: Sequence[date]) -> Iterator[dict[str, Any]]:
    for day in days:
        for pk in actors:
            yield {
                "day": day, "actor_id": pk, "network": f"198.51.{pk % 100}.0/24",
                "agent_family": "boto3" if pk % 3 else "aws-cli-v2", "agent_version": "1",
                "events": 5, "direct_events": 5, "first_at": _moment(day, 8),
                "last_at": _moment(day, 16),
            }  # fmt: skip


def _path_days(accounts: Sequence[str], days: Sequence[date]) -> Iterator[dict[str, Any]]:
    for day in days:
        for account_id in accounts:
            for path in PATHS:
                yield {
                    "day": day, "account_id": account_id, "path": path, "events": 900,
                    "direct_events": 800,
                }  # fmt: skip


def _coverage(accounts: Sequence[str], days: Sequence[date]) -> Iterator[dict[str, Any]]:
    for day in days:
        over = _moment(day + timedelta(days=1), 2)
        for account_id in accounts:
            for region in REGIONS:
                yield {
                    "account_id": account_id, "region": region, "day": day, "objects_read": 24,
                    "events": 900, "first_at": _moment(day, 0), "last_at": _moment(day, 23),
                    "read_through": over, "closed_at": over if day != days[0] else None,
                }  # fmt: skip


def _daily(actors: Sequence[tuple[int, str]], days: Sequence[date]) -> Iterator[dict[str, Any]]:
    operations = UsageOperation.objects.bulk_create(
        UsageOperation(
            digest=_digest("op", number), event_source="s3.amazonaws.com",
            event_name=f"GetThing{number}", region=REGIONS[0],
        )
        for number in range(OPERATIONS)
    )  # fmt: skip
    for day in days:
        for pk, account_id in actors:
            for operation in operations:
                yield {
                    "day": day, "account_id": account_id, "actor_id": pk,
                    "operation_id": operation.pk, "events": 3, "direct_events": 3,
                    "first_at": _moment(day, 8), "last_at": _moment(day, 16),
                }  # fmt: skip


def usage_addresses() -> dict[str, str]:
    """Pages of usage by name: of everybody, of the account with most users, of somebody."""
    usage, identities = reverse("usage"), reverse("usage-identities")
    user = IamUser.objects.order_by("pk")[0]
    person = IamUserLink.objects.select_related("person").order_by("pk")[0].person
    return {
        "usage": usage,
        "usage: 7 days": f"{usage}?days=7",
        "usage: 90 days": f"{usage}?days=90",
        "usage: an account": f"{usage}?days=90&account={user.account_id}",
        "usage: a person": f"{usage}?days=90&person={person.pk}",
        "usage: identities": identities,
        "usage: identities, 90 days": f"{identities}?days=90",
        HEAVY: f"{identities}?days=90&sort=-calls",
        "usage: summary": reverse("usage-summary"),
        "usage: part of a person": f"{reverse('person-usage', args=[person.pk])}?days=90",
        "usage: part of a user": f"{reverse('iam-user-usage', args=[user.pk])}?days=90",
        "usage: my own": reverse("my-usage"),
    }
