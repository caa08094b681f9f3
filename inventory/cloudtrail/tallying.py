"""Events to counts. Pure, and the same whatever the order of the events or their split in batches:
what two tallies hold adds up.

Here events are only grouped by what they have in common, which is all that is done per event; who
did it, from where and in which row is worked out once per group (adding).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from inventory.cloudtrail.actor import actor_of
from inventory.cloudtrail.adding import Adding, Group, Times
from inventory.cloudtrail.events import PLAIN, Event
from inventory.cloudtrail.identifiers import event_ids, is_final
from inventory.cloudtrail.records import Actor, Tally
from inventory.cloudtrail.sessions import issued_session


def session_keys(events: Iterable[Event]) -> set[str]:
    """The sessions to look up before tally(): those of which the events do not say who is behind,
    and those that made sessions."""
    keys = set()
    seen = set()
    for event in events:
        who = (event.identity, event.from_console, event.name == "ConsoleLogin", event.details)
        if who not in seen:
            seen.add(who)
            keys.add(actor_of(event).session_key)
    keys.discard("")
    return keys


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
    adding = Adding(known or {})
    left_out = frozenset(skip)
    counted = [event for at, event in enumerate(events) if at not in left_out] if skip else events
    groups = _grouped(counted)
    # Also of copies that do not count: each may tell more of a session than the one that does.
    for event in events:
        if event.details.issued is not None:
            adding.add_session(issued_session(event))
    adding.add_used_sessions(groups)
    adding.settle()
    for group, times in groups.items():
        adding.add(group, times)
    for event in counted:
        if event.resources and not is_provisional(event):
            adding.add_resources(group_of(event), event.resources)
    provisional = [event for event in counted if is_provisional(event)]
    for event, event_id in zip(provisional, event_ids(provisional), strict=True):
        adding.add_provisional(event_id, group_of(event), event.time)
    adding.tally.counted = len(counted)
    adding.tally.duplicates = len(events) - len(counted)
    return adding.tally


def _grouped(events: Iterable[Event]) -> dict[Group, Times]:
    groups: dict[Group, Times] = {}
    for event in events:
        group = group_of(event)
        time = event.time
        times = groups.get(group)
        if times is None:
            groups[group] = Times(1, time, time)
        else:
            times.events += 1
            if time < times.first:
                times.first = time
            elif time > times.last:
                times.last = time
    return groups


def is_provisional(event: Event) -> bool:
    """Whether a better copy of the event may come."""
    return event.shared_id is not None and not is_final(event)


def group_of(event: Event) -> Group:
    """What the event has in common with others."""
    return Group(
        event.identity,
        event.from_console,
        event.details.context if event.details is not PLAIN else PLAIN.context,
        event.source,
        event.name,
        event.time[:13],
        event.account_id,
        event.region,
        event.error,
        event.ip,
        event.agent,
        is_provisional(event),
    )
