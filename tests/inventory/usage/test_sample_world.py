"""The sample organisation's logs, counted into the database: the rows are the story's truth."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.cloudtrail.reader import decode
from inventory.models import DailyUsage
from inventory.sample_org.logs import truth
from inventory.sample_org.logs.bucket import Bucket
from inventory.sample_org.logs.story import Story
from inventory.usage.counting import count_objects
from inventory.usage.joining import join_sessions
from tests.inventory.usage.telling import waiting

pytestmark = pytest.mark.django_db
EPOCH = datetime(2026, 11, 20, 15, 30, 12, tzinfo=UTC)
# Whatever was late has come.
THROUGH = EPOCH + timedelta(days=4)
Cell = tuple[Any, ...]


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows_of() -> dict[Cell, tuple[Any, ...]]:
    """What was counted, in the cells of the truth."""
    rows: dict[Cell, tuple[Any, ...]] = {}
    for one in DailyUsage.objects.select_related("actor", "operation"):
        who, what = one.actor, one.operation
        told = (who.kind, who.arn, who.user_name, who.access_key_id, who.permission_set)
        place = (what.event_source, what.event_name, what.region, what.error or None)
        nulls = (text or None for text in told)
        cell = (one.day.isoformat(), one.account_id, who.path, *nulls, *place)
        known = rows.get(cell, (0, 0, "9", ""))
        rows[cell] = (
            known[0] + one.events,
            known[1] + one.direct_events,
            min(known[2], stamp(one.first_at)),
            max(known[3], stamp(one.last_at)),
        )
    return rows


def cells_of(rows: Any) -> dict[Cell, tuple[Any, ...]]:
    values = ("events", "direct_events", "first_at", "last_at")
    return {
        tuple(row[key] for key in truth.KEYS): tuple(row[name] for name in values) for row in rows
    }


@pytest.mark.slow
@pytest.mark.production
def test_any_order_any_split_and_twice_counts_as_what_happened(tmp_path: Any) -> None:
    bucket = Bucket(Story("fourteen", 47, EPOCH), tmp_path)
    objects = [one for one in bucket.added(None, THROUGH) if "/CloudTrail/" in one.key]
    chance = random.Random(11)
    for _ in range(2):
        chance.shuffle(objects)
        left = list(objects)
        while left:
            size = chance.choice((1, 5, 64))
            some, left = left[:size], left[size:]
            read = [
                (waiting(day=one.delivered.date()), decode(one.body, name=one.key)) for one in some
            ]
            count_objects(read, now=THROUGH)
    join_sessions(now=THROUGH)
    happenings, _starts = bucket.told(THROUGH)

    assert rows_of() == cells_of(truth.usage(happenings))
