"""Late knowledge: when it is known who is behind a session, its counts move to them.

One transaction an actor. Everything that the pending actor counted moves: it is no more than a
place where the counts of one session waited.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from inventory.cloudtrail.behind import resolved
from inventory.cloudtrail.records import Actor, Path
from inventory.cloudtrail.sessions import believed
from inventory.models import DailyUsage, PathDay, UsageActor, UsageResource, UsageSession
from inventory.usage import corrections, resources, sessions, tables
from inventory.usage.additive import Row, add, move
from inventory.usage.copies import settled
from inventory.usage.dimensions import ACTORS, actor_columns, actor_from, actors_with

AT_ONCE = 500


def join_sessions(*, now: datetime, keys: Collection[str] | None = None) -> int:
    """Moves the counts of pending sessions whose maker is known by now. Returns how many actors.

    keys: of sessions of which more is known than before; None looks at all.
    """
    known_better = _follow_chains(keys)
    found = None if keys is None else {*keys, *known_better}
    return sum(_join(pk, now=now) for pk in list(_pending(found)))


def _follow_chains(keys: Collection[str] | None) -> set[str]:
    """A session made by another is whose that one is. Returns the keys that learnt something."""
    learnt, asked = set[str](), keys
    while asked is None or asked:
        fresh = set[str]()
        for part in _parts(asked):
            fresh |= _learn_from_issuers(part)
        # Who is behind is only ever known better, so chains end, even one that bites its tail.
        learnt |= fresh
        asked = fresh
    return learnt


def _parts(keys: Collection[str] | None) -> Iterator[list[str] | None]:
    if keys is None:
        yield None
        return
    listed = sorted(keys)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]


@transaction.atomic
def _learn_from_issuers(keys: Collection[str] | None) -> set[str]:
    rows = UsageSession.objects.exclude(issuer_key="").select_for_update(of=("self",))
    if keys is None:
        rows = rows.filter(_half_known())
    else:
        rows = rows.filter(Q(key__in=keys) | Q(issuer_key__in=keys))
    made = list(rows.order_by("key").values_list("pk", "key", "issuer_key", "actor_id"))
    if not made:
        return set()
    makers = _behind({issuer for _, _, issuer, _ in made})
    actors = actors_with({*makers.values(), *(pk for *_, pk in made if pk)})
    learnt = set()
    for pk, key, issuer, actor_id in made:
        maker_id = makers.get(issuer)
        if maker_id and believed(actors[maker_id]) > believed(actors.get(actor_id)):
            UsageSession.objects.filter(pk=pk).update(actor_id=maker_id)
            learnt.add(key)
    return learnt


def _half_known() -> Q:
    """Sessions of which more could be learnt from whoever made them."""
    no_user = Q(actor__user_id="")
    return Q(actor=None) | (no_user & (Q(actor__path=Path.NEW) | ~Q(actor__arn__startswith="arn:")))


def _behind(keys: Collection[str]) -> dict[str, int]:
    """The actors' ids behind those of the sessions that are known."""
    found: dict[str, int] = {}
    for part in _parts(keys):
        rows = UsageSession.objects.filter(key__in=part or ()).exclude(actor=None)
        found |= dict(rows.values_list("key", "actor_id"))
    return found


def _pending(keys: Collection[str] | None) -> Iterator[int]:
    """Actors whose counts should be somebody else's."""
    told = UsageSession.objects.filter(key=OuterRef("session_key")).exclude(actor=None)
    for part in _parts(keys):
        rows = UsageActor.objects.exclude(session_key="").filter(resolved_to=None)
        rows = rows.filter(Exists(told)) if part is None else rows.filter(session_key__in=part)
        waiting = {pk: actor_from(rest) for pk, *rest in rows.values_list("pk", *actor_columns())}
        known = sessions.known({actor.session_key for actor in waiting.values()})
        for pk, actor in sorted(waiting.items()):
            behind = known.get(actor.session_key)
            if behind is not None and resolved(actor, behind) != actor:
                yield pk


@transaction.atomic
def _join(pk: int, *, now: datetime) -> int:
    """Moves one actor's counts. Returns 1, or 0 when somebody else has moved them."""
    pending = actors_with([pk]).get(pk)
    behind = sessions.known([pending.session_key]) if pending else {}
    if pending is None or not behind:
        return 0
    actor = resolved(pending, behind[pending.session_key])
    new = ACTORS.ids_of([actor])[actor]
    # Both are held: nobody counts for the old one any more, and nobody moves the new one's counts
    # on before these have arrived.
    held = UsageActor.objects.select_for_update(no_key=True).filter(pk__in=[pk, new])
    moved_to = dict(held.order_by("pk").values_list("pk", "resolved_to_id"))
    if moved_to[pk] is not None or new == pk:
        return 0
    UsageActor.objects.filter(pk=pk).update(resolved_to_id=new)
    _move(pk, settled([new])[new], pending, now=now)
    return 1


def _move(old: int, new: int, pending: Actor, *, now: datetime) -> None:
    path = actors_with([new])[new].path
    _correct(old, path.value, now=now)
    paths = _path_rows(old, pending.path.value, path.value)
    move_counts(old, new)
    if paths:
        add(tables.PATHS, paths)
        days = {row[0] for row in paths}
        PathDay.objects.filter(path=pending.path, day__in=days, events=0).delete()


def move_counts(old: int, new: int) -> None:
    """Moves one actor's rows to another's, in the caller's transaction. Totals by path stay."""
    named = UsageResource.objects.filter(actor_id=old).values_list(
        "day", "account_id", "operation_id"
    )
    groups = {resources.Group(new, day.isoformat(), *rest) for day, *rest in named.distinct()}
    for table in tables.OF_ACTORS:
        move(table, column="actor_id", old=old, new=new)
    resources.limit(groups)


def _path_rows(old: int, before: str, after: str) -> list[Row]:
    """What to add to the totals by path, day and account."""
    if before == after:
        return []
    days = DailyUsage.objects.filter(actor_id=old).values_list("day", "account_id")
    rows: list[Row] = []
    for day, account_id, events, direct in days.annotate(Sum("events"), Sum("direct_events")):
        rows.append((day.isoformat(), account_id, before, -events, -direct))
        rows.append((day.isoformat(), account_id, after, events, direct))
    return rows


def _correct(old: int, path: str, *, now: datetime) -> None:
    """Closed days on which counts move."""
    counted = DailyUsage.objects.filter(actor_id=old).values_list("day", "account_id")
    moved = {
        (day.isoformat(), account_id): events
        for day, account_id, events in counted.annotate(Sum("events"))
    }
    shut = corrections.closed({day for day, _ in moved}, {account for _, account in moved})
    changes = {(*where, path): moved[where] for where in shut & moved.keys()}
    corrections.write(changes, corrections.JOINED, "of a session whose maker became known", now=now)
