"""What a listing lets one say: a day is vouched for when all of it was listed and counted."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.aws.errors import AccessDenied
from inventory.cloudtrail.objects import Days
from inventory.models import LogState, TrailObject, UsageCoverage
from inventory.usage import finding
from inventory.usage.working import LogWorker
from tests.inventory.usage.buckets import bucket_sources, list_bucket
from tests.log_files import FIRST, make_logs
from tests.s3_server import serving

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATESTING")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with serving(make_logs(40).objects) as s3:
        yield s3


def work(worker):
    while worker.work_one() is not None:
        pass


def coverage(day):
    return UsageCoverage.objects.get(account_id="111111111111", region="eu-west-1", day=day)


def test_a_day_is_vouched_for_once_everything_that_was_listed_is_counted(bucket):
    sources = bucket_sources(bucket)
    list_bucket(sources, NOW, Days(FIRST.date(), FIRST.date() + timedelta(days=8)))
    assert coverage(FIRST.date()).read_through is None
    with LogWorker("test:1", sources, lambda: NOW) as one:
        work(one)
    finding.vouch()
    assert coverage(FIRST.date()).read_through == NOW


def test_a_day_is_not_vouched_for_while_one_of_its_objects_waits(bucket):
    sources = bucket_sources(bucket)
    bucket.fault("deny", part="111111111111/CloudTrail/eu-west-1/2026/03/02")
    list_bucket(sources, NOW, Days(FIRST.date(), FIRST.date() + timedelta(days=8)))
    with LogWorker("test:1", sources, lambda: NOW) as one:
        work(one)
    finding.vouch()
    assert coverage(FIRST.date() + timedelta(days=1)).read_through is None
    assert coverage(FIRST.date() + timedelta(days=2)).read_through == NOW


def test_an_empty_day_of_a_listed_region_is_vouched_for_too(bucket):
    sources = bucket_sources(bucket)
    list_bucket(sources, NOW, Days(FIRST.date(), FIRST.date() + timedelta(days=20)))
    assert coverage(FIRST.date() + timedelta(days=15)).read_through == NOW


def test_a_listing_that_fails_vouches_for_nothing_there(bucket):
    bucket.fault("deny", "list", part="111111111111/CloudTrail/eu-west-1/")
    found = list_bucket(bucket_sources(bucket), NOW, Days(FIRST.date(), NOW.date()))
    assert [type(one) for one in found.problems] == [AccessDenied]
    here = UsageCoverage.objects.filter(account_id="111111111111", region="eu-west-1")
    assert not here.exclude(listed_at=None).exists()
    assert UsageCoverage.objects.exclude(listed_at=None).exists()


def test_what_waits_of_the_next_day_may_hold_the_last_events_of_a_day(bucket):
    sources = bucket_sources(bucket)
    list_bucket(sources, NOW, Days(FIRST.date(), FIRST.date() + timedelta(days=8)))
    with LogWorker("test:1", sources, lambda: NOW) as one:
        work(one)
    third = FIRST.date() + timedelta(days=2)
    here = TrailObject.objects.filter(account_id="111111111111", region="eu-west-1", day=third)
    here.update(state=LogState.PENDING)
    finding.vouch()
    assert coverage(FIRST.date() + timedelta(days=1)).read_through is None
    assert coverage(FIRST.date() + timedelta(days=3)).read_through == NOW
