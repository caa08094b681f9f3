"""A folder that somebody calls a whole copy of a bucket vouches for its days; no other does."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from inventory.aws.errors import ReadFailed
from inventory.cloudtrail.mirror import UNDER_WAY, MirrorLogs
from inventory.cloudtrail.objects import Days, Place

ACCOUNT = "123456789012"
WRITTEN = datetime(2026, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def bucket(tmp_path):
    """Logs of two days in one region, and a digest of another region."""
    folder = tmp_path / "AWSLogs" / ACCOUNT
    for below in ("CloudTrail/eu-west-1/2026/03/02", "CloudTrail/eu-west-1/2026/03/03"):
        put(folder / below / "a.json.gz")
    put(folder / "CloudTrail-Digest/us-east-1/2026/03/02/d.json.gz", WRITTEN - timedelta(hours=3))
    return tmp_path


def put(path, at=WRITTEN):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"{}")
    os.utime(path, (at.timestamp(), at.timestamp()))


def listed(folder, days=None):
    parts = list(MirrorLogs(folder.as_uri().replace("file://", "mirror://")).find(days, noted))
    return parts, [(part.vouched, part.through) for part in parts if part.vouched]


def noted():
    """An attempt that nobody counts."""


def test_days_from_the_first_object_on_are_vouched_for_until_shortly_before_the_newest_file(bucket):
    _, [(vouched, through)] = listed(bucket)

    assert vouched == tuple(Place(ACCOUNT, "eu-west-1", f"2026-03-0{day}") for day in (2, 3, 4))
    assert through == WRITTEN - UNDER_WAY


def test_days_before_the_first_object_prove_nothing(bucket):
    _, [(vouched, _)] = listed(bucket, Days(date(2026, 2, 1), date(2026, 3, 3)))

    assert [place.day for place in vouched] == ["2026-03-02", "2026-03-03"]


def test_a_day_without_objects_in_between_is_vouched_for(bucket):
    put(bucket / "AWSLogs" / ACCOUNT / "CloudTrail/eu-west-1/2026/02/27/z.json.gz")

    _, [(vouched, _)] = listed(bucket, Days(date(2026, 2, 28), date(2026, 3, 1)))

    assert [place.day for place in vouched] == ["2026-02-28", "2026-03-01"]


def test_a_region_with_digests_only_is_not_vouched_for(bucket):
    _, [(vouched, _)] = listed(bucket)

    assert {place.region for place in vouched} == {"eu-west-1"}


def test_a_folder_that_could_not_be_read_whole_vouches_for_nothing(bucket, monkeypatch):
    walk = os.walk

    def broken(top, onerror):
        onerror(PermissionError(13, "Permission denied"))
        return walk(top, onerror=onerror)

    monkeypatch.setattr(os, "walk", broken)

    parts, vouched = listed(bucket)

    assert vouched == []
    assert any(isinstance(part.problem, ReadFailed) for part in parts)


def test_a_folder_that_is_missing_vouches_for_nothing(tmp_path):
    parts, vouched = listed(tmp_path / "nowhere")

    assert vouched == []
    assert [type(part.problem) for part in parts if part.problem] == [ReadFailed]
