"""Log objects as work: found once, claimed in batches, never by two, never for ever."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connections

from inventory.cloudtrail.objects import Found, Place, SourceName
from inventory.lease import lease
from inventory.models import LogState, TrailObject
from inventory.runs import open_run
from inventory.usage import worklist

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
A, B = "111111111111", "222222222222"


@pytest.fixture(autouse=True)
def ninety_seconds(settings):
    settings.PORTAL_LEASE_SECONDS = 90


def found(
    number, account=A, *, region="eu-west-1", day="2026-03-01", source=SourceName.S3, size=10
):
    uri = f"{source}://logs/{account}/{region}/{day}/{number:05d}.json"
    return Found(uri, f"{number:05d}.json", source, "v", size, Place(account, region, day))


def add(*objects, **more):
    return worklist.add(objects, now=NOW, **more)


def claim(owner="w", now=NOW, **more):
    return worklist.claim(owner, now, **more)


def numbers(batch):
    return [int(row.name[:5]) for row in batch]


def rows(**more):
    return TrailObject.objects.filter(**more)


def lost(times, now=NOW):
    """Workers claim and are never heard of again. Returns the time after."""
    for _ in range(times):
        assert claim(now=now)
        now += lease() + timedelta(seconds=1)
    return now


def test_what_is_found_again_is_not_added_again():
    assert add(found(1), found(2)).new == 2
    again = add(found(2), found(3))
    assert (again.found, again.new, again.settled) == (2, 1, 0)
    assert rows().count() == 3


def test_what_is_settled_is_told_apart_from_what_still_waits():
    add(found(1), found(2), found(3))
    rows(name="00001.json").update(state=LogState.DONE)
    rows(name="00002.json").update(state=LogState.QUARANTINED)
    assert add(found(1), found(2), found(3)).settled == 2


def test_another_version_at_the_same_address_is_another_object():
    add(found(1))
    assert add(found(1)._replace(version="w")).new == 1


def test_an_import_waits_for_what_is_known_and_not_done():
    add(found(1), found(2))
    rows(name="00001.json").update(state=LogState.DONE)
    run = open_run("log_import", "", now=NOW)
    add(found(1), found(2), found(3), run_id=run.pk)
    assert [row.name for row in rows(run=run).order_by("name")] == ["00002.json", "00003.json"]


def test_hostile_names_are_stored_and_found_again():
    odd = Found("file:///a\x00\ud800b", "a\x00\ud800" * 200, SourceName.FILE)
    add(odd)
    assert add(odd).new == 0


def test_a_batch_is_of_one_account_in_the_order_of_places():
    add(found(3, day="2026-03-02"), found(1), found(2, B), found(4))
    assert numbers(claim()) == [1, 4, 3]


def test_a_batch_has_so_many_objects_at_most():
    add(*(found(number) for number in range(70)))
    assert len(claim()) == worklist.BATCH_OBJECTS
    assert len(claim()) == 6
    assert claim() == []


def test_a_batch_has_so_many_bytes_at_most_but_one_object_always():
    third = worklist.BATCH_BYTES // 3
    add(found(1, size=third), found(2, size=third), found(3, size=third + 10))
    add(found(4, B, size=9 * third))
    assert numbers(claim()) == [1, 2]
    assert numbers(claim()) in ([3], [4])


def test_what_is_packed_counts_as_unpacked():
    tenth = worklist.BATCH_BYTES // 10
    packed = [found(n, size=tenth)._replace(name=f"{n:05d}.json.gz") for n in (1, 2)]
    add(*packed)
    assert len(claim()) == 1


def test_what_one_has_claimed_another_does_not_get():
    add(found(1))
    assert claim("w1")
    assert claim("w2") == []


def test_a_worker_stays_with_its_account_and_others_go_elsewhere():
    add(*(found(number) for number in range(100)), *(found(number, B) for number in range(100)))
    first = claim("w1")
    assert {row.account_id for row in claim("w2")} == {B}
    assert {row.account_id for row in claim("w1", near=first[0].account_id)} == {A}


def test_where_there_is_only_one_account_workers_share_it():
    add(*(found(number) for number in range(100)))
    assert len(claim("w1")) == 64
    assert len(claim("w2")) == 36


def test_only_what_a_run_waits_for_can_be_asked_for():
    run = open_run("log_import", "", now=NOW)
    add(found(1))
    add(found(2), run_id=run.pk)
    assert numbers(claim(run_id=run.pk)) == [2]


def test_files_of_a_persons_import_are_left_to_machines_that_have_them():
    run = open_run("log_import", "", now=NOW)
    add(found(1, source=SourceName.FILE), run_id=run.pk)
    add(found(2, source=SourceName.FILE))
    assert worklist.waiting(NOW, most=9, local=False) == 1
    assert numbers(claim(local=False)) == [2]
    assert numbers(claim()) == [1]


def test_a_lease_that_ran_out_is_claimed_by_another_and_the_first_has_lost_it():
    add(found(1))
    first = claim("w1")
    later = NOW + lease() + timedelta(seconds=1)
    assert claim("w2", later)
    assert not worklist.renew(first, later)


def test_a_renewed_lease_is_kept():
    add(found(1))
    batch = claim()
    half = NOW + lease() / 2
    assert worklist.renew(batch, half)
    assert claim("w2", NOW + lease() + timedelta(seconds=1)) == []


def test_after_a_worker_died_its_objects_are_claimed_one_by_one():
    add(*(found(number) for number in range(3)))
    later = lost(1)
    assert sorted(numbers(claim(now=later)) for _ in range(3)) == [[0], [1], [2]]


@pytest.mark.parametrize(("one_in", "first"), [(1, [0]), (10**9, [1, 2])])
def test_an_object_whose_worker_died_comes_first_now_and_then_else_last(monkeypatch, one_in, first):
    add(found(0))
    later = lost(1)
    add(found(1), found(2))
    monkeypatch.setattr(worklist, "SUSPECT_ONE_IN", one_in)
    assert numbers(claim(now=later)) == first


def test_a_fresh_object_is_never_in_one_batch_with_one_whose_worker_died():
    add(found(0))
    later = lost(1)
    add(found(1))
    assert sorted(numbers(claim(now=later)) for _ in range(2)) == [[0], [1]]


def test_an_object_that_took_four_workers_is_claimed_by_nobody_but_for_quarantine():
    add(found(1))
    later = lost(worklist.MAX_ATTEMPTS)
    assert claim(now=later) == []
    assert worklist.waiting(later, most=9) == 1
    assert numbers(worklist.tried_out("w", later)) == [1]
    assert worklist.tried_out("w", later) == []


def test_what_is_given_back_was_no_attempt():
    add(found(1))
    worklist.release(claim())
    assert rows().get().attempts == 0
    assert claim("w2")


def test_a_batch_that_broke_is_tried_one_by_one_and_remembers_why():
    add(found(1), found(2))
    worklist.fail(claim(), "ValueError: odd")
    assert [row.detail for row in rows()] == ["ValueError: odd"] * 2
    assert len(claim()) == 1


def test_what_cannot_be_fetched_waits_longer_each_time_and_that_is_no_attempt():
    add(found(1))
    now, waits = NOW, []
    for _ in range(8):
        [row] = claim(now=now)
        worklist.postpone(row, "throttled", now)
        row.refresh_from_db()
        waits.append((row.not_before - now).total_seconds() / 60)
        assert claim(now=now) == []
        now = row.not_before
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (row.attempts, row.failed_reads) == (0, 8)


def test_a_window_is_claimed_alone_and_one_at_a_time_for_an_account_and_region():
    windows = [found(n, source=SourceName.LOOKUP) for n in (1, 2)]
    add(*windows, found(3, source=SourceName.LOOKUP, region="us-east-1"))
    assert numbers(claim("w1")) == [1]
    assert numbers(claim("w2")) == [3]
    assert claim("w3") == []


def test_what_is_refused_for_one_window_is_not_asked_for_the_others():
    add(*(found(number, source=SourceName.LOOKUP) for number in range(3)))
    [row] = claim()
    worklist.postpone(row, "refused", NOW)
    assert claim() == []
    assert len(claim(now=NOW + timedelta(minutes=2))) == 1


def test_a_dead_process_of_this_host_holds_nothing():
    add(found(1, A), found(2, B))
    claim("here:11/7")
    claim("here:22/7")
    assert worklist.free_dead("here", lambda pid: pid == 22) == 1
    assert worklist.free_dead("elsewhere", lambda pid: False) == 0
    assert rows(lease_until=None).get().account_id == A


@pytest.mark.parametrize("everything", [True, False])
def test_a_quarantined_object_is_tried_again_from_the_beginning(everything):
    add(found(1), found(2))
    rows().update(state=LogState.QUARANTINED, attempts=4, failed_reads=12, reason="not_json")
    first = rows().order_by("pk")[0]
    assert worklist.retry(NOW, object_id=None if everything else first.pk) == (
        2 if everything else 1
    )
    first.refresh_from_db()
    assert (first.state, first.attempts, first.failed_reads, first.reason) == ("pending", 0, 0, "")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_never_get_the_same_object():
    add(*(found(number, account) for number in range(300) for account in (A, B)))
    got: list[int] = []

    def work(name):
        near = ""
        while batch := claim(name, near=near):
            near = batch[0].account_id
            got.extend(row.pk for row in batch)
        connections.close_all()

    crew = [Thread(target=work, args=(f"w{number}",)) for number in range(6)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert len(got) == len(set(got)) == 600
