"""Accounts with more users than one run asks about: portion by portion, whole only at the end."""

import pytest

from inventory import jobs
from inventory.freshness import FRESH, STALE, UNKNOWN, freshness
from inventory.models import CollectionRun, IamUser, Job, Observation, Outcome, UserRead
from inventory.saving.tables import TABLES
from inventory.sources import SOURCE_BY_NAME, SOURCES
from inventory.tasks import utc_now
from tests.faults.collecting import ACCOUNT, CALLS, collect, worker_for

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
ONE_BY_ONE = [s.name for s in SOURCES if s.per_user and s.name != "service_specific_credentials"]


@pytest.fixture(scope="module")
def worker(organization):
    return worker_for(organization)


@pytest.fixture
def small(settings, worker):
    """The users of an account are known, and a run asks about two. Returns their number."""
    collect(worker, "authorization_details", ACCOUNT)
    settings.PORTAL_USERS_PER_READ = 2
    number = IamUser.objects.present().filter(account_id=ACCOUNT).count()
    assert number >= 5
    return number


def ask(name):
    jobs.request(now=utc_now(), by="test", sources=name, account_ids=ACCOUNT)


def work_off(worker):
    """Runs until nothing is left to do."""
    runs = []
    while (run := worker.work_one()) is not None:
        run.refresh_from_db()
        runs.append(run)
    return runs


def state(name):
    (found,) = freshness(utc_now(), sources=[SOURCE_BY_NAME[name]], account_ids=[ACCOUNT])
    return found.state, found.reason


def facts(name):
    return {
        (model.__name__, row.digest)
        for model in (TABLES[record] for record in SOURCE_BY_NAME[name].records)
        for row in model._default_manager.filter(gone_at=None)
    }


def asked(organization):
    """How often each kind of call was made in the account."""
    calls = organization.calls()["calls"]
    return {call["operation"]: call["count"] for call in calls if call["service"] == "iam"}


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_portions_together_are_one_whole_read(organization, worker, settings, small, name):
    settings.PORTAL_USERS_PER_READ = 1000
    organization.reset_calls()
    collect(worker, name, ACCOUNT)
    at_once, calls = facts(name), asked(organization)
    lines = Observation.objects.count()
    settings.PORTAL_USERS_PER_READ = 2
    UserRead.objects.all().delete()
    organization.reset_calls()

    ask(name)
    runs = work_off(worker)

    portions = -(-small // 2)
    said = [f"{2 * n} of {small} users read" for n in range(1, portions)]
    assert [run.error for run in runs] == [*said, ""]
    assert [run.outcome for run in runs] == ["partial"] * (portions - 1) + ["complete"]
    assert facts(name) == at_once
    assert asked(organization) == calls
    assert Observation.objects.count() == lines
    assert UserRead.objects.count() == small


def test_until_the_last_portion_the_account_is_unknown_and_says_how_far_it_is(worker, small):
    ask("login_profiles")
    worker.work_one()
    assert state("login_profiles") == (UNKNOWN, f"2 of {small} users read")
    work_off(worker)
    assert state("login_profiles") == (FRESH, "")


def test_a_portion_takes_nothing_from_the_whole_read_before(worker, settings, small):
    settings.PORTAL_USERS_PER_READ = 1000
    collect(worker, "login_profiles", ACCOUNT)
    settings.PORTAL_USERS_PER_READ = 2
    assert collect(worker, "login_profiles", ACCOUNT).outcome == Outcome.PARTIAL
    assert state("login_profiles") == (FRESH, "")


def test_users_not_asked_about_yet_are_unknown_and_not_without_a_password(worker, small):
    ask("login_profiles")
    worker.work_one()
    users = IamUser.objects.filter(account_id=ACCOUNT).order_by("user_name")
    known = [user.console_password is not None for user in users]
    assert known == [True] * 2 + [False] * (small - 2)


def test_the_rest_is_one_job_on_the_list_that_nobody_can_ask_for_twice(worker, small):
    ask("login_profiles")
    worker.work_one()
    (job,) = Job.objects.filter(state__in=jobs.OPEN)
    assert (job.state, job.attempts, job.owner, job.lease_until) == ("queued", 0, "", None)
    ask("login_profiles")
    assert Job.objects.filter(state__in=jobs.OPEN).count() == 1


def test_a_worker_that_dies_loses_its_own_portion_only(organization, worker, small):
    ask("login_profiles")
    worker.work_one()
    first = dict(UserRead.objects.values_list("user_name", "observed_at"))
    job = jobs.claim("dead", utc_now())
    assert job is not None
    jobs.start(job, utc_now())
    jobs.reap(utc_now() + jobs.RETRY_AFTER)
    Job.objects.filter(pk=job.pk).update(not_before=utc_now())
    organization.reset_calls()

    runs = work_off(worker)

    assert runs[-1].outcome == Outcome.COMPLETE
    assert CollectionRun.objects.filter(outcome=Outcome.LOST).count() == 1
    assert asked(organization)["GetLoginProfile"] == small - 2
    now = dict(UserRead.objects.values_list("user_name", "observed_at"))
    assert {name: now[name] for name in first} == first


def test_a_refusal_in_a_later_portion_keeps_the_earlier_ones_and_ends_the_read(
    organization, worker, small
):
    collect(worker, "login_profiles", ACCOUNT)
    service, operation = CALLS["login_profiles"]
    organization.fault(kind="deny", service=service, operation=operation, account_id=ACCOUNT)
    assert [run.outcome for run in work_off(worker)] == [Outcome.DENIED]
    assert UserRead.objects.count() == 2
    assert state("login_profiles")[0] == UNKNOWN
    organization.clear_faults()
    ask("login_profiles")
    assert work_off(worker)[-1].outcome == Outcome.COMPLETE


def test_a_failure_in_a_later_pass_is_stale_until_a_whole_pass(
    organization, worker, settings, small
):
    settings.PORTAL_USERS_PER_READ = 1000
    collect(worker, "login_profiles", ACCOUNT)
    settings.PORTAL_USERS_PER_READ = 2
    UserRead.objects.all().delete()
    service, operation = CALLS["login_profiles"]
    organization.fault(kind="deny", service=service, operation=operation, account_id=ACCOUNT)
    collect(worker, "login_profiles", ACCOUNT)
    organization.clear_faults()
    ask("login_profiles")
    worker.work_one()
    assert state("login_profiles") == (STALE, f"2 of {small} users read")
    work_off(worker)
    assert state("login_profiles") == (FRESH, "")


def test_where_one_call_tells_of_everybody_there_are_no_portions(organization, worker, small):
    organization.reset_calls()
    run = collect(worker, "service_specific_credentials", ACCOUNT)
    assert run.outcome == Outcome.COMPLETE
    assert asked(organization) == {"ListServiceSpecificCredentials": 1}
    assert UserRead.objects.count() == small
