"""Everybody of the large world judged in one pass: time, CPU, questions, memory, people a second.

The first pass writes every verdict, the next one nothing, the next day's each verdict once more.
"""

import os
import resource
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from benchmarks.large_world import Counter
from inventory.models import IamUser
from migrations_plan.models import (
    Assessment,
    ForecastSummary,
    IdentityClass,
    Person,
    PersonState,
    StateChange,
)
from migrations_plan.passes import assessing

MOST_SECONDS = 60.0
MOST_MEMORY_MB = 1000
KINDS = ("human", "human", "human", "workload", "mixed", "dormant", "unknown")


def fill(now: datetime) -> None:
    """What other passes derive: a class for every IAM user, a forecast for everybody."""
    later = now + timedelta(days=3)
    IdentityClass.objects.all().delete()
    ForecastSummary.objects.all().delete()
    rows = IamUser.objects.order_by("pk").values_list("pk", "arn")
    IdentityClass.objects.bulk_create(
        [
            IdentityClass(
                subject=arn, user_arn=arn, kind=KINDS[pk % 7], judged=KINDS[pk % 7],
                made_at=now, stale_after=later,
            )
            for pk, arn in rows
        ],
        batch_size=2000,
    )  # fmt: skip
    ForecastSummary.objects.bulk_create(
        [
            ForecastSummary(
                person_id=pk, since=now.date(), calls=40, allowed=38, denied=pk % 3,
                unknown=pk % 2, made_at=now, stale_after=later,
            )
            for pk in Person.objects.values_list("pk", flat=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    for model in (Assessment, PersonState, StateChange):
        model.objects.all().delete()


def measure(title: str, work: Callable[[], assessing.Outcome]) -> tuple[float, int]:
    """Runs and prints one line; its seconds and questions."""
    counter, before = Counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, used = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counter):
        done = work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"  {title:28} {done.people:5} people {done.rows:6} rows {seconds:6.1f} s "
        f"{cpu:6.1f} s of CPU {counter.count:4} queries {done.people / seconds:7.0f} people/s "
        f"{peak / 1024:5.0f} MB at the peak (+{(peak - before) / 1024:.0f})",
        flush=True,
    )
    return seconds, counter.count


def main(arguments: Sequence[str]) -> int:
    """The passes, and a complaint for every bound that one breaks."""
    now = timezone.now()
    fill(now)
    people = PersonState.objects.count() or Person.objects.count()
    print(f"\nassessing: {IamUser.objects.count()} IAM users, {people} people")
    found = {
        "the first pass": measure("the first pass", lambda: assessing.assess(now)),
        "the same again": measure("the same again", lambda: assessing.assess(now)),
        "the next day": measure("the next day", lambda: assessing.assess(now + timedelta(days=1))),
    }
    one = Person.objects.order_by("pk").values_list("pk", flat=True)[:1]
    measure("one person", lambda: assessing.assess(now + timedelta(days=1), list(one)))
    measure("nothing due", lambda: assessing.assess_due(now + timedelta(days=1, minutes=1)))
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    broken = 0
    for title, (seconds, _) in found.items():
        if seconds > MOST_SECONDS:
            print(f"{'SLOW (busy machine)' if busy else 'BROKEN'} {title}: {seconds:.0f} s")
            broken |= not busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if peak > MOST_MEMORY_MB:
        print(f"BROKEN memory: {peak:.0f} MB")
        broken = 1
    return int(broken)
