"""Late knowledge: when it is known who is behind a session, its counts move to them.

Everything that a pending actor counted moves, in one transaction: it is no more than a place where
the counts of one session waited. Many move together, since a statement for all costs little more
than one for each.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

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
from inventory.usage.dimensions import ACTORS, Stale, actor_columns, actor_from, actors_with
from inventory.usage.statements import point

AT_ONCE = 500


class Day(NamedTuple):
    """What an actor counted on a day in an account."""

    actor_id: int
    day: str
    account_id: str
    events: int
    direct: int


def join_sessions(*, now: datetime, keys: Collection[str] | None = None) -> int:
    """Moves the counts of pending sessions whose maker is known by now. Returns how many actors.

    keys: of sessions of which more is known than before; None looks at all.
    """
    known_better = repeated(lambda: _follow_chains(keys))
    found = None if keys is None else {*keys, *known_better}
    waiting = list(_pending(found))
    portions = (waiting[start : start + AT_ONCE] for start in range(0, len(waiting), AT_ONCE))
    return sum(repeated(partial(_join, portion, now=now)) for portion in portions)


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
    learnt, behind = set(), {}
    for pk, key, issuer, actor_id in made:
        maker_id = makers.get(issuer)
        if maker_id and believed(actors[maker_id]) > believed(actors.get(actor_id)):
            behind[pk] = maker_id
            learnt.add(key)
    point(UsageSession, "actor_id", behind)
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
def _join(waiting: Sequence[tuple[int, Actor, Actor]], *, now: datetime) -> int:
    """Moves the counts of these. Returns of how many: others may have moved some of them."""
    ids = ACTORS.ids_of({better for _, _, better in waiting})
    homes = _hold({pk: ids[better] for pk, _, better in waiting})
    if not homes:
        return 0
    point(UsageActor, "resolved_to_id", homes)
    homes = _settled(homes)
    paths = {ids[better]: better.path.value for _, _, better in waiting}
    unnamed = set(homes.values()) - paths.keys()
    paths |= {pk: actor.path.value for pk, actor in actors_with(unnamed).items()}
    moves = {
        pk: (pending.path.value, paths[homes[pk]]) for pk, pending, _ in waiting if pk in homes
    }
    days = _days(moves)
    outdate(one.day for one in days)
    # Totals by path come last, as when counting: so the two do not wait for each other in turn.
    move_counts(homes)
    _move_paths(moves, days)
    _correct(moves, days, now=now)
    return len(homes)


def _hold(homes: Mapping[int, int]) -> dict[int, int]:
    """Those that nobody has moved yet. Both ends are held: nobody counts for the old ones any more,
    and nobody moves the new ones' counts on before these have arrived."""
    ends = {*homes, *homes.values()}
    rows = UsageActor.objects.select_for_update(no_key=True).filter(pk__in=ends).order_by("pk")
    held = dict(rows.values_list("pk", "resolved_to_id"))
    if not held.keys() >= set(homes.values()):
        raise Stale
    return {old: new for old, new in homes.items() if old in held and held[old] is None}


def _settled(homes: Mapping[int, int]) -> dict[int, int]:
    """Where the counts go in the end, when whom they were to go to has moved as well."""
    now = settled(homes.values())
    return {old: now[new] for old, new in homes.items()}


def move_counts(homes: Mapping[int, int]) -> None:
    """Moves actors' rows to others', in the caller's transaction. Totals by path stay."""
    named = UsageResource.objects.filter(actor_id__in=homes).values_list(*resources.Group._fields)
    groups = {
        resources.Group(homes[old], day.isoformat(), *rest) for old, day, *rest in named.distinct()
    }
    for table in tables.OF_ACTORS if groups else tables.WITHOUT_RESOURCES:
        move(table, column="actor_id", homes=homes)
    resources.limit(groups)


def _days(actors: Collection[int]) -> list[Day]:
    """What each of the actors counted, by day and account."""
    rows = DailyUsage.objects.filter(actor_id__in=actors).values_list(
        "actor_id", "day", "account_id"
    )
    return [
        Day(pk, day.isoformat(), *rest)
        for pk, day, *rest in rows.annotate(Sum("events"), Sum("direct_events"))
    ]


def _move_paths(moves: Mapping[int, tuple[str, str]], days: Iterable[Day]) -> None:
    totals: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in days:
        before, after = moves[one.actor_id]
        for path, sign in ((before, -1), (after, 1)) if before != after else ():
            total = totals[one.day, one.account_id, path]
            total[0] += sign * one.events
            total[1] += sign * one.direct
    if totals:
        add(tables.PATHS, [(*where, *total) for where, total in totals.items()])
        PathDay.objects.filter(
            path__in={path for _, _, path in totals},
            day__in={day for day, _, _ in totals},
            events=0,
        ).delete()


def _correct(moves: Mapping[int, tuple[str, str]], days: Sequence[Day], *, now: datetime) -> None:
    """Leaves corrections of days that are closed, one for each session."""
    shut = corrections.closed({one.day for one in days}, {one.account_id for one in days})
    changes = [
        ((one.day, one.account_id, moves[one.actor_id][1]), one.events)
        for one in days
        if (one.day, one.account_id) in shut
    ]
    corrections.write(changes, corrections.JOINED, "of a session whose maker became known", now=now)
