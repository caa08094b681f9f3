"""Events to counts. Pure, and the same whatever the order of the events or their split in batches:
what two tallies hold adds up.

Here events are only counted by stay and call, which is all that is done per event; the rest is
worked out once per stay, or once per call of it (adding).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress
from operator import attrgetter

from inventory.cloudtrail.adding import Adding, Stays
from inventory.cloudtrail.events import Event
from inventory.cloudtrail.pausing import without_collection
from inventory.cloudtrail.records import Actor, Tally

_ISSUED = attrgetter("issued")
_STAY = attrgetter("stay")


def session_keys(events: Iterable[Event]) -> set[str]:
    """The sessions to look up before tally(): those of which the events do not say who is behind,
    and those that made sessions."""
    callers = {stay.caller for stay in set(map(_STAY, events))}
    return {caller.actor.session_key for caller in callers} - {""}


@without_collection
def tally(
    events: Sequence[Event],
    *,
    skip: Collection[int] = (),
    known: Mapping[str, Actor] | None = None,
) -> Tally:
    """What events add up to.

    skip: positions of events that were counted before, or that a better copy among these events
    stands for. known: by session key, who was known before to be behind a session.
    """
    counted = _without(events, skip)
    stays = _grouped(counted)
    adding = Adding(known or {})
    # Also of copies that do not count: each may tell more of a session than the one that does.
    adding.add_issued_sessions(filter(_ISSUED, events))
    adding.add_used_sessions(stays)
    adding.settle()
    adding.add_stays(stays)
    provisional: Iterable[Event] = ()
    if any(stay.provisional for stay in stays):
        provisional = [event for event in counted if event.stay.provisional]
    result = adding.finished(provisional)
    result.counted = len(counted)
    result.duplicates = len(events) - len(counted)
    return result


def _without(events: Sequence[Event], skip: Collection[int]) -> Sequence[Event]:
    """The events but those at these positions."""
    if not skip:
        return events
    left = bytearray(b"\1") * len(events)
    for position in skip:
        left[position] = 0
    return list(compress(events, left))


def _grouped(events: Iterable[Event]) -> Stays:
    """Of each call of each stay how many, the first and the last, and what resources were named."""
    stays: Stays = {}
    find = stays.get
    for event in events:
        stay, call, time = event.stay, event.call, event.time
        calls = find(stay)
        if calls is None:
            calls = stays[stay] = {}
        times = calls.get(call)
        if times is None:
            times = calls[call] = [1, time, time, None]
        else:
            times[0] += 1
            if time > times[2]:
                times[2] = time
            elif time < times[1]:
                times[1] = time
        if event.resources:
            if times[3] is None:
                times[3] = [*event.resources]
            else:
                times[3] += event.resources
    return stays
