"""Events to counts. Pure, and the same whatever the order of the events or their split in batches:
what two tallies hold adds up.

Here events are only grouped by what they have in common, which is all that is done per event; the
rest is worked out once per group (adding).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from inventory.cloudtrail.adding import Adding, Group, Times, what_of
from inventory.cloudtrail.events import Caller, Event
from inventory.cloudtrail.identifiers import event_ids, is_final
from inventory.cloudtrail.records import Actor, Tally


def session_keys(events: Iterable[Event]) -> set[str]:
    """The sessions to look up before tally(): those of which the events do not say who is behind,
    and those that made sessions."""
    callers = {event.caller for event in events}
    return {caller.actor.session_key for caller in callers} - {""}


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
    counted = list(events)
    if skip:
        left_out = frozenset(skip)
        counted = [event for at, event in enumerate(events) if at not in left_out]
    provisional = [event for event in counted if event.shared_id and not is_final(event)]
    if provisional:
        others = set(map(id, provisional))
        final = [event for event in counted if id(event) not in others]
    else:
        final = counted
    adding = Adding(known or {})
    # Also of copies that do not count: each may tell more of a session than the one that does.
    adding.add_issued_sessions(events)
    adding.add_used_sessions(counted)
    adding.settle()
    numbers = adding.numbers(counted)
    adding.add_groups(_grouped(final, numbers), provisional=False)
    adding.add_groups(_grouped(provisional, numbers), provisional=True)
    result = adding.finished(zip(event_ids(provisional), provisional, strict=True))
    result.counted = len(counted)
    result.duplicates = len(events) - len(counted)
    return result


def _grouped(events: Sequence[Event], numbers: Mapping[Caller, int]) -> dict[Group, Times]:
    groups: dict[Group, Times] = {}
    find = groups.get
    for event in events:
        time = event.time
        group = (numbers[event.caller], time[:13], what_of(event))
        times = find(group)
        if times is None:
            times = groups[group] = [1, time, time, []]
        else:
            times[0] += 1
            if time > times[2]:
                times[2] = time
            elif time < times[1]:
                times[1] = time
        if event.resources:
            times[3].append(event.resources)
    return groups
