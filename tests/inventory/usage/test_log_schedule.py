"""Logs on a schedule: listings once a slot, hints for what waits, errors told."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory import jobs, tasks
from inventory.lease import lease
from inventory.models import CollectionRun, Job, JobState, TrailObject, UsageCoverage
from inventory.usage import log_schedule, worklist
from inventory.usage.log_sources import LogSources
from tests.inventory.usage.counted import cells
from tests.log_files import FIRST, make_logs

pytestmark = pytest.mark.django_db
NOW = FIRST + timedelta(days=6, hours=3)


@pytest.fixture(scope="module")
def logs():
    return make_logs(12)


@pytest.fixture
def source(logs, tmp_path, settings):
    settings.CLOUDTRAIL_SOURCE = [logs.write(tmp_path).as_uri()]
    return settings.CLOUDTRAIL_SOURCE


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """No broker: what would have been sent is named."""
    names: list[str] = []
    monkeypatch.setattr(tasks, "send", lambda task: names.append(task.name))
    return names


def list_one(now=NOW):
    return log_schedule.list_one("here:1", LogSources(), lambda: now)


def test_both_listings_are_due_once_a_slot_however_many_schedulers_there_are():
    assert [jobs.enqueue_listings(NOW) for _ in range(3)] == [2, 0, 0]
    assert {job.source for job in Job.objects.all()} == set(jobs.LOG_LISTINGS)


def test_the_next_hour_lists_the_last_days_again(source):
    jobs.enqueue_listings(NOW)
    while list_one():
        pass
    assert jobs.enqueue_listings(NOW + timedelta(hours=1)) == 1


def test_hourly_the_last_three_days_are_listed_and_daily_the_last_thirty_five(source, logs):
    jobs.enqueue_listings(NOW)
    Job.objects.filter(source="log_listing_daily").update(not_before=NOW + timedelta(hours=1))
    list_one()
    first = TrailObject.objects.order_by("day")[0]
    assert first.day == NOW.date() - timedelta(days=2)
    list_one(NOW + timedelta(hours=2))
    assert TrailObject.objects.count() == len(logs.objects)


def test_a_listing_is_a_run_that_says_how_it_ended(source):
    jobs.enqueue_listings(NOW)
    run = list_one()
    assert (run.outcome, run.items > 0) == ("complete", True)
    assert Job.objects.get(run=run).state == JobState.DONE


def test_a_listing_that_is_refused_says_why(settings):
    settings.CLOUDTRAIL_SOURCE = ["file:///no/such/folder"]
    jobs.enqueue_listings(NOW)
    run = list_one()
    run.refresh_from_db()
    assert run.outcome == "failed"
    assert "/no/such/folder cannot be read" in run.error


def test_an_address_that_makes_no_sense_is_told_and_the_others_are_listed(source, settings):
    settings.CLOUDTRAIL_SOURCE = ["gopher://x", *source]
    jobs.enqueue_listings(NOW)
    run = list_one()
    assert run.outcome == "partial"
    assert TrailObject.objects.exists()


def test_a_listing_whose_process_died_is_put_back_and_its_run_is_lost(source):
    jobs.enqueue_listings(NOW)
    job = jobs.claim("dead", NOW, names=jobs.LOG_LISTINGS)
    assert job is not None
    run = jobs.start(job, NOW)
    assert run is not None
    later = NOW + lease() + timedelta(seconds=1)
    assert jobs.reap(later) == 1
    run.refresh_from_db()
    assert run.outcome == "lost"
    assert list_one(later).outcome == "complete"


def test_listings_are_none_of_the_collectors_business(source):
    jobs.enqueue_listings(NOW)
    assert jobs.claim("w", NOW) is None
    jobs.reap(NOW)
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.QUEUED}


def test_the_tick_hints_at_listings_and_at_what_waits(source, sent, settings, monkeypatch):
    settings.PORTAL_COLLECT = True
    monkeypatch.setattr(tasks, "utc_now", lambda: NOW)
    tasks.tick()
    assert sent.count("inventory.list_logs") == 1
    tasks.list_logs()
    sent.clear()
    tasks.hint_logs()
    assert sent == ["inventory.count_logs"]


def test_nothing_is_listed_where_no_source_is_set(settings, sent):
    settings.CLOUDTRAIL_SOURCE = []
    tasks.tick()
    assert "inventory.list_logs" not in sent


def test_the_task_counts_everything_and_says_how_much(source, logs):
    jobs.enqueue_listings(NOW)
    while list_one():
        pass
    assert tasks.count_logs()["batches"] >= 1
    assert cells() == logs.cells


def test_a_task_whose_shift_is_over_hints_at_the_rest(source, sent, monkeypatch):
    jobs.enqueue_listings(NOW)
    while list_one():
        pass
    monkeypatch.setattr(tasks, "LOG_SHIFT", timedelta(0))
    tasks.count_logs()
    assert sent == ["inventory.count_logs"]
    assert worklist.waiting(datetime.now(UTC), most=9) > 0


def test_an_import_that_runs_for_hours_is_not_taken_for_a_dead_one():
    run = CollectionRun.objects.create(source=jobs.LOG_IMPORT, started_at=NOW, observed_at=NOW)
    jobs.reap(NOW + timedelta(hours=20))
    run.refresh_from_db()
    assert run.outcome == "running"
    jobs.reap(NOW + timedelta(hours=25))
    run.refresh_from_db()
    assert run.outcome == "lost"


def test_days_of_a_whole_copy_are_covered_once_all_of_it_is_counted(logs, tmp_path, settings):
    settings.CLOUDTRAIL_SOURCE = [logs.write(tmp_path).as_uri().replace("file", "mirror", 1)]
    jobs.enqueue_listings(NOW)
    while list_one():
        pass
    where = ("account_id", "region", "day")
    waiting = set(TrailObject.objects.values_list(*where))
    vouched = UsageCoverage.objects.exclude(read_through=None).values_list(*where)
    assert not waiting & set(vouched)

    tasks.count_logs()

    rows = UsageCoverage.objects.filter(objects_read__gt=0)
    assert rows
    assert not rows.filter(read_through=None).exists()
