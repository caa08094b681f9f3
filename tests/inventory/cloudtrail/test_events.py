"""Events as columns: each is the same as when it was read by itself."""

import json

from inventory.cloudtrail.callers import kept
from inventory.cloudtrail.events import Events
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.tallying import tally
from tests.inventory.cloudtrail import samples as given


def read(*records):
    return decode(json.dumps({"Records": records}).encode()).events


def two_objects():
    """Each hands out credentials in its second event."""
    return [
        read(given.event(given.iam_user()), given.assume_role(given.iam_user(), key))
        for key in ("ASIAONE", "ASIATWO")
    ]


def test_credentials_stay_with_their_event_when_objects_are_put_together():
    together = Events()
    for events in two_objects():
        together += events
    issued = [event.issued.access_key_id if event.issued else "" for event in together]
    assert issued == ["", "ASIAONE", "", "ASIATWO"]


def test_an_event_is_the_same_from_either_end():
    one, _other = two_objects()
    assert one[-1].issued is one[1].issued is not None
    assert [event.event_id for event in one[-2:]] == one.ids


def test_events_taken_apart_and_put_together_count_the_same():
    one, other = two_objects()
    again = Events.of([*one, *other])
    one += other
    assert tally(again) == tally(one)


def test_calls_that_were_forgotten_meanwhile_are_still_one_row():
    """The same call twice, of which nothing was kept from the first object to the second."""
    first = read(given.event(given.iam_user()))
    kept.make_room(kept.TEXT)
    kept.make_room(1)
    first += read(given.event(given.iam_user()))
    assert first.calls[0] is not first.calls[1]
    ((_row, count),) = tally(first).usage.items()
    assert count.events == 2


def test_a_call_that_needs_a_closer_look_is_looked_at_each_time():
    """The credentials of each AssumeRole, though all are one call."""
    keys = [f"ASIA{number}" for number in range(3)]
    events = read(*(given.assume_role(given.iam_user(), key) for key in keys))
    assert len(set(events.calls)) == 1
    assert [events.issued[at].access_key_id for at in range(3)] == keys
