"""Counting what is on the list: files and a bucket, with objects and buckets that misbehave."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from inventory.aws.errors import Throttled, Unsupported
from inventory.cloudtrail.files import FileLogs
from inventory.cloudtrail.objects import Fetched, Found, Place, SourceName
from inventory.lease import lease
from inventory.models import LogState, QuarantinedEvent, TrailObject
from inventory.usage import finding, working, worklist
from inventory.usage.counting import CountResult, count_objects
from inventory.usage.log_sources import LogSources
from inventory.usage.working import LogWorker
from tests.inventory.usage.buckets import bucket_sources, list_bucket
from tests.inventory.usage.counted import cells
from tests.log_files import FIRST, make_logs, packed
from tests.s3_server import serving

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture(scope="module")
def logs():
    return make_logs(40)


@pytest.fixture
def clock():
    return Clock()


class Given:
    """Sources that answer as they are told, by the object's name."""

    def __init__(self, **answers):
        self.answers = answers

    def fetch(self, row, on_attempt):
        answer = self.answers[row.name.split(".")[0]]
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Fetched) else Fetched(answer)


def worker(sources, clock):
    return LogWorker("test:1", sources, clock)


def work(one, times=100):
    """Until nothing can be taken. Returns the results."""
    results: list[CountResult] = []
    while (result := one.work_one()) is not None and len(results) < times:
        results.append(result)
    return results


def on_the_list(*names, source=SourceName.S3):
    place = Place("111111111111", "eu-west-1", "2026-03-01")
    worklist.add(
        [Found(f"{source}://x/{name}", name, source, place=place) for name in names], now=NOW
    )


def state_of(name):
    return TrailObject.objects.get(name=name)


def test_files_are_counted_each_event_once(logs, tmp_path, clock):
    source = FileLogs([str(logs.write(tmp_path))])
    finding.list_logs(source, None, now=NOW)
    work(worker(LogSources(), clock))
    assert cells() == logs.cells
    assert set(TrailObject.objects.values_list("state", flat=True)) == {LogState.DONE}


@pytest.fixture
def bucket(logs, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATESTING")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with serving(logs.objects) as s3:
        yield s3


def test_a_bucket_is_counted_each_event_once_and_every_object_fetched_once(logs, bucket, clock):
    sources = bucket_sources(bucket)
    list_bucket(sources, NOW)
    with worker(sources, clock) as one:
        work(one)
    list_bucket(sources, NOW)
    with worker(sources, clock) as one:
        assert work(one) == []
    assert cells() == logs.cells
    assert bucket.count("get") == len(logs.objects)


@pytest.mark.parametrize("kind", ["deny", "throttle", "timeout", "cut", "error500"])
def test_a_bucket_that_fails_for_a_while_costs_only_time(logs, bucket, clock, kind):
    sources = bucket_sources(bucket, read_timeout=1)
    list_bucket(sources, NOW)
    bucket.fault(kind, left=9)
    bucket.fault("timeout", left=1)
    with worker(sources, clock) as one:
        for _ in range(20):
            work(one)
            clock.now += timedelta(minutes=10)
    assert cells() == logs.cells
    assert set(TrailObject.objects.values_list("state", flat=True)) == {LogState.DONE}


def test_a_bucket_that_refuses_leaves_its_reason_and_everything_to_do(bucket, clock):
    sources = bucket_sources(bucket)
    list_bucket(sources, NOW)
    bucket.fault("deny")
    with worker(sources, clock) as one:
        work(one)
    assert set(TrailObject.objects.values_list("state", flat=True)) == {LogState.PENDING}
    assert "s3:GetObject" in TrailObject.objects.exclude(detail="")[0].detail
    assert set(TrailObject.objects.values_list("attempts", flat=True)) == {0}


def test_after_twelve_vain_tries_an_object_waits_for_a_person(clock):
    on_the_list("a.json")
    one = worker(Given(a=Throttled("s3:GetObject", "slow down")), clock)
    for _ in range(worklist.MAX_FAILED_READS):
        assert state_of("a.json").state == LogState.PENDING
        work(one)
        clock.now += timedelta(hours=2)
    row = state_of("a.json")
    assert (row.state, row.reason) == (LogState.QUARANTINED, "unreadable")
    assert "slow down" in row.detail


def test_what_aws_does_not_offer_there_is_not_asked_for_again(clock):
    on_the_list("a.json", source=SourceName.LOOKUP)
    work(worker(Given(a=Unsupported("cloudtrail:LookupEvents", "no such region")), clock))
    row = state_of("a.json")
    assert (row.state, row.reason) == (LogState.QUARANTINED, "unreadable")


def test_a_bad_object_is_quarantined_and_its_neighbours_are_counted(logs, clock):
    on_the_list("a.json", "b.json", "c.json")
    good, other = list(logs.objects.values())[:2]
    [result] = work(worker(Given(a=good, b=b"\x1f\x8b not gzip", c=other), clock))
    assert (result.objects, result.quarantined) == (3, 1)
    assert (state_of("b.json").state, state_of("b.json").reason) == ("quarantined", "not_gzip")
    assert state_of("c.json").state == LogState.DONE


def test_a_quarantined_object_that_was_mended_counts_when_it_is_retried(logs, clock):
    on_the_list("a.json")
    good = next(iter(logs.objects.values()))
    work(worker(Given(a=b"{"), clock))
    worklist.retry(clock())
    [result] = work(worker(Given(a=good), clock))
    assert result.counted > 0
    assert (state_of("a.json").state, state_of("a.json").reason) == (LogState.DONE, "")


def test_an_object_on_which_counting_breaks_is_quarantined_alone(logs, clock, monkeypatch):
    on_the_list("a.json", "b.json", "c.json")
    good = list(logs.objects.values())

    def breaks(read, *, now):
        if any(row.name == "b.json" and not hasattr(what, "detail") for row, what in read):
            raise ValueError("odd")
        return count_objects(read, now=now)

    monkeypatch.setattr(working, "count_objects", breaks)
    work(worker(Given(a=good[0], b=good[1], c=good[2]), clock))
    row = state_of("b.json")
    assert (row.state, row.reason, row.detail) == ("quarantined", "worker_lost", "ValueError: odd")
    assert {state_of(name).state for name in ("a.json", "c.json")} == {LogState.DONE}


class Killed(BaseException):
    """The process ends here, and nobody gives anything back."""


def test_an_object_that_kills_its_worker_is_tried_four_times_and_others_are_unaffected(
    logs, clock, monkeypatch
):
    on_the_list("a.json", "b.json", "c.json", source=SourceName.FILE)
    good, other = list(logs.objects.values())[:2]
    monkeypatch.setattr(worklist, "release", lambda batch: None)
    kills = 0
    for _ in range(20):
        try:
            work(worker(Given(a=good, b=Killed(), c=other), clock))
        except Killed:
            kills += 1
            clock.now += lease() + timedelta(seconds=1)
    assert kills == worklist.MAX_ATTEMPTS
    assert state_of("b.json").reason == "worker_lost"
    assert {state_of(name).state for name in ("a.json", "c.json")} == {LogState.DONE}


def test_a_database_that_is_away_for_a_moment_costs_no_attempt(logs, clock, monkeypatch):
    on_the_list("a.json")

    def away(read, *, now):
        raise OperationalError("server closed the connection")

    one = worker(Given(a=next(iter(logs.objects.values()))), clock)
    with monkeypatch.context() as patch:
        patch.setattr(working, "count_objects", away)
        with pytest.raises(OperationalError):
            one.work_one()
    row = state_of("a.json")
    assert (row.attempts, row.lease_until) == (0, None)
    assert len(work(one)) == 1


def test_an_interruption_gives_the_batch_back(clock):
    on_the_list("a.json", source=SourceName.FILE)
    with pytest.raises(KeyboardInterrupt):
        worker(Given(a=KeyboardInterrupt()), clock).work_one()
    row = state_of("a.json")
    assert (row.attempts, row.lease_until, row.state) == (0, None, LogState.PENDING)


def test_a_worker_whose_lease_ran_out_counts_nothing(logs, clock):
    on_the_list("a.json", source=SourceName.FILE)

    class Slow(Given):
        def fetch(self, row, on_attempt):
            clock.now += lease() + timedelta(seconds=1)
            assert worklist.claim("other", clock())
            return super().fetch(row, on_attempt)

    result = worker(Slow(a=next(iter(logs.objects.values()))), clock).work_one()
    assert result.objects == 0
    assert not cells()


class Slow(Given):
    """Takes its time for each answer."""

    def __init__(self, clock, step, **answers):
        super().__init__(**answers)
        self.clock, self.step = clock, step

    def fetch(self, row, on_attempt):
        self.clock.now += self.step
        return super().fetch(row, on_attempt)


@pytest.mark.parametrize("source", [SourceName.FILE, SourceName.S3])
def test_a_slow_batch_is_kept_although_a_part_of_it_was_put_off(logs, clock, source):
    on_the_list("a.json", "b.json", "c.json", "d.json", source=source)
    good = list(logs.objects.values())
    answers = {"a": good[0], "b": Throttled("s3", "slow"), "c": good[1], "d": good[2]}
    with worker(Slow(clock, lease() / 3, **answers), clock) as one:
        for _ in range(3):
            one.work_one()
    states = {row.name: row.state for row in TrailObject.objects.all()}
    assert states.pop("b.json") == LogState.PENDING
    assert set(states.values()) == {LogState.DONE}
    assert max(TrailObject.objects.values_list("attempts", flat=True)) <= 1


def test_the_rest_of_a_window_is_on_the_list_before_its_part_is_done(logs, clock):
    on_the_list("a.json", source=SourceName.LOOKUP)
    first, second = list(logs.objects.values())[:2]
    place = Place("111111111111", "eu-west-1", "2026-03-01")
    rest = Found("lookup://x/b.json", "b.json", SourceName.LOOKUP, place=place)
    work(worker(Given(a=Fetched(first, (rest,)), b=second), clock))
    assert {row.state for row in TrailObject.objects.all()} == {LogState.DONE}


def test_events_far_in_the_future_are_told_and_not_counted(clock):
    on_the_list("a.json")
    logs = make_logs(1, seed=3, most=1)
    [data] = logs.objects.values()
    clock.now = FIRST - timedelta(days=30)
    work(worker(Given(a=data), clock))
    assert QuarantinedEvent.objects.get().reason == "future_time"


def test_empty_records_are_done():
    on_the_list("a.json")
    work(worker(Given(a=packed([])), Clock()))
    assert state_of("a.json").state == LogState.DONE
