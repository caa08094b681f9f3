"""Events to counts. Pure, and the same whatever the order of the events or their split in batches:
what two tallies hold adds up.

Here events are only counted by stay and call, which is all that is done per event; the rest is
worked out once per stay, or once per call of it (adding).
"""

from collections.abc import Collection, Mapping
from itertools import compress

from inventory.cloudtrail.adding import Adding, Stays
from inventory.cloudtrail.events import Call, Events
from inventory.cloudtrail.pausing import without_collection
from inventory.cloudtrail.records import Actor, Operation, Tally


def session_keys(events: Events) -> set[str]:
    """The sessions to look up before tally(): those of which the events do not say who is behind,
    and those that made sessions."""
    callers = {stay.caller for stay in set(events.stays)}
    return {caller.actor.session_key for caller in callers} - {""}


@without_collection
def tally(
    events: Events, *, skip: Collection[int] = (), known: Mapping[str, Actor] | None = None
) -> Tally:
    """What events add up to.

    skip: positions of events that were counted before, or that a better copy among these events
    stands for. known: by session key, who was known before to be behind a session.
    """
    left = bytearray(b"\1") * len(events)
    for position in skip:
        left[position] = 0
    stays = _grouped(events, left)
    adding = Adding(known or {})
    # Also of copies that do not count: each may tell more of a session than the one that does.
    adding.add_issued_sessions(map(events.__getitem__, events.issued))
    adding.add_used_sessions(stays)
    adding.settle()
    adding.add_stays(stays)
    provisional = {stay for stay in stays if stay.provisional}
    places = compress(range(len(events)), map(provisional.__contains__, events.stays))
    result = adding.finished(events[at] for at in places if left[at])
    result.counted = left.count(1)
    result.duplicates = left.count(0)
    return result


def _grouped(events: Events, left: bytearray) -> Stays:
    """Of each call of each stay how many, the first and the last, and what resources were named."""
    stays: Stays = {}
    find = stays.get
    calls_of_events = _one_of_equal(events.calls)
    columns = zip(events.stays, calls_of_events, events.times, events.resources, strict=True)
    for stay, call, time, resources in compress(columns, left):
        calls = find(stay)
        if calls is None:
            calls = stays[stay] = {}
        times = calls.get(call)
        if times is None:
            times = calls[call] = [1, time, time, None, 0]
        else:
            times[0] += 1
            if time > times[2]:
                times[2] = time
            elif time < times[1]:
                times[1] = time
        if resources:
            if times[3] is None:
                times[3] = [*resources]
            else:
                times[3] += resources
    return stays


def _one_of_equal(calls: list[Call]) -> list[Call]:
    """The calls, of equal ones always the same: from here on they are told apart as objects, since
    an operation has four texts to hash."""
    different = set(calls)
    one: dict[Operation, Call] = {call.operation: call for call in different}
    if len(one) == len(different):
        return calls
    chosen = {call: one[call.operation] for call in different}
    return [chosen[call] for call in calls]
