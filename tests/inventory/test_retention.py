"""Old runs go; what any row names stays, and so does every day's evidence."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from inventory import store
from inventory.models import CollectionRun, Heartbeat, IamUser, Job, Observation, ScopeState
from inventory.retention import THINNED, superfluous, thin_runs
from inventory.sources import DAY, HOUR
from tests.inventory.reads import MINE, T0, ask_users, failed, key, profile, queued, read, user

pytestmark = pytest.mark.django_db
KEEP = 35 * DAY
LATER = T0 + 100 * DAY
MIDNIGHT = T0 - 12 * HOUR
USERS = "authorization_details"


def whole(*hours, source=USERS, account_id=MINE):
    """Whole reads so many hours after midnight that changed nothing. Returns their runs."""
    made = []
    for hour in hours:
        at = MIDNIGHT + hour * HOUR
        run = store.open_run(source, account_id, now=at)
        store.close_run(run, "complete", now=at)
        made.append(run)
    return made


def hours_left(source=USERS):
    runs = CollectionRun.objects.filter(source=source).order_by("observed_at", "pk")
    return [(run.observed_at - MIDNIGHT) / HOUR for run in runs]


def moved_on():
    """A newer run, so that the scope's state names none of the old ones."""
    whole(24 * 90)


def test_of_a_days_hourly_reads_every_sixth_stays_with_the_first_and_the_last():
    whole(*range(24))
    moved_on()
    assert thin_runs(LATER, keep=KEEP) == 19
    assert hours_left() == [0, 6, 12, 18, 23, 24 * 90]


def test_where_a_day_has_enough_for_its_facts_to_stay_fresh_only_first_and_last_stay():
    whole(*range(24), source="access_keys")
    whole(24 * 90, source="access_keys")
    thin_runs(LATER, keep=KEEP)
    assert hours_left("access_keys") == [0, 23, 24 * 90]


def test_the_edges_of_a_gap_stay():
    whole(0, 1, 2, 11, 12, 13)
    moved_on()
    thin_runs(LATER, keep=KEEP)
    assert hours_left()[:-1] == [0, 2, 11, 13]


def test_each_account_has_its_own_first_and_last():
    whole(0, 1, 2)
    whole(1, 2, 3, account_id="999999999999")
    thin_runs(LATER, keep=KEEP)
    left = CollectionRun.objects.filter(account_id="999999999999").order_by("pk")
    assert [run.observed_at for run in left] == [MIDNIGHT + HOUR, MIDNIGHT + 3 * HOUR]


@pytest.mark.parametrize("outcome", ["denied", "throttled", "failed", "lost", "partial"])
def test_a_read_that_was_not_whole_is_kept_for_a_while_and_then_goes(outcome):
    failed(USERS, T0, outcome=outcome)
    moved_on()
    thin_runs(T0 + 34 * DAY, keep=KEEP)
    assert CollectionRun.objects.count() == 2
    thin_runs(LATER, keep=KEEP)
    assert hours_left() == [24 * 90]


def test_the_days_that_are_not_over_long_enough_are_left_alone():
    whole(*range(24))
    moved_on()
    assert thin_runs(MIDNIGHT + KEEP + 23 * HOUR, keep=KEEP) == 0
    assert thin_runs(MIDNIGHT + KEEP + DAY, keep=KEEP) == 19


def test_a_run_that_confirmed_a_fact_stays():
    whole(11)
    run, _ = read(USERS, [user("ann")], T0)
    whole(13)
    moved_on()
    Observation.objects.all().delete()
    thin_runs(LATER, keep=KEEP)
    assert IamUser.objects.get().run == run
    assert hours_left()[:-1] == [11, 12, 13]


def test_a_run_that_changed_something_stays():
    whole(11)
    read("access_keys", [key("AKIA1", "ann")], T0)
    read("access_keys", [key("AKIA1", "ann", status="Inactive")], T0 + HOUR)
    read("access_keys", [key("AKIA1", "ann", status="Inactive")], T0 + 2 * HOUR)
    read("access_keys", [key("AKIA1", "ann", status="Inactive")], T0 + 3 * HOUR)
    whole(24 * 90, source="access_keys")
    thin_runs(LATER, keep=KEEP)
    assert hours_left("access_keys") == [12, 13, 15, 24 * 90]


def test_the_state_of_a_scope_a_users_question_and_a_job_keep_their_runs():
    denied = failed(USERS, T0)
    asked = ask_users("login_profiles", [profile("ann")], T0, ("ann",))
    Observation.objects.all().delete()
    job = queued("mfa_devices")
    lost = failed("mfa_devices", T0, outcome="lost")
    whole(24 * 90, source="mfa_devices")
    Job.objects.filter(pk=job.pk).update(run=lost)
    thin_runs(LATER, keep=KEEP)
    left = set(CollectionRun.objects.values_list("pk", flat=True))
    assert {denied.pk, asked.pk, lost.pk} <= left
    assert ScopeState.objects.get(source=USERS).last_run == denied


def test_imports_stay():
    for hour in range(5):
        failed(USERS, T0 + hour * HOUR, origin="import")
    moved_on()
    assert thin_runs(LATER, keep=KEEP) == 0


def test_a_run_that_is_still_running_stays():
    store.open_run(USERS, MINE, now=T0)
    assert thin_runs(LATER, keep=KEEP) == 0


def many_refusals(number):
    one = {"source": USERS, "account_id": MINE, "outcome": "denied"}
    CollectionRun.objects.bulk_create(
        CollectionRun(started_at=T0, observed_at=T0, **one) for _ in range(number)
    )


def test_more_runs_than_a_batch_all_go():
    many_refusals(1_201)
    assert thin_runs(LATER, keep=KEEP) == 1_201


def test_a_day_that_was_thinned_is_not_looked_at_again():
    whole(*range(24))
    moved_on()
    days = []
    thin_runs(LATER, keep=KEEP, on_day=lambda day, removed: days.append(removed))
    assert (days[0], sum(days), len(days)) == (19, 19, 65)
    assert Heartbeat.objects.get(name=THINNED).at == MIDNIGHT + 65 * DAY
    days.clear()
    assert thin_runs(LATER, keep=KEEP, on_day=lambda *told: days.append(1)) == 0
    assert days == []


def test_a_shift_that_is_over_leaves_the_next_day_to_the_next():
    whole(*range(24), *range(24, 48))
    moved_on()
    turns = iter([True, False])
    assert thin_runs(LATER, keep=KEEP, go_on=lambda: next(turns)) == 19
    assert Heartbeat.objects.get(name=THINNED).at == MIDNIGHT + DAY
    assert thin_runs(LATER, keep=KEEP) == 19


def test_a_shift_that_is_over_in_the_middle_of_a_day_leaves_the_rest_to_the_next():
    many_refusals(1_201)
    turns = iter([True, False])
    assert thin_runs(LATER, keep=KEEP, go_on=lambda: next(turns)) == 500
    assert thin_runs(LATER, keep=KEEP) == 701


def test_an_empty_portal_has_nothing_to_thin():
    assert thin_runs(LATER, keep=KEEP) == 0
    assert not Heartbeat.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "gone"),
    [
        ([0], []),
        ([0, 60], []),
        ([0, 60, 120], [60]),
        ([0, 200, 360, 361], [200]),
        ([0, 200, 361, 362], [361]),
        ([0, 0, 0], [0]),
        ([0, 700, 701, 1400], []),
    ],
)
def test_what_may_go_is_what_leaves_facts_fresh_for_six_hours(minutes, gone):
    reads = [(MIDNIGHT + timedelta(minutes=minute), minute) for minute in minutes]
    assert list(superfluous(reads, 6 * HOUR)) == gone


def thin(*options):
    out = io.StringIO()
    call_command("thin_runs", *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_says_what_it_removed():
    whole(*range(24))
    moved_on()
    assert thin() == "19 runs removed, 6 kept\n"


def test_the_command_leaves_a_week_alone_whatever_is_asked():
    with pytest.raises(CommandError, match="--days: at least 7, not 3"):
        thin("--days", "3")
