"""Late knowledge: when it is known who is behind a session, its counts move to them.

One transaction an actor. Everything that the pending actor counted moves: it is no more than a
place where the counts of one session waited.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from inventory.cloudtrail.behind import resolved
from inventory.cloudtrail.records import Actor, Path
from inventory.cloudtrail.sessions import believed
from inventory.models import DailyUsage, PathDay, UsageActor, UsageResource, UsageSession
from inventory.usage import corrections, resources, sessions, tables
from inventory.usage.additive import add, move
from inventory.usage.conflicts import repeated
from inventory.usage.copies import settled
from inventory.usage.day_sums import outdate
from inventory.usage.dimensions import ACTORS, actor_columns, actor_from, actors_with

AT_ONCE = 500


def join_sessions(*, now: datetime, keys: Collection[str] | None = None) -> int:
    """Moves the counts of pending sessions whose maker is known by now. Returns how many actors.

    keys: of sessions of which more is known than before; None looks at all.
    """
    known_better = repeated(lambda: _follow_chains(keys))
    found = None if keys is None else {*keys, *known_better}
    waiting = list(_pending(found))
    return sum(repeated(partial(_join, *one, now=now)) for one in waiting)


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


def _pending(keys: Collection[str] | None) -> Iterator[tuple[int, Actor, Actor]]:
    """Actors whose counts should be somebody else's: id, actor, whose."""
    told = UsageSession.objects.filter(key=OuterRef("session_key")).exclude(actor=None)
    for part in _parts(keys):
        rows = UsageActor.objects.exclude(session_key="").filter(resolved_to=None)
        rows = rows.filter(Exists(told)) if part is None else rows.filter(session_key__in=part)
        waiting = {pk: actor_from(rest) for pk, *rest in rows.values_list("pk", *actor_columns())}
        known = sessions.known({actor.session_key for actor in waiting.values()})
        for pk, actor in sorted(waiting.items()):
            behind = known.get(actor.session_key)
            better = resolved(actor, behind) if behind else actor
            if better != actor:
                yield pk, actor, better


@transaction.atomic
def _join(pk: int, pending: Actor, better: Actor, *, now: datetime) -> int:
    """Moves one actor's counts. Returns 1, or 0 when somebody else has moved them."""
    new = ACTORS.ids_of([better])[better]
    # Both are held: nobody counts for the old one any more, and nobody moves the new one's counts
    # on before these have arrived.
    held = UsageActor.objects.select_for_update(no_key=True).filter(pk__in=[pk, new])
    moved_to = dict(held.order_by("pk").values_list("pk", "resolved_to_id"))
    if pk not in moved_to or moved_to[pk] is not None:
        return 0
    UsageActor.objects.filter(pk=pk).update(resolved_to_id=new)
    if moved_to[new] is not None:
        new = settled([new])[new]
        better = actors_with([new])[new]
    _note(pk, pending.path.value, better.path.value, now=now)
    move_counts(pk, new)
    return 1


def move_counts(old: int, new: int) -> None:
    """Moves one actor's rows to another's, in the caller's transaction. Totals by path stay."""
    named = UsageResource.objects.filter(actor_id=old).values_list(
        "day", "account_id", "operation_id"
    )
    groups = {resources.Group(new, day.isoformat(), *rest) for day, *rest in named.distinct()}
    for table in tables.OF_ACTORS if groups else tables.WITHOUT_RESOURCES:
        move(table, column="actor_id", old=old, new=new)
    resources.limit(groups)


def _note(old: int, before: str, after: str, *, now: datetime) -> None:
    """Moves the totals by path, and leaves corrections of days that are closed."""
    days = DailyUsage.objects.filter(actor_id=old).values_list("day", "account_id")
    moved = {
        (day.isoformat(), account_id): (events, direct)
        for day, account_id, events, direct in days.annotate(Sum("events"), Sum("direct_events"))
    }
    outdate(day for day, _ in moved)
    if before != after and moved:
        _move_paths(moved, before, after)
    shut = corrections.closed({day for day, _ in moved}, {account for _, account in moved})
    changes = {(*where, after): moved[where][0] for where in shut & moved.keys()}
    corrections.write(changes, corrections.JOINED, "of a session whose maker became known", now=now)


def _move_paths(moved: Mapping[tuple[str, str], tuple[int, int]], before: str, after: str) -> None:
    out = [(*where, before, -events, -direct) for where, (events, direct) in moved.items()]
    into = [(*where, after, events, direct) for where, (events, direct) in moved.items()]
    add(tables.PATHS, [*out, *into])
    PathDay.objects.filter(path=before, day__in={day for day, _ in moved}, events=0).delete()
