"""Counting against a slow and obvious reference, on logs of all kinds of identity."""

import json
from datetime import UTC, datetime
from random import Random

import pytest

from benchmarks.trail_logs import Maker
from inventory.cloudtrail.reader import decode
from tests.inventory.cloudtrail.ledger import Ledger
from tests.inventory.cloudtrail.samples import Json
from tests.reference.count_usage import count_usage

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def made_events(seed: int, events: int = 1500) -> list[Json]:
    maker = Maker(seed, accounts=4, users=25, sso=20)
    made = [event for _account, _region, event in maker.sessions(DAY, events)]
    return made + maker.random.choices(made, k=len(made) // 50)


def object_of(records: list[Json]) -> bytes:
    return json.dumps({"Records": records}).encode()


def counted(batches: list[list[Json]]) -> Ledger:
    ledger = Ledger()
    for batch in batches:
        decoded = decode(object_of(batch))
        assert not decoded.rejects
        ledger.add(decoded.events)
    return ledger


@pytest.mark.parametrize("seed", range(4))
def test_counts_equal_the_references(seed):
    events = made_events(seed)
    assert counted([events]).exported() == count_usage([object_of(events)])


@pytest.mark.parametrize("seed", range(12))
def test_no_order_and_no_split_changes_the_counts(seed):
    events = made_events(seed, 500)
    expected = count_usage([object_of(events)])
    random = Random(seed)
    for size in (1, 7, 150):
        random.shuffle(events)
        batches = [events[at : at + size] for at in range(0, len(events), size)]
        assert counted(batches).exported() == expected


def test_counting_twice_counts_once():
    events = made_events(5, 400)
    twice = counted([events, events])
    assert twice.exported() == counted([events]).exported()
    assert twice.duplicates >= len(events)


def test_the_logs_hold_every_path_and_every_kind_of_session():
    rows = count_usage([object_of(made_events(1, 4000))])
    paths = {row[2] for row in rows}
    assert paths == {"old", "new", "signin", "workload", "root", "aws"}
    assert any(row[2] == "old" and row[3] == "AssumedRole" for row in rows)
