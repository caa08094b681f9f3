"""Objects to rows: each event once, whatever is delivered how often."""

import contextlib

import pytest
from django.db import connection

from inventory.models import (
    ActorDay,
    DailyUsage,
    DigestedLog,
    LogState,
    QuarantinedEvent,
    SealedDay,
    SeenIds,
    TrailObject,
    UsageCoverage,
    UsageOrigin,
    UsageResource,
)
from inventory.usage import seen
from inventory.usage.counting import count_objects
from tests.inventory.usage.telling import (
    DAY,
    HERE,
    NOW,
    THERE,
    at,
    count,
    days_later,
    event,
    everything,
    iam_user,
    packed,
    read,
    totals,
    waiting,
)

pytestmark = pytest.mark.django_db


def test_calls_of_one_kind_meet_in_one_row():
    ana = iam_user()
    result = count([event(ana, at(9)), event(ana, at(11)), event(ana | {"invokedBy": "x"}, at(10))])
    row = DailyUsage.objects.get()
    assert (result.events, result.counted, row.events, row.direct_events) == (3, 3, 3, 2)
    assert (row.first_at.hour, row.last_at.hour, row.actor.arn) == (9, 11, ana["arn"])


def test_a_second_batch_adds_to_the_same_rows():
    ana = iam_user()
    count([event(ana, at(9))])
    count([event(ana, at(11)), event(ana, at(8))])
    row, day = DailyUsage.objects.get(), ActorDay.objects.get()
    assert (row.events, row.first_at.hour, row.last_at.hour) == (3, 8, 11)
    assert (day.events, day.h08, day.h09, day.h11) == (3, 1, 1, 1)
    assert totals() == {(f"{DAY}", HERE, "old"): 3}


def test_an_event_that_comes_again_is_a_duplicate_wherever_it_comes():
    one = event(iam_user())
    first = count([one, one])
    again = count([one], [one, event(iam_user(), at(10))])
    assert (first.counted, first.duplicates) == (1, 1)
    assert (again.counted, again.duplicates) == (1, 2)
    assert totals() == {(f"{DAY}", HERE, "old"): 2}


def test_the_same_objects_imported_twice_change_nothing():
    objects = [[event(iam_user(), at(hour)) for hour in range(9, 12)] for _ in range(3)]
    count(*objects)
    before = everything()
    again = count(*objects)
    assert (again.counted, again.duplicates) == (0, 9)
    after = everything()
    assert {name for name in after if after[name] != before[name]} == {"coverage"}


def test_an_object_of_somebody_else_is_passed_over():
    row = waiting()
    TrailObject.objects.update(owner="another")
    result = count_objects([(row, read([event(iam_user())]))], now=NOW)
    assert (result.objects, DailyUsage.objects.count()) == (0, 0)


def test_an_object_that_is_done_is_passed_over():
    row, content = waiting(), read([event(iam_user())])
    count_objects([(row, content)], now=NOW)
    result = count_objects([(row, content)], now=NOW)
    assert (result.objects, DailyUsage.objects.get().events) == (0, 1)


def test_the_objects_numbers_are_on_its_row():
    one = event(iam_user())
    count([one, one, {"eventID": "x"}])
    row = TrailObject.objects.get()
    assert (row.state, row.events, row.counted, row.duplicates) == (LogState.DONE, 3, 1, 1)
    assert (row.ignored, row.quarantined, row.owner, row.done_at) == (1, 1, "", NOW)
    assert QuarantinedEvent.objects.get().index == 2


def test_an_unreadable_object_is_quarantined_and_the_others_are_counted():
    result = count(b"\x1f\x8bnothing", [event(iam_user())])
    bad = TrailObject.objects.get(state=LogState.QUARANTINED)
    assert (result.objects, result.quarantined, result.counted) == (2, 1, 1)
    assert bad.reason in {"truncated", "not_gzip"}


def test_what_a_digest_lists_is_remembered_and_it_counts_nothing():
    key = f"AWSLogs/{HERE}/CloudTrail/eu-west-1/2026/03/10/a.json.gz"
    digest = {
        "digestEndTime": at(),
        "logFiles": [{"s3Bucket": "logs", "s3Object": key, "hashValue": "ab"}],
    }
    row = waiting()
    result = count_objects([(row, read(packed(digest)))], now=NOW)
    log = DigestedLog.objects.get()
    assert (result.events, TrailObject.objects.get().state) == (0, LogState.OTHER)
    assert (log.name, log.account_id, log.day) == ("a.json.gz", HERE, DAY)


def test_events_of_a_sealed_day_are_refused_and_say_so():
    SealedDay.objects.create(day=DAY, sealed_at=NOW)
    result = count([event(iam_user()), event(iam_user(), at(day=days_later(1)))])
    assert (result.counted, result.ignored) == (1, 1)
    assert QuarantinedEvent.objects.get().reason == "day_sealed"
    assert totals() == {(f"{days_later(1)}", HERE, "old"): 1}


def test_segments_of_ids_are_joined_when_they_are_many(monkeypatch):
    monkeypatch.setattr(seen, "MOST_SEGMENTS", 3)
    events = [event(iam_user(), at(9, minute)) for minute in range(9)]
    for one in events:
        count([one])
    assert SeenIds.objects.count() <= 3
    assert count(events).duplicates == 9


def test_coverage_counts_events_by_their_own_day_and_objects_by_their_path():
    late = event(iam_user(), at(23, 59, day=days_later(-1)))
    count([late, event(iam_user())])
    rows = UsageCoverage.objects.order_by("day").values_list("day", "objects_read", "events")
    assert list(rows) == [(days_later(-1), 0, 1), (DAY, 1, 1)]


@pytest.mark.production
def test_more_than_two_hundred_resources_are_marked_and_the_same_two_hundred_stay():
    names = [f"arn:aws:s3:::bucket/{place:03d}" for place in range(230)]
    events = [event(iam_user(), resources=[{"ARN": name}]) for name in [*names, *names[:5]]]
    count(*[events[start : start + 40] for start in range(0, len(events), 40)][::-1])
    kept = set(UsageResource.objects.values_list("resource__arn", "events"))
    for table in (UsageResource, DailyUsage, ActorDay, UsageOrigin):
        table.objects.all().delete()
    SeenIds.objects.all().delete()
    for one in events:
        count([one])
    assert set(UsageResource.objects.values_list("resource__arn", "events")) == kept
    assert (len(kept), DailyUsage.objects.get().resources_overflow) == (200, True)


def test_a_crash_at_any_write_leaves_nothing(monkeypatch):
    """The statement that fails is every one in turn: none may leave a part behind."""
    content, before = [event(iam_user()), event(iam_user(account=THERE))], everything()
    place = 0
    while True:
        row, failed = waiting(), FailAt(place)
        with connection.execute_wrapper(failed), contextlib.suppress(Crash):
            count_objects([(row, read(content))], now=NOW)
        if not failed.happened:
            break
        assert everything() == before
        assert TrailObject.objects.get(pk=row.pk).state == LogState.PENDING
        assert not SeenIds.objects.exists()
        place += 1
    assert place >= 8


class Crash(BaseException):
    """Injected."""


class FailAt:
    """Fails at the nth statement that writes."""

    def __init__(self, place):
        self.left, self.happened = place, False

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE", "CREATE", "WITH")) and not self.happened:
            if self.left == 0:
                self.happened = True
                raise Crash
            self.left -= 1
        return execute(sql, params, many, context)
