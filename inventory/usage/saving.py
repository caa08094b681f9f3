"""A tally -> rows. Additive, in key order, in the caller's transaction."""

from collections import defaultdict
from collections.abc import Iterator

from inventory.cloudtrail.records import Tally
from inventory.models import UsageActor
from inventory.usage import resources, tables
from inventory.usage.additive import add
from inventory.usage.dimensions import ACTORS, OPERATIONS, Ids, Stale
from inventory.usage.statements import Row


class Resolved(Exception):
    """Who is behind a session became known since it was looked up: to be counted again."""


def ids_of(tally: Tally) -> Ids:
    """Makes the rows where there are none."""
    actors = {key.actor for key in tally.usage} | {key.actor for key in tally.actor_days}
    actors |= {key.actor for key in tally.origins}
    actors |= {session.actor for session in tally.sessions.values() if session.actor}
    operations = {key.operation for key in tally.usage}
    return Ids(ACTORS.ids_of(actors), OPERATIONS.ids_of(operations))


def hold(ids: Ids) -> None:
    """Keeps the pending actors pending until the transaction ends; raises Resolved when one is not,
    and Stale when one is gone. Other actors are never removed.

    So counts never reach an actor whose counts have moved, and the two never wait for each other.
    """
    pending = [pk for actor, pk in ids.actors.items() if actor.session_key]
    if not pending:
        return
    rows = UsageActor.objects.select_for_update(no_key=True).filter(pk__in=pending).order_by("pk")
    moved_to = list(rows.values_list("resolved_to", flat=True))
    if len(moved_to) < len(pending):
        raise Stale
    if any(moved_to):
        raise Resolved


def save(tally: Tally, ids: Ids) -> None:
    """Adds all counts of the tally. Sessions are saved elsewhere."""
    add(tables.USAGE, _usage_rows(tally, ids))
    resources.save(tally, ids)
    add(tables.ACTOR_DAYS, _actor_day_rows(tally, ids))
    add(tables.ORIGINS, _origin_rows(tally, ids))
    add(tables.PATHS, _path_rows(tally))


def _usage_rows(tally: Tally, ids: Ids) -> Iterator[Row]:
    actors, operations = ids.actors, ids.operations
    for key, count in tally.usage.items():
        day, account_id, actor, operation, provisional = key
        yield (
            actors[actor],
            day,
            account_id,
            operations[operation],
            provisional,
            count.events,
            count.direct,
            count.first_at,
            count.last_at,
            # What a copy named could not be taken out again, so it is not kept.
            provisional,
        )


def _actor_day_rows(tally: Tally, ids: Ids) -> Iterator[Row]:
    for key, day in tally.actor_days.items():
        yield (
            ids.actors[key.actor],
            key.day,
            key.account_id,
            key.provisional,
            day.events,
            day.direct,
            day.errors,
            day.failed_signins,
            *day.hours,
            day.first_at,
            day.last_at,
            day.succeeded_at or None,
        )


def _origin_rows(tally: Tally, ids: Ids) -> Iterator[Row]:
    for key, count in tally.origins.items():
        yield (
            ids.actors[key.actor],
            key.day,
            key.network,
            key.agent_family,
            key.agent_version,
            count.events,
            count.direct,
            count.first_at,
            count.last_at,
        )


def _path_rows(tally: Tally) -> Iterator[Row]:
    totals: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for key, count in tally.usage.items():
        total = totals[key.day, key.account_id, key.actor.path.value]
        total[0] += count.events
        total[1] += count.direct
    return ((*key, *total) for key, total in totals.items())
