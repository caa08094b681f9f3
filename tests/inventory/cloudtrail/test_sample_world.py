"""Counting against the sample organisation's truth, which shares no code with counting."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inventory.cloudtrail.events import Events
from inventory.cloudtrail.identifiers import worse_copies
from inventory.cloudtrail.reader import decode
from inventory.cloudtrail.records import Tally
from inventory.cloudtrail.tallying import tally
from inventory.sample_org.logs import truth
from inventory.sample_org.logs.bucket import Bucket
from inventory.sample_org.logs.story import Story

EPOCH = datetime(2026, 11, 20, 15, 30, 12, tzinfo=UTC)
# Everything that was late has come, and some days were told beyond the epoch.
THROUGH = EPOCH + timedelta(days=4)


def rows_of(counted: Tally) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """A tally in the cells of the truth."""
    rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for key, count in counted.usage.items():
        who, what = key.actor, key.operation
        told = (who.kind, who.arn, who.user_name, who.access_key_id, who.permission_set)
        place = (what.event_source, what.event_name, what.region, what.error or None)
        cell = (key.day, key.account_id, str(who.path), *(text or None for text in told), *place)
        known = rows.get(cell, (0, 0, "9", ""))
        rows[cell] = (
            known[0] + count.events,
            known[1] + count.direct,
            min(known[2], count.first_at),
            max(known[3], count.last_at),
        )
    return rows


def cells_of(rows: Iterable[dict[str, Any]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    values = ("events", "direct_events", "first_at", "last_at")
    return {
        tuple(row[key] for key in truth.KEYS): tuple(row[name] for name in values) for row in rows
    }


@pytest.mark.parametrize("world", [pytest.param("fifty", marks=pytest.mark.nightly), "fourteen"])
def test_everything_that_was_delivered_counts_as_what_happened(world: str, tmp_path: Path) -> None:
    bucket = Bucket(Story(world, 47, EPOCH), tmp_path)
    objects = [one for one in bucket.added(None, THROUGH) if "/CloudTrail/" in one.key]
    random.Random(5).shuffle(objects)

    events = Events()
    for one in objects:
        decoded = decode(one.body, name=one.key)
        assert decoded.rejects == []
        events += decoded.events
    skip = worse_copies(events)
    happenings, _starts = bucket.told(THROUGH)

    assert rows_of(tally(events, skip=skip)) == cells_of(truth.usage(happenings))
