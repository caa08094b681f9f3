"""Taking out copies of an event that a better copy replaces, exactly.

Numbers are taken out by adding negative ones with all other counts of the batch, so that rows are
locked in one order. First and last instants cannot be subtracted: they are found again afterwards,
from the entries of the copies that are left.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from inventory.cloudtrail.records import (
    ActorDay as ActorDayCount,
)
from inventory.cloudtrail.records import (
    ActorDayKey,
    Count,
    Tally,
    UsageKey,
)
from inventory.models import UsageActor
from inventory.usage import seen
from inventory.usage.dimensions import actors_with, operations_with

SIGN_IN = "ConsoleLogin"


class Taken(NamedTuple):
    """One copy to take out, as it is counted now."""

    key: UsageKey
    at: str
    direct: bool


def settled(pks: Iterable[int]) -> dict[int, int]:
    """Where the counts of actors are by now: their own id, or whom they were moved to."""
    now = {pk: pk for pk in pks}
    moved = UsageActor.objects.exclude(resolved_to=None)
    while True:
        rows = moved.filter(pk__in=set(now.values())).values_list("pk", "resolved_to_id")
        further = dict(rows)
        if not further:
            return now
        now = {pk: further.get(at, at) for pk, at in now.items()}


def taken(replaced: Sequence[tuple[str, seen.Entry]]) -> list[Taken]:
    """The copies in words of the tally. Four queries at most, none without copies."""
    if not replaced:
        return []
    homes = settled(one.actor_id for _, one in replaced)
    actors = actors_with(homes.values())
    operations = operations_with(one.operation_id for _, one in replaced)
    return [
        Taken(
            UsageKey(
                day, one.account_id, actors[homes[one.actor_id]], operations[one.operation_id], True
            ),
            instant(day, one.second),
            one.direct,
        )
        for day, one in replaced
    ]


def instant(day: str, second: int) -> str:
    """An instant of a day as text."""
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{day}T{hours:02d}:{minutes:02d}:{seconds:02d}Z"


def second_of(at: str) -> int:
    """The second of the day of an instant."""
    return int(at[11:13]) * 3600 + int(at[14:16]) * 60 + int(at[17:19])


def subtract(tally: Tally, copies: Iterable[Taken]) -> None:
    """Takes the copies out of the tally's numbers, which may become negative."""
    for one in copies:
        count = tally.usage.get(one.key)
        if count is None:
            count = tally.usage[one.key] = Count(0, 0, one.at, one.at)
        count.events -= 1
        count.direct -= one.direct
        count.first_at, count.last_at = min(count.first_at, one.at), max(count.last_at, one.at)
        _subtract_day(tally, one)


def _subtract_day(tally: Tally, one: Taken) -> None:
    key = ActorDayKey(one.key.day, one.key.account_id, one.key.actor, True)
    day = tally.actor_days.get(key)
    if day is None:
        day = tally.actor_days[key] = ActorDayCount(first_at=one.at, last_at=one.at)
    day.events -= 1
    day.direct -= one.direct
    day.first_at, day.last_at = min(day.first_at, one.at), max(day.last_at, one.at)
    if one.key.operation.error:
        day.errors -= 1
        day.failed_signins -= one.key.operation.event_name == SIGN_IN
    else:
        day.succeeded_at = max(day.succeeded_at, one.at)
    day.hours[int(one.at[11:13])] -= 1
