"""Objects as CloudTrail writes them are read in pieces: to the same result, wherever one is cut."""

import json
from random import Random

import pytest

from inventory.cloudtrail import reader
from inventory.cloudtrail.instants import are_normal
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.records import Credential
from inventory.cloudtrail.tallying import tally
from tests.inventory.cloudtrail import samples as given
from tests.inventory.cloudtrail.fuzzed import KINDS
from tests.inventory.cloudtrail.ledger import Ledger
from tests.inventory.cloudtrail.test_reference import made_events, object_of
from tests.reference.count_usage import count_usage

BETWEEN = '},{"eventVersion":'


@pytest.fixture(autouse=True, params=[1, 5_000])
def _small_pieces(request, monkeypatch):
    monkeypatch.setattr(reader, "PIECE", request.param)


def compact(records):
    return json.dumps({"Records": records}, separators=(",", ":")).encode()


def told(decoded):
    return [(event.time, event.name, event.event_id, event.resources) for event in decoded.events]


@pytest.mark.parametrize("seed", range(2))
def test_pieces_count_as_the_reference_does(seed):
    events = made_events(seed, 600)
    ledger = Ledger()
    ledger.add(decode(compact(events)).events)
    assert ledger.exported() == count_usage([object_of(events)])


def test_pieces_give_the_events_of_the_whole():
    events = made_events(7, 300)
    assert told(decode(compact(events))) == told(decode(object_of(events)))


INSIDE = {
    "in a text": BETWEEN + "1",
    "in a list": [{"a": 1}, {"eventVersion": "1.11"}, {"eventVersion": {"a": [{}]}}],
    "in a list of lists": [[{"a": 1}, {"eventVersion": "1"}], [{"b": "]}"}, {"eventVersion": 1}]],
}


@pytest.mark.parametrize("where", INSIDE)
def test_what_looks_like_the_next_record_is_not_taken_for_it(where):
    odd = given.event(given.iam_user(), requestParameters={"entries": INSIDE[where]})
    records = [given.event(given.session()), odd, given.event(given.iam_user())]
    decoded = decode(compact(records))
    assert (len(decoded.events), decoded.rejects) == (3, [])
    assert told(decoded) == told(decode(object_of(records)))


def test_a_bad_record_in_one_piece_sinks_no_other():
    records = [given.event(given.iam_user()) for _ in range(5)]
    records[3]["eventName"] = 5
    decoded = decode(compact(records))
    assert (len(decoded.events), [one.index for one in decoded.rejects]) == (4, [3])


def test_damage_gives_the_same_in_pieces_as_in_one(monkeypatch):
    for kind in KINDS[16:]:
        data, put_in = kind(Random(3))
        records = json.loads(data)["Records"]
        in_pieces = decode(compact(records))
        with monkeypatch.context() as patch:
            patch.setattr(reader, "_BEGIN", b"never")
            whole = decode(compact(records))
        assert told(in_pieces) == told(whole)
        assert in_pieces.rejects == whole.rejects
        assert put_in == len(in_pieces.events) + len(in_pieces.rejects)


def all_normal(*times, latest=""):
    return are_normal(times, {time[:13] for time in times}, latest)


def test_times_are_normal_only_if_each_is():
    good = "2026-11-01T10:59:59Z"
    assert all_normal(good, "2026-11-01T00:00:00Z")
    bad = ["", "2026-11-31T10:00:00Z", "2026-11-01T10:60:00Z", "2026-11-01T10:00:0aZ", good + good]
    bad += ["2026-11-01T10:00:00", "2012-11-01T10:00:00Z", "2026-11-01T10:00:\u0660\u0660Z"]
    for time in bad:
        assert not all_normal(good, time)
        assert not all_normal(time, good)
    assert all_normal(good, latest=good)
    assert not all_normal(good, latest="2026-11-01T10:59:58Z")


def test_whether_a_key_was_an_api_key_does_not_depend_on_what_came_before():
    """The same text of identity, with and without the mark of a service's API key."""
    bearer = {"additionalEventData": {"callWithBearerToken": True}}
    for key, marked in (("ASIA1", Credential.SERVICE_SPECIFIC), ("AKIA1", Credential.ACCESS_KEY)):
        identity = given.iam_user(key, userName=f"u{key}")
        plain, odd = given.event(identity), given.event(identity, **bearer)
        for records in ([plain, odd], [odd, plain], [odd]):
            events = decode(compact(records)).events
            found = {event.caller.actor.credential for event in events[-len(records) :]}
            assert marked in found
            assert len(tally(events).actor_days) == len(found)
