"""Forecasts of the large world in one pass: 3,000 people, an IAM user each, used on ninety days.

`make bench ARGS=forecasting`. Policies are AWS's own; assignments and guardrails are the world's.
"""

import hashlib
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from benchmarks.fill import Read, save_read
from benchmarks.large_world import Counter
from benchmarks.organization_records import organization_records
from benchmarks.usage_world import copy_in
from benchmarks.worlds import LARGE, SIZES, Size
from inventory.models import (
    ActorDay,
    AwsAccount,
    DailyUsage,
    ResourceName,
    UsageActor,
    UsageOperation,
    UsageResource,
)
from inventory.sample_org.logs.operations import READS, WRITES
from inventory.sources import SOURCE_BY_NAME
from migrations_plan.models import (
    ForecastLine,
    ForecastSummary,
    IamUserLink,
    Person,
    ThresholdSettings,
)
from migrations_plan.passes import forecasting

DAYS = 90
# What somebody works with, and how much of it on a day.
OPERATIONS, DAILY = 30, 6
# Services whose records name a resource, and how many of them somebody uses.
NAMED = {
    "s3": "arn:aws:s3:::bucket-{}",
    "kms": "arn:aws:kms:eu-central-1:{account}:key/{}",
    "dynamodb": "arn:aws:dynamodb:eu-central-1:{account}:table/table-{}",
}
RESOURCES = 3
# Of this process, so that other load on the machine does not decide.
LEAST_PEOPLE_A_CPU_SECOND = 75


def fill(size: Size, at: datetime) -> int:
    """Everything a forecast stands on; the number of rows of usage."""
    for name, records in organization_records(size, at).items():
        save_read(Read(SOURCE_BY_NAME[name], "", records), at)
    ThresholdSettings.objects.create(pk=1, window_days=DAYS)
    accounts = list(AwsAccount.objects.order_by("pk").values_list("pk", flat=True))
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    users = [f"arn:aws:iam::{accounts[pk % len(accounts)]}:user/person-{pk}" for pk in people]
    IamUserLink.objects.bulk_create(
        (
            IamUserLink(iam_user_arn=arn, person_id=pk, confirmed_by="x", confirmed_at=at)
            for pk, arn in zip(people, users, strict=True)
        ),
        batch_size=1000,
    )
    UsageActor.objects.bulk_create(
        (
            UsageActor(
                digest=_digest(arn), path="old", kind="IAMUser", arn=arn,
                account_id=arn.split(":")[4], credential="access_key",
            )
            for arn in users
        ),
        batch_size=1000,
    )  # fmt: skip
    return _usage(at.date(), random.Random(size.seed))


def _digest(*parts: object) -> str:
    return hashlib.md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _usage(today: date, chance: random.Random) -> int:
    """Of each person some operations of a few services, on every day; resources where recorded."""
    operations = [one for table in (READS, WRITES) for some in table.values() for one in some]
    made = UsageOperation.objects.bulk_create(
        UsageOperation(
            digest=_digest(one.source, one.name, number), event_source=one.source,
            event_name=one.name, region=one.region("eu-central-1"),
        )
        for number, one in enumerate(operations)
    )  # fmt: skip
    actors = list(UsageActor.objects.order_by("pk").values_list("pk", "account_id"))
    chosen = {pk: chance.sample(made, OPERATIONS) for pk, _ in actors}
    names = _names(actors)
    rows = copy_in(ActorDay, _days(actors, today))
    rows += copy_in(DailyUsage, _daily(actors, chosen, today))
    return rows + copy_in(UsageResource, _resources(actors, chosen, names, today))


def _names(actors: Sequence[tuple[int, str]]) -> dict[tuple[str, int], list[int]]:
    """By service and actor, the resources somebody uses."""
    texts = {
        (service, pk): [
            pattern.format((pk * 7 + number) % 5000, account=account_id)
            for number in range(RESOURCES)
        ]
        for service, pattern in NAMED.items()
        for pk, account_id in actors
    }
    distinct = sorted({arn for listed in texts.values() for arn in listed})
    ResourceName.objects.bulk_create(
        (ResourceName(digest=_digest(arn), arn=arn) for arn in distinct), batch_size=1000
    )
    known = dict(ResourceName.objects.values_list("arn", "pk"))
    return {key: [known[arn] for arn in listed] for key, listed in texts.items()}


def _row(pk: int, account_id: str, day: date, events: int) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return {
        "day": day, "account_id": account_id, "actor_id": pk, "events": events,
        "direct_events": events, "first_at": at, "last_at": at,
    }  # fmt: skip


def _days(actors: Sequence[tuple[int, str]], today: date) -> Iterator[dict[str, Any]]:
    for number in range(DAYS):
        for pk, account_id in actors:
            row = _row(pk, account_id, today - timedelta(days=number), DAILY * RESOURCES)
            yield row | {"succeeded_at": row["last_at"], "h09": DAILY * RESOURCES}


def _of_day(operations: Sequence[UsageOperation], number: int) -> Sequence[UsageOperation]:
    start = number * DAILY % OPERATIONS
    return operations[start : start + DAILY]


def _daily(
    actors: Sequence[tuple[int, str]], chosen: dict[int, list[UsageOperation]], today: date
) -> Iterator[dict[str, Any]]:
    for number in range(DAYS):
        for pk, account_id in actors:
            row = _row(pk, account_id, today - timedelta(days=number), RESOURCES)
            for operation in _of_day(chosen[pk], number):
                yield row | {"operation_id": operation.pk}


def _resources(
    actors: Sequence[tuple[int, str]],
    chosen: dict[int, list[UsageOperation]],
    names: dict[tuple[str, int], list[int]],
    today: date,
) -> Iterator[dict[str, Any]]:
    for number in range(DAYS):
        day = today - timedelta(days=number)
        for pk, account_id in actors:
            for operation in _of_day(chosen[pk], number):
                for name in names.get((operation.event_source.split(".")[0], pk), ()):
                    yield {
                        "day": day, "account_id": account_id, "actor_id": pk,
                        "operation_id": operation.pk, "resource_id": name, "events": 1,
                    }  # fmt: skip


def measured(title: str, now: datetime, *, everybody: bool) -> float:
    """One pass; people for each second of this process's CPU."""
    counter, started, cpu = Counter(), time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counter):
        done = forecasting.forecast_due(now, everybody=everybody)
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    print(
        f"  {title:22} {done.people:5} people {seconds:6.1f} s ({used:.1f} s CPU) "
        f"{done.people / seconds:7,.0f} people/s {done.calls:7} calls "
        f"{done.calls / seconds:8,.0f} calls/s, {done.decided} decided anew, "
        f"{done.written} lines written, {counter.count} queries",
        flush=True,
    )
    return done.people / used


def main(arguments: Sequence[str]) -> int:
    """The exit status says whether the first pass is slower than promised."""
    size = SIZES[arguments[0]] if arguments else LARGE
    now = datetime.now(UTC)
    started = time.perf_counter()
    rows = fill(size, now - timedelta(minutes=20))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"\nforecasting: world {size.name} on {connection.vendor}, {rows:,} rows of usage over "
        f"{DAYS} days, made in {time.perf_counter() - started:.0f} s",
        flush=True,
    )
    first = measured("the first pass", now, everybody=True)
    measured("everybody again", now + timedelta(minutes=5), everybody=True)
    measured("nothing new", now + timedelta(minutes=6), everybody=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    denied = ForecastSummary.objects.filter(denied__gt=0).count()
    lines = ForecastLine.objects.count()
    print(f"  {lines:,} lines; {denied:,} people would be refused something; peak {peak:.0f} MB")
    return 0 if first >= LEAST_PEOPLE_A_CPU_SECOND or size is not LARGE else 1


if __name__ == "__main__":
    sys.exit("use: python -m benchmarks forecasting")
