"""One result of each control a day: brought up to date until midnight, then left alone."""

from datetime import timedelta

import pytest

from inventory.cloudtrail.records import Path
from inventory.models import UsageCoverage
from migrations_plan.models import ControlDay, IdentityClass, ThresholdSettings
from migrations_plan.passes import controlling
from migrations_plan.rules.control_results import MET, NOT_MET, UNKNOWN
from migrations_plan.rules.controls import CONTROLS
from tests import builders, controlled, usage_rows
from tests.controlled import DAY, HOUR, MORNING, NONE, SSO, TODAY, TRAIL, classify, read_logs, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return controlled.company()


def test_every_statement_has_one_row_a_day(company):
    assert controlling.judge_controls(MORNING) == len(CONTROLS)
    assert controlling.judge_controls(MORNING + HOUR) == len(CONTROLS)

    assert ControlDay.objects.count() == len(CONTROLS)
    assert {one.at for one in ControlDay.objects.all()} == {MORNING + HOUR}
    assert (row(SSO).verdict, row(TRAIL).verdict, row(NONE).verdict) == (MET, MET, MET)
    assert row(SSO).population == "1 IAM user in 1 account"


def test_a_row_follows_the_facts_until_its_day_is_over(company):
    account, user = company
    controlling.judge_controls(MORNING)
    classify(user, "human")
    controlling.judge_controls(MORNING + HOUR)
    during = row(NONE)
    classify(user, "workload")
    builders.read_everything(account, at=MORNING + DAY - HOUR)
    controlling.judge_controls(MORNING + DAY)

    assert (during.verdict, during.exceptions) == (NOT_MET, 1)
    assert during.cases[0]["name"] == "ci"
    assert row(NONE).verdict == NOT_MET
    assert row(NONE).at == MORNING + HOUR
    assert row(NONE, TODAY + timedelta(days=1)).verdict == MET


def test_a_user_without_a_class_is_nobody_knows_whose(company):
    IdentityClass.objects.all().delete()
    controlling.judge_controls(MORNING)

    assert row(NONE).verdict == UNKNOWN
    assert "it is without a class" in row(NONE).sentence


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"stale_after": MORNING + HOUR}, MET),
        ({"stale_after": MORNING}, UNKNOWN),
        ({"stale_after": MORNING, "declared": True}, MET),
    ],
)
def test_a_judged_class_ages_and_a_declared_one_does_not(company, more, verdict):
    _, user = company
    classify(user, "workload", **more)
    controlling.judge_controls(MORNING)

    assert row(NONE).verdict == verdict


def test_a_result_whose_reads_grew_old_on_its_day_is_unknown(company):
    controlling.judge_controls(MORNING)
    found = row(SSO)

    assert found.stale_after == MORNING + 5 * HOUR
    assert found.shown(MORNING + 5 * HOUR - timedelta(seconds=1)) == MET
    assert found.shown(MORNING + 5 * HOUR) == UNKNOWN
    assert found.shown(MORNING + 30 * DAY) == UNKNOWN


def test_a_result_that_held_until_midnight_is_kept(company):
    account, _ = company
    late = MORNING + 17 * HOUR
    builders.read_everything(account, at=late - HOUR)
    controlling.judge_controls(late)

    assert row(SSO).stale_after > late + HOUR
    assert row(SSO).shown(MORNING + 30 * DAY) == MET


def test_a_refused_read_makes_it_unknown_and_never_met(company):
    account, _ = company
    builders.run(
        "authorization_details", account.account_id, at=MORNING, outcome="denied", error="refused"
    )
    controlling.judge_controls(MORNING + HOUR)

    assert row(NONE).verdict == UNKNOWN
    assert "refused" in row(NONE).sentence


def test_an_uncovered_day_makes_it_unknown(company):
    day = TODAY - timedelta(days=4)
    UsageCoverage.objects.filter(day=day).delete()
    controlling.judge_controls(MORNING)

    assert (row(SSO).verdict, row(TRAIL).verdict) == (UNKNOWN, UNKNOWN)
    assert f"1 of 30 days are not wholly read. {day}" in row(TRAIL).sentence
    assert row(NONE).verdict == MET


def test_use_outside_the_window_is_no_exception(company):
    _, user = company
    classify(user, "human")
    user.active_keys = 0
    user.save()
    who = usage_rows.actor_of(user)
    usage_rows.used(who, TODAY - timedelta(days=31))
    usage_rows.used(who, TODAY)
    controlling.judge_controls(MORNING)
    before = row(SSO).verdict
    usage_rows.used(who, TODAY - timedelta(days=30))
    controlling.judge_controls(MORNING + HOUR)

    assert (before, row(SSO).verdict) == (MET, NOT_MET)


def test_failed_sign_ins_are_nobodys_access(company):
    _, user = company
    classify(user, "human")
    user.active_keys = 0
    user.save()
    who = usage_rows.actor_of(user, "console")
    usage_rows.used(who, TODAY - timedelta(days=3), 4, failed=True, failed_signins=4)
    controlling.judge_controls(MORNING)

    assert row(SSO).verdict == MET


def test_a_root_user_and_a_user_that_is_gone_are_told(company):
    account, _ = company
    usage_rows.used(
        usage_rows.actor(Path.ROOT, kind="Root", account_id=account.account_id),
        TODAY - timedelta(days=3),
    )
    gone = builders.iam_user("old", account=account, gone_at=MORNING)
    usage_rows.used(usage_rows.actor_of(gone), TODAY - timedelta(days=3))
    controlling.judge_controls(MORNING)

    found = row(SSO)
    assert (found.verdict, found.exceptions, found.undecided) == (NOT_MET, 1, 1)
    assert [case["name"] for case in found.cases] == [f"root user of {account.name}", "old"]


def test_a_day_that_is_over_gets_a_note_and_no_other_result(company):
    _, user = company
    controlling.judge_controls(MORNING)
    usage_rows.used(usage_rows.actor_of(user), TODAY - timedelta(days=2), 7)
    controlling.judge_controls(MORNING + DAY)
    controlling.judge_controls(MORNING + DAY + HOUR)

    (note,) = row(SSO).notes
    assert row(SSO).verdict == MET
    assert note["at"] == "2026-11-23T06:00:00Z"
    assert "7 more calls over the old path are counted in its window" in note["sentence"]
    assert row(NONE).notes == []


def test_reading_what_was_missing_is_noted_once(company):
    account, _ = company
    UsageCoverage.objects.filter(day=TODAY - timedelta(days=4)).delete()
    controlling.judge_controls(MORNING)
    read_logs(account, MORNING)
    controlling.judge_controls(MORNING + DAY)
    controlling.judge_controls(MORNING + 2 * DAY)

    (note,) = row(TRAIL).notes
    assert "1 account-days of it are no longer missing" in note["sentence"]
    assert row(TRAIL).verdict == UNKNOWN


def test_another_window_is_no_correction(company):
    controlling.judge_controls(MORNING)
    ThresholdSettings.objects.create(pk=1, window_days=7)
    controlling.judge_controls(MORNING + DAY)

    assert row(SSO).notes == []
    assert row(SSO, TODAY + timedelta(days=1)).basis["days"] == 7
