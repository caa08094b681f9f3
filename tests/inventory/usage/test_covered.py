"""Whether a day was wholly read: the worst of what is known decides."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.models import DigestedLog, Trail, TrailObject, UsageCoverage
from inventory.usage.coverage import close_days
from inventory.usage.coverage_facts import coverage
from inventory.usage.covered import (
    Coverage,
    RegionDay,
    TrailState,
    day_coverage,
    end_of,
    range_coverage,
)
from tests import builders
from tests.inventory.usage.telling import DAY, HERE, NOW, THERE, count, days_later, event, iam_user

WHOLE = end_of(DAY) + timedelta(hours=2)
READ = RegionDay("eu-west-1", objects=5, events=40, read_through=WHOLE)


@pytest.mark.parametrize(
    ("regions", "logging", "state", "words"),
    [
        ([], None, Coverage.NOT_READ, "Nothing was read."),
        ([RegionDay("a", pending=2)], None, Coverage.NOT_READ, "objects that still wait: 2"),
        ([READ], None, Coverage.COVERED, "2026-03-11 02:00 UTC is counted"),
        ([RegionDay("a", read_through=WHOLE)], True, Coverage.COVERED, "is counted"),
        ([RegionDay("a", read_through=WHOLE)], False, Coverage.NOT_READ, "no trail"),
        ([RegionDay("a", objects=3, events=4)], None, Coverage.PARTIAL, "Nothing vouches"),
        ([READ, RegionDay("b", objects=1)], None, Coverage.PARTIAL, "that all of b was read"),
        ([READ, RegionDay("b", events=1)], None, Coverage.COVERED, "is counted"),
        ([READ, RegionDay("b", quarantined=1)], None, Coverage.PARTIAL, "unreadable objects: 1"),
        ([READ, RegionDay("b", bad_events=2)], None, Coverage.PARTIAL, "unreadable events: 2"),
        ([READ, RegionDay("b", unread=3)], None, Coverage.PARTIAL, "a digest lists: 3"),
        ([READ, RegionDay("b", pending=1)], None, Coverage.PARTIAL, "still wait: 1"),
        ([RegionDay("a", objects=1, read_through=end_of(DAY))], None, Coverage.PARTIAL, "only"),
    ],
)
def test_a_day_is_as_covered_as_its_worst_part(regions, logging, state, words):
    found = day_coverage(HERE, DAY, regions, TrailState(logging=logging))
    assert (found.state, words in found.sentence) == (state, True), found.sentence


def test_a_range_is_covered_when_each_of_its_days_is():
    good = day_coverage(HERE, DAY, [READ], TrailState())
    bad = day_coverage(HERE, days_later(1), [], TrailState())
    assert range_coverage(HERE, [good, good]).state == Coverage.COVERED
    assert range_coverage(HERE, [bad, bad]).state == Coverage.NOT_READ
    mixed = range_coverage(HERE, [good, bad])
    assert mixed.state == Coverage.PARTIAL
    assert mixed.sentence == ("1 of 2 days are wholly read; 2026-03-11 is not: Nothing was read.")


@pytest.mark.django_db
def test_rows_become_the_answer_in_five_queries(django_assert_num_queries):
    count([event(iam_user())])
    UsageCoverage.objects.update(read_through=WHOLE)
    with django_assert_num_queries(5):
        here, there = coverage([HERE, THERE], DAY, DAY)
    assert (here.state, here.days[0].objects, here.days[0].events) == (Coverage.COVERED, 1, 1)
    assert there.state == Coverage.NOT_READ


@pytest.mark.django_db
def test_a_log_that_a_digest_lists_and_nobody_read_makes_the_day_incomplete():
    count([event(iam_user())])
    UsageCoverage.objects.update(read_through=WHOLE)
    log = {"account_id": HERE, "region": "eu-west-1", "day": DAY}
    DigestedLog.objects.create(name="never.json.gz", uri="s3://x/never.json.gz", **log)
    DigestedLog.objects.create(name=TrailObject.objects.get().name, uri="s3://x/y", **log)
    [here] = coverage([HERE], DAY, DAY)
    assert (here.state, here.days[0].unread) == (Coverage.PARTIAL, 1)


@pytest.mark.django_db
def test_what_the_trails_record_is_said_and_not_known_is_not_no():
    assert coverage([HERE], DAY, DAY)[0].days[0].data_events is None
    fact = builders._fact(
        name="t", home_region="eu-west-1", is_multi_region=True, is_organization=True,
        log_file_validation=True, is_logging=True,
    )  # fmt: skip
    Trail.objects.create(arn="arn:t", account_id=THERE, data_events=False, **fact)
    [here] = coverage([HERE], DAY, DAY)
    assert (here.days[0].logging, here.days[0].data_events) == (True, False)


@pytest.mark.django_db
def test_a_day_is_closed_when_it_is_over_for_a_day_and_nothing_waits():
    count([event(iam_user())])
    midnight = datetime(2026, 3, 12, tzinfo=UTC)
    assert close_days(midnight - timedelta(seconds=1)) == 0
    TrailObject.objects.update(state="pending")
    assert close_days(midnight) == 0
    TrailObject.objects.update(state="done")
    assert (close_days(midnight), close_days(NOW + timedelta(days=9))) == (1, 0)
