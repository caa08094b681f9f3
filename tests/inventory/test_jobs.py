"""The work list: one claim at a time, one job per slot, nothing lost, nothing tried for ever."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from inventory import jobs
from inventory.lease import lease
from inventory.models import CollectionRun, Job, JobState, Outcome
from inventory.sources import SOURCES
from inventory.store import open_run
from tests.inventory.reads import DAY, HOUR, MINE, OTHER, T0, failed, queued, read_organization

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def ninety_seconds(settings):
    settings.PORTAL_LEASE_SECONDS = 90


def states():
    return list(Job.objects.order_by("id").values_list("state", flat=True))


def claimed(owner, now):
    job = jobs.claim(owner, now)
    assert job is not None
    return job


def started(job, now):
    run = jobs.start(job, now)
    assert run is not None
    return run


def die(now, *, attempts=1):
    """A worker claims and is never heard of again, so many times. Returns the time after."""
    for _ in range(attempts):
        assert jobs.claim("dead", now)
        now += lease() + timedelta(seconds=1)
        jobs.reap(now)
    return now


def test_a_claim_takes_the_job_under_a_lease():
    queued()
    job = claimed("w1", T0)
    assert (job.state, job.owner, job.attempts) == ("running", "w1", 1)
    assert job.lease_until == T0 + lease()


def test_what_one_has_claimed_another_does_not_get():
    queued()
    assert jobs.claim("w1", T0)
    assert jobs.claim("w2", T0) is None


def test_one_account_is_read_by_one_worker_at_a_time():
    queued("access_keys")
    queued("login_profiles")
    queued("access_keys", OTHER)
    taken = [jobs.claim(name, T0) for name in ("w1", "w2", "w3")]
    assert [job.account_id if job else None for job in taken] == [MINE, OTHER, None]


def test_a_job_waits_for_the_sources_it_needs():
    first, after = queued("identity_center", ""), queued("identity_store", "")
    taken = claimed("w1", T0)
    assert taken == first
    assert jobs.claim("w2", T0) is None
    assert jobs.finish(taken, T0)
    assert jobs.claim("w2", T0) == after


def test_a_job_of_the_future_waits():
    queued(now=T0 + HOUR)
    assert jobs.claim("w1", T0) is None
    assert jobs.claim("w1", T0 + HOUR)


def test_a_worker_on_a_host_with_a_long_name_keeps_its_own_claims():
    queued()
    queued("access_keys", OTHER)
    host = "ip-10-0-0-1.eu-central-1.compute.internal.example-company.net"
    one, two = (claimed(f"{host}:12345/14012345678901{n}", T0) for n in (1, 2))
    assert jobs.renew(one, T0)
    assert jobs.renew(two, T0)
    assert one.owner != two.owner


def test_a_renewed_lease_is_not_reaped():
    queued()
    job = claimed("w1", T0)
    assert jobs.renew(job, T0 + 80 * timedelta(seconds=1))
    assert jobs.reap(T0 + 2 * MINUTE) == 0
    assert states() == ["running"]


def test_a_lease_that_ran_out_gives_the_job_back_and_closes_its_run_as_lost():
    queued()
    job = claimed("w1", T0)
    run = started(job, T0)
    assert jobs.reap(T0 + HOUR) == 1
    run.refresh_from_db()
    assert (run.outcome, run.ended_at) == (Outcome.LOST, T0 + HOUR)
    assert run.error == "the process that read it stopped (attempt 1 of 4)"
    assert states() == ["queued"]


def test_who_lost_the_claim_can_neither_start_renew_nor_finish():
    queued()
    old = claimed("w1", T0)
    jobs.reap(T0 + HOUR)
    new = claimed("w2", T0 + HOUR)
    assert jobs.start(old, now=T0 + HOUR) is None
    assert not jobs.renew(old, T0 + HOUR)
    assert not jobs.finish(old, T0 + HOUR)
    assert jobs.renew(new, T0 + HOUR)
    assert CollectionRun.objects.count() == 0


def test_the_same_worker_claiming_again_is_somebody_else():
    queued()
    old = claimed("w1", T0)
    jobs.reap(T0 + HOUR)
    jobs.claim("w1", T0 + HOUR)
    assert not jobs.renew(old, T0 + HOUR)


def test_a_job_that_kills_four_workers_is_given_up():
    queued()
    now = die(T0, attempts=4)
    assert states() == ["given up"]
    assert jobs.claim("w1", now) is None


def test_a_job_given_up_comes_back_with_the_schedule_only():
    read_organization(T0)
    queued("access_keys")
    for _ in range(4):
        job = claimed("dead", T0)
        started(job, T0)
        jobs.reap(T0 + lease() + MINUTE)
        Job.objects.update(not_before=T0)
    scope = Job.objects.filter(source="access_keys", account_id=MINE)
    jobs.enqueue_due(T0 + 4 * MINUTE)
    scope.exclude(state="given up").update(state=JobState.DONE)
    jobs.enqueue_due(T0 + 30 * MINUTE)
    assert not scope.filter(state=JobState.QUEUED).exists()
    jobs.enqueue_due(T0 + HOUR)
    assert scope.filter(state=JobState.QUEUED).exists()


def test_a_run_that_no_job_names_is_closed_as_lost():
    orphan = open_run("access_keys", MINE, now=T0)
    jobs.reap(T0 + MINUTE)
    orphan.refresh_from_db()
    assert orphan.outcome == Outcome.RUNNING
    jobs.reap(T0 + HOUR + MINUTE)
    orphan.refresh_from_db()
    assert orphan.outcome == Outcome.LOST


def test_the_running_run_of_a_live_job_is_left_alone():
    queued()
    job = claimed("w1", T0)
    run = started(job, T0)
    jobs.renew(job, T0 + HOUR)
    jobs.reap(T0 + HOUR)
    run.refresh_from_db()
    assert run.outcome == Outcome.RUNNING


def test_two_schedulers_make_one_job_per_slot():
    read_organization(T0)
    assert jobs.enqueue_due(T0) == Job.objects.count() > 0
    assert jobs.enqueue_due(T0 + MINUTE) == 0
    Job.objects.update(state=JobState.DONE)
    assert jobs.enqueue_due(T0 + 2 * MINUTE) == 0


def test_the_next_slot_brings_the_hourly_sources_again_but_not_the_daily_ones():
    read_organization(T0)
    jobs.enqueue_due(T0)
    Job.objects.update(state=JobState.DONE)
    jobs.enqueue_due(T0 + HOUR)
    again = set(Job.objects.filter(state=JobState.QUEUED).values_list("source", flat=True))
    assert again == {source.name for source in SOURCES if source.every == HOUR}


def test_a_slot_is_not_added_while_its_scope_is_open():
    read_organization(T0)
    jobs.enqueue_due(T0)
    assert jobs.enqueue_due(T0 + HOUR) == 0


@pytest.mark.parametrize("outcome", ["throttled", "failed", "lost"])
def test_a_passing_failure_is_retried_once_after_five_minutes(outcome):
    read_organization(T0)
    jobs.enqueue_due(T0)
    Job.objects.update(state=JobState.DONE)
    failed("access_keys", T0 + MINUTE, outcome=outcome)
    assert jobs.enqueue_due(T0 + 5 * MINUTE) == 0
    assert jobs.enqueue_due(T0 + 6 * MINUTE) == 1
    Job.objects.update(state=JobState.DONE)
    assert jobs.enqueue_due(T0 + 7 * MINUTE) == 0


@pytest.mark.parametrize("outcome", ["denied", "unsupported", "complete"])
def test_what_patience_does_not_mend_waits_for_the_schedule(outcome):
    read_organization(T0)
    jobs.enqueue_due(T0)
    Job.objects.update(state=JobState.DONE)
    failed("access_keys", T0 + MINUTE, outcome=outcome)
    assert jobs.enqueue_due(T0 + 30 * MINUTE) == 0


def test_a_request_is_not_added_twice():
    read_organization(T0)
    assert jobs.request(now=T0, by="lead", sources="access_keys") == 2
    assert jobs.request(now=T0, by="lead", sources="access_keys", account_ids=MINE) == 0


def test_a_request_for_one_account_asks_nothing_of_the_organization():
    jobs.request(now=T0, by="lead", account_ids=MINE)
    assert set(Job.objects.values_list("account_id", flat=True)) == {MINE}


def test_a_job_of_a_source_that_no_longer_exists_stops_nobody():
    Job.objects.filter(pk=queued("access_keys", OTHER).pk).update(source="abolished", rank=0)
    good = queued()
    assert jobs.claim("w1", T0) == good


def test_old_jobs_are_forgotten_and_their_slots_do_not_come_back():
    read_organization(T0)
    jobs.enqueue_due(T0)
    Job.objects.update(state=JobState.DONE, ended_at=T0)
    jobs.reap(T0 + 8 * DAY)
    assert Job.objects.count() == 0


def rush(target, number):
    """Runs target(i) in so many threads at once; returns what they answered."""
    answers, barrier = [], threading.Barrier(number)

    def one(index):
        try:
            barrier.wait(10)
            answers.append(target(index))
        finally:
            connections.close_all()

    crew = [threading.Thread(target=one, args=(index,)) for index in range(number)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join(60)
    assert len(answers) == number
    return answers


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_claimers_in_the_same_instant_get_one_job_each():
    for number in range(4):
        for source in ("access_keys", "login_profiles", "mfa_devices"):
            queued(source, f"{number:012}")
    taken = [job for job in rush(lambda i: jobs.claim(f"w{i}", T0), 8) if job]
    assert len({job.pk for job in taken}) == len(taken)
    assert len({job.lane for job in taken}) == len(taken) <= 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_schedulers_in_the_same_instant_make_one_job_per_slot():
    read_organization(T0)
    rush(lambda _: jobs.enqueue_due(T0), 4)
    scopes = list(Job.objects.values_list("source", "account_id"))
    assert len(scopes) == len(set(scopes)) == sum(2 if s.per_account else 1 for s in SOURCES)
