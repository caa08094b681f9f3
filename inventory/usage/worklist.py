"""Log objects as a work list: found, claimed in batches, counted once.

The rows are both the list and the ledger. A claim is a lease with a name of its own; whoever comes
back after its lease ran out finds another name there and counts nothing. An object that was being
counted when its worker died is claimed alone from then on, so that it takes no other with it.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import blake2b
from itertools import islice, takewhile

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from inventory.aws.values import clean
from inventory.cloudtrail.objects import Found, SourceName, unpacked_bytes
from inventory.lease import lease
from inventory.models import LogState, TrailObject

BATCH_OBJECTS = 64
BATCH_BYTES = 16 * 1024 * 1024
CHUNK = 500
SUSPECT_ONE_IN = 4
# A worker that dies four times on one object dies of it.
MAX_ATTEMPTS = 4
# An object that cannot be fetched is tried for about eight hours before somebody has to look.
MAX_FAILED_READS = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
OWNER_LENGTH = 64


@dataclass(slots=True)
class Added:
    """found: in this listing. new: not known before. settled: known, and nothing is left to do."""

    found: int = 0
    new: int = 0
    settled: int = 0

    def __iadd__(self, other: "Added") -> "Added":
        self.found += other.found
        self.new += other.new
        self.settled += other.settled
        return self


def key_of(uri: str, version: str) -> str:
    """What makes an object the same one: its address and version."""
    text = f"{uri}\0{version}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16).hexdigest()


def add(found: Iterable[Found], *, now: datetime, run_id: int | None = None) -> Added:
    """Puts on the list what is not known. run_id: whoever waits for them, known ones included."""
    total = Added()
    rest = iter(found)
    while chunk := list(islice(rest, CHUNK)):
        total += _add_chunk({key_of(one.uri, one.version): one for one in chunk}, now, run_id)
    return total


def _add_chunk(found: dict[str, Found], now: datetime, run_id: int | None) -> Added:
    mine = TrailObject.objects.filter(key__in=found)
    known = dict(mine.values_list("key", "state"))
    new = [_row(key, one, now, run_id) for key, one in found.items() if key not in known]
    TrailObject.objects.bulk_create(new, ignore_conflicts=True)
    waiting = sum(state == LogState.PENDING for state in known.values())
    if run_id is not None and waiting:
        mine.filter(state=LogState.PENDING).update(run_id=run_id)
    return Added(len(found), len(new), len(known) - waiting)


def _row(key: str, found: Found, now: datetime, run_id: int | None) -> TrailObject:
    place = found.place
    return TrailObject(
        key=key,
        uri=clean(found.uri),
        name=clean(found.name)[-255:],
        source=found.source,
        version=clean(found.version)[:128],
        size=found.size,
        account_id=place.account_id,
        region=place.region,
        day=date.fromisoformat(place.day) if place.day else None,
        found_at=now,
        run_id=run_id,
    )


def claimable(now: datetime) -> QuerySet[TrailObject]:
    """What somebody may take now."""
    return _due(now).filter(attempts__lt=MAX_ATTEMPTS)


def _due(now: datetime) -> QuerySet[TrailObject]:
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Q(not_before=None) | Q(not_before__lte=now)
    return TrailObject.objects.filter(free, due, state=LogState.PENDING)


def waiting(now: datetime, *, most: int, local: bool = True) -> int:
    """How many objects somebody may take now, or has to put into quarantine; `most` at most."""
    return _here(_due(now), local).order_by()[:most].count()


def _here(rows: QuerySet[TrailObject], local: bool) -> QuerySet[TrailObject]:
    """Without the files that a person imports, when they may be on another machine."""
    return rows if local else rows.exclude(source=SourceName.FILE, run__isnull=False)


def claim(
    owner: str, now: datetime, *, near: str = "", run_id: int | None = None, local: bool = True
) -> list[TrailObject]:
    """The next batch, of one account; empty when there is none to take now.

    near: the account worked on last. Staying there, and away from where others are, keeps workers
    from waiting for each other's locks. local: files that a person imports are on this machine.
    """
    held = _held(now)
    rows = _here(claimable(now), local)
    for account_id, region, source in held:
        # AWS grants LookupEvents two calls a second in an account and region: one worker's worth.
        if source == SourceName.LOOKUP:
            rows = rows.exclude(source=source, account_id=account_id, region=region)
    if run_id is not None:
        rows = rows.filter(run_id=run_id)
    token = f"{owner}#{secrets.token_hex(6)}"[-OWNER_LENGTH:]
    suspects = [partial(_take_suspect, rows, token, now)]
    busy = {account_id for account_id, _, _ in held}
    fresh = [
        partial(_take, rows.filter(condition, attempts=0), token, now)
        for condition in _choices(near, busy)
    ]
    # Suspects first now and then, so that there is an end to them while new objects keep coming.
    for take in suspects + fresh if secrets.randbelow(SUSPECT_ONE_IN) == 0 else fresh + suspects:
        if batch := take():
            return batch
    return []


def _held(now: datetime) -> set[tuple[str, str, str]]:
    """Where workers are now: account, region, and what kind of source."""
    leased = TrailObject.objects.filter(lease_until__gte=now).order_by()
    return set(leased.values_list("account_id", "region", "source").distinct())


def _choices(near: str, busy: Collection[str]) -> Iterator[Q]:
    if near:
        yield Q(account_id=near)
    if busy:
        elsewhere = ~Q(account_id__in=busy)
        yield elsewhere & Q(account_id__gt=near)
        yield elsewhere
    yield Q()


@transaction.atomic
def _take_suspect(rows: QuerySet[TrailObject], token: str, now: datetime) -> list[TrailObject]:
    """One object that was being counted when its worker died. Any one: when workers are being
    stopped again and again, it must not be the same object that is met each time."""
    ids = list(rows.filter(attempts__gt=0).order_by().values_list("pk", flat=True)[:CHUNK])
    if not ids:
        return []
    return _taken([secrets.choice(ids)], token, now)


@transaction.atomic
def _take(rows: QuerySet[TrailObject], token: str, now: datetime) -> list[TrailObject]:
    ordered = rows.order_by("account_id", "region", "day", "id")
    if connection.features.has_select_for_update_skip_locked:
        ordered = ordered.select_for_update(skip_locked=True, of=("self",))
    batch = _fitting(list(ordered[:BATCH_OBJECTS]))
    return _taken([row.pk for row in batch], token, now)


def _taken(ids: Sequence[int], token: str, now: datetime) -> list[TrailObject]:
    """Claims those of them that are still to be had: what was only looked at is not locked."""
    if not ids:
        return []
    claimable(now).filter(pk__in=ids).update(
        owner=token, lease_until=now + lease(), attempts=F("attempts") + 1
    )
    mine = TrailObject.objects.filter(pk__in=ids, owner=token)
    return list(mine.order_by("region", "day", "id"))


def _fitting(rows: Sequence[TrailObject]) -> list[TrailObject]:
    """As many of one account as fit; a window of LookupEvents alone."""
    batch: list[TrailObject] = []
    room = BATCH_BYTES
    for row in rows:
        alone = row.source == SourceName.LOOKUP
        room -= unpacked_bytes(row.name, row.size)
        if batch and (alone or room < 0 or row.account_id != batch[0].account_id):
            break
        batch.append(row)
        if alone:
            break
    return batch


def mine(batch: Sequence[TrailObject]) -> QuerySet[TrailObject]:
    """The rows of a batch that its claim still holds."""
    owner = batch[0].owner
    return TrailObject.objects.filter(
        pk__in=[row.pk for row in batch], state=LogState.PENDING, owner=owner
    )


def renew(batch: Sequence[TrailObject], now: datetime) -> bool:
    """Extends the lease; False when a part of it is no longer ours."""
    return mine(batch).update(lease_until=now + lease()) == len(batch)


def release(batch: Sequence[TrailObject]) -> None:
    """Gives back what was not begun or did no harm."""
    mine(batch).update(owner="", lease_until=None, attempts=F("attempts") - 1)


def fail(batch: Sequence[TrailObject], detail: str) -> None:
    """Gives back a batch on which counting broke: each is tried alone from now on."""
    mine(batch).update(owner="", lease_until=None, detail=clean(detail)[:500])


def postpone(row: TrailObject, detail: str, now: datetime) -> None:
    """Gives back an object that could not be fetched, to be tried later: no fault of its own."""
    wait = min(FIRST_WAIT * 2**row.failed_reads, LONGEST_WAIT)
    told = clean(detail)[:500]
    mine([row]).update(
        owner="",
        lease_until=None,
        attempts=F("attempts") - 1,
        failed_reads=F("failed_reads") + 1,
        not_before=now + wait,
        detail=told,
    )
    if row.source == SourceName.LOOKUP:
        # What AWS refuses for one window of an account and region, it refuses for all of them.
        others = claimable(now).filter(
            source=row.source, account_id=row.account_id, region=row.region
        )
        others.update(not_before=now + wait, detail=told)


def free_dead(host: str, alive: Callable[[int], bool]) -> int:
    """Ends leases of processes of this host that are no more, rather than waiting for them.

    Owners are 'host:pid...'. A process that lives after all finds that its claim is gone.
    """
    leased = TrailObject.objects.exclude(lease_until=None).filter(state=LogState.PENDING)
    owners = leased.filter(owner__startswith=f"{host}:").values_list("owner", flat=True)
    dead = [owner for owner in set(owners) if not alive(_pid(owner, host))]
    return leased.filter(owner__in=dead).update(owner="", lease_until=None)


def _pid(owner: str, host: str) -> int:
    digits = owner.removeprefix(f"{host}:")
    return int("".join(takewhile(str.isdigit, digits)) or 0)


def tried_out(owner: str, now: datetime) -> list[TrailObject]:
    """Claims objects that took a worker with them each time, for whoever quarantines them."""
    rows = TrailObject.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=now),
        state=LogState.PENDING,
        attempts__gte=MAX_ATTEMPTS,
    )
    token = f"{owner}#{secrets.token_hex(6)}"[-OWNER_LENGTH:]
    ids = list(rows.values_list("pk", flat=True)[:BATCH_OBJECTS])
    rows.filter(pk__in=ids).update(owner=token, lease_until=now + lease())
    return list(TrailObject.objects.filter(pk__in=ids, owner=token).order_by("id"))


def retry(now: datetime, *, object_id: int | None = None) -> int:
    """Puts quarantined objects back on the list: one, or all. Returns how many."""
    rows = TrailObject.objects.filter(state=LogState.QUARANTINED)
    if object_id is not None:
        rows = rows.filter(pk=object_id)
    return rows.update(
        state=LogState.PENDING,
        attempts=0,
        failed_reads=0,
        owner="",
        lease_until=None,
        not_before=now,
        reason="",
        detail="",
        done_at=None,
    )
