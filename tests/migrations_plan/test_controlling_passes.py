"""When the controls are judged again, by whom, and what it costs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory import after
from migrations_plan.actions.reviews import review_permission_set
from migrations_plan.models import ControlDay, ControlPass
from migrations_plan.passes import controlling
from migrations_plan.rules.control_results import MET, NOT_MET
from migrations_plan.rules.controls import CONTROLS
from tests import builders, controlled, usage_rows
from tests.controlled import DAY, HOUR, MORNING, NONE, SSO, TODAY, classify, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return controlled.company()


def test_a_pass_is_due_when_something_changed_or_time_went_by(company):
    _, user = company

    assert controlling.judge_due(MORNING) == len(CONTROLS)
    assert controlling.judge_due(MORNING + timedelta(minutes=5)) == 0
    builders.run("trails", at=MORNING)
    assert controlling.judge_due(MORNING + timedelta(minutes=6)) == len(CONTROLS)
    assert controlling.judge_due(MORNING + timedelta(minutes=20)) == 0
    assert controlling.judge_due(MORNING + timedelta(minutes=21)) == len(CONTROLS)
    classify(user, "human", made_at=MORNING + HOUR)
    assert controlling.judge_due(MORNING + timedelta(minutes=22)) == len(CONTROLS)


def test_a_new_day_has_its_rows_at_once(company):
    controlling.judge_due(datetime(2026, 11, 22, 23, 59, tzinfo=UTC))

    assert controlling.judge_due(datetime(2026, 11, 23, 0, 0, tzinfo=UTC)) == len(CONTROLS)
    assert set(ControlDay.objects.values_list("day", flat=True)) == {
        TODAY,
        TODAY + timedelta(days=1),
    }


def test_a_worker_whose_clock_is_behind_takes_nothing_back(company):
    controlling.judge_controls(MORNING + HOUR)

    assert controlling.judge_controls(MORNING) == 0
    assert row(SSO).at == MORNING + HOUR


def test_a_settler_does_it_and_a_day_nothing_ran_has_no_row(company):
    after.settle(MORNING)
    after.settle(MORNING + 2 * DAY)

    days = set(ControlDay.objects.values_list("day", flat=True))
    assert days == {TODAY, TODAY + timedelta(days=2)}
    assert ControlPass.objects.count() == 1


def test_a_review_in_the_journal_counts_for_a_quarter(company):
    one = builders.permission_set(
        tags={"managed-by": "terraform"}, created_at=MORNING - timedelta(days=400)
    )
    controlling.judge_controls(MORNING)
    before = row("sets-as-code").verdict
    review_permission_set(
        by=builders.portal_user("lead"), permission_set=one, reason="least privilege", now=MORNING
    )
    controlling.judge_controls(MORNING + HOUR)

    assert (before, row("sets-as-code").verdict) == (NOT_MET, MET)


def test_only_the_first_cases_are_kept_and_all_are_counted(company, monkeypatch):
    account, _ = company
    monkeypatch.setattr(controlling, "MOST_CASES", 3)
    for _ in range(5):
        classify(builders.iam_user(account=account), "human")
    controlling.judge_controls(MORNING)

    assert (len(row(NONE).cases), row(NONE).exceptions) == (3, 5)


def test_a_pass_asks_as_often_for_many_as_for_few(company):
    def fill(number):
        for _ in range(number):
            other = builders.account()
            user = builders.iam_user(account=other, active_keys=1)
            classify(user, "human")
            builders.owner(user, builders.person(left_on="2026-01-01"))
            one = builders.permission_set()
            builders.assignment(other, one, builders.store_group().group_id)
            usage_rows.used(usage_rows.actor_of(user), TODAY - timedelta(days=2))

    def count(now):
        with CaptureQueriesContext(connection) as queries:
            controlling.judge_controls(now)
        return len(queries)

    fill(3)
    controlling.judge_controls(MORNING)
    few = count(MORNING + HOUR)
    fill(27)

    assert count(MORNING + 2 * HOUR) == few
