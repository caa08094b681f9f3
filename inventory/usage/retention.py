"""What is kept no longer, and what that makes impossible.

Ids of events guard against counting twice; a day whose ids are dropped is sealed, so that nothing
of it can be imported any more. Networks are personal data and kept a shorter while than counts.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Exists, Min, Model, OuterRef, Q

from inventory.cloudtrail.networks import AWS
from inventory.cloudtrail.records import Path
from inventory.codec import time_text
from inventory.models import (
    ActorDay,
    LogState,
    ResourceName,
    SealedDay,
    SeenIds,
    SeenShard,
    TrailObject,
    UsageActor,
    UsageOrigin,
    UsageResource,
    UsageSession,
)
from inventory.saving.bulk import BATCH
from inventory.usage import tables
from inventory.usage.additive import add
from inventory.usage.day_sums import outdate
from inventory.usage.dimensions import ACTORS, actors_with
from inventory.usage.joining import move_counts
from inventory.usage.statements import Row

# A day of which something was read this lately may be in the middle of an import.
UNTOUCHED = timedelta(days=7)
# The longest session (GetSessionToken: 36 hours) does not reach over this.
LONGEST_SESSION = timedelta(days=2)
# Objects bring events of the days before: late ones rarely more.
BROUGHT = timedelta(days=3)
AT_ONCE = 5_000


def forget_old(now: datetime, *, id_days: int, origin_days: int) -> dict[str, int]:
    """Does all of it; daily. Returns how many of what, for the log."""
    sealed = seal_days(now, id_days=id_days)
    gone = sealed_until(now, id_days=id_days)
    return {
        "sealed_days": sealed,
        "sessions_given_up": give_up_sessions(gone),
        "sessions_dropped": drop_sessions(gone),
        "networks": drop_networks(now - timedelta(days=origin_days)),
        "names": drop_names(),
    }


def sealed_until(now: datetime, *, id_days: int) -> date:
    """The first day that is not to be sealed: younger than id_days, or of which objects wait or
    were read within a week."""
    recent = TrailObject.objects.filter(done_at__gte=now - UNTOUCHED)
    waiting = TrailObject.objects.filter(state=LogState.PENDING)
    first_read = recent.aggregate(at=Min("first_at"))["at"]
    first_waiting = waiting.aggregate(day=Min("day"))["day"]
    return min(
        (now - timedelta(days=id_days)).date(),
        first_read.date() if first_read else date.max,
        first_waiting - BROUGHT if first_waiting else date.max,
    )


@transaction.atomic
def seal_days(now: datetime, *, id_days: int) -> int:
    """Drops the ids of old days. Returns how many days."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Whoever counts has locked rows of it, and asks for sealed days after that: so nobody
            # counts for a day that is being sealed.
            cursor.execute(f"LOCK TABLE {SeenShard._meta.db_table} IN EXCLUSIVE MODE")
    shards = SeenShard.objects.filter(day__lt=sealed_until(now, id_days=id_days))
    days = sorted(set(shards.values_list("day", flat=True)))
    SealedDay.objects.bulk_create(
        [SealedDay(day=day, sealed_at=now) for day in days], ignore_conflicts=True
    )
    SeenIds.objects.filter(shard__in=shards).delete()
    shards.delete()
    return len(days)


def give_up_sessions(before: date) -> int:
    """Sessions that nobody will tell more about: their counts go to the role, or to the permission
    set's session name, without the session. Returns how many actors."""
    later = ActorDay.objects.filter(actor=OuterRef("pk"), day__gte=before - LONGEST_SESSION)
    old = UsageActor.objects.exclude(session_key="").filter(~Exists(later), resolved_to=None)
    pending = list(old.order_by("pk").values_list("pk", flat=True))
    for pk in pending:
        _give_up(pk)
    return len(pending)


@transaction.atomic
def _give_up(pk: int) -> None:
    actor = actors_with([pk])[pk]._replace(session_key="")
    new = ACTORS.ids_of([actor])[actor]
    held = UsageActor.objects.select_for_update(no_key=True).filter(pk=pk, resolved_to=None)
    if not held.exists():
        return
    outdate(ActorDay.objects.filter(actor_id=pk).values_list("day", flat=True).distinct())
    move_counts({pk: new})
    UsageActor.objects.filter(resolved_to=pk).update(resolved_to=new)
    UsageActor.objects.filter(pk=pk).delete()


def drop_sessions(before: date) -> int:
    """Sessions of workloads and of nobody known, once they can explain no count any more; and the
    places where counts waited."""
    start = datetime.combine(before - LONGEST_SESSION, time.min, UTC)
    machines = Q(actor=None) | Q(actor__path__in=[Path.WORKLOAD, Path.AWS, Path.UNKNOWN])
    dropped, _ = UsageSession.objects.filter(machines, started_at__lt=start).delete()
    counted = ActorDay.objects.filter(actor=OuterRef("pk"))
    alive = UsageSession.objects.filter(key=OuterRef("session_key"), started_at__gte=start)
    moved = UsageActor.objects.exclude(resolved_to=None).filter(~Exists(counted), ~Exists(alive))
    needed = UsageActor.objects.filter(resolved_to=OuterRef("pk"))
    _delete(UsageActor, list(moved.filter(~Exists(needed)).values_list("pk", flat=True)[:AT_ONCE]))
    return dropped


def drop_networks(before: datetime) -> int:
    """Forgets from which network old calls came. Rows that differ in nothing else become one."""
    named = ~Q(network__in=["", AWS])
    UsageSession.objects.filter(named, started_at__lt=before).update(network="")
    days = UsageOrigin.objects.filter(named, day__lt=before.date()).order_by("day")
    return sum(_drop_networks_of(day) for day in days.values_list("day", flat=True).distinct())


@transaction.atomic
def _drop_networks_of(day: date) -> int:
    rows = UsageOrigin.objects.select_for_update().filter(day=day).exclude(network__in=["", AWS])
    removed = list(rows.order_by("actor_id", "pk"))
    merged: dict[tuple[int, str, str], list[UsageOrigin]] = defaultdict(list)
    for row in removed:
        merged[row.actor_id, row.agent_family, row.agent_version].append(row)
    _delete(UsageOrigin, [row.pk for row in removed])
    add(tables.ORIGINS, [_together(same) for same in merged.values()])
    return len(removed)


def _together(rows: list[UsageOrigin]) -> Row:
    return (
        rows[0].actor_id,
        rows[0].day.isoformat(),
        "",
        rows[0].agent_family,
        rows[0].agent_version,
        sum(row.events for row in rows),
        sum(row.direct_events for row in rows),
        time_text(min(row.first_at for row in rows)),
        time_text(max(row.last_at for row in rows)),
    )


@transaction.atomic
def drop_names() -> int:
    """Resource names that no count refers to any more."""
    used = UsageResource.objects.order_by().values_list("resource_id")
    unused = ResourceName.objects.order_by().values_list("pk").difference(used)[:AT_ONCE]
    rows = ResourceName.objects.select_for_update().order_by("pk")
    held = list(rows.filter(pk__in=[pk for (pk,) in unused]).values_list("pk", flat=True))
    # Whoever counted with one of them meanwhile is done by now, or will find it gone.
    again = set(used.filter(resource_id__in=held).values_list("resource_id", flat=True).distinct())
    return _delete(ResourceName, [pk for pk in held if pk not in again])


def _delete(model: type[Model], pks: list[int]) -> int:
    for start in range(0, len(pks), BATCH):
        model._default_manager.filter(pk__in=pks[start : start + BATCH]).delete()
    return len(pks)
