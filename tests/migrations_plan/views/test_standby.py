"""The standby board: what people who were cut over are refused over the new path."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import DailyUsage, IamUser, UsageCoverage
from migrations_plan.gather import standby
from migrations_plan.models import PersonState
from tests import builders, usage_rows
from tests.forecasts import company, run, text
from tests.waves import a_handout, a_plan, a_wave

pytestmark = pytest.mark.django_db


class Board:
    """Ada was cut over two hours ago."""

    def __init__(self):
        self.company = company()
        self.ada = self.company.person("Ada")
        self.company.calls(self.ada, "PutObject", events=7)
        self.company.calls(self.ada, "GetObject", events=7)
        self.plan = a_plan()
        tomorrow = timezone.now().date() + timedelta(days=1)
        self.wave = a_wave(self.plan, self.ada, cutover_on=tomorrow)
        self.lead = builders.signed_in("lead")
        self.user = self.ada.links.get().iam_user_arn

    def cut_over(self, hours=2):
        user = IamUser.objects.get(arn=self.user)
        return a_handout(self.wave, user, ran_at=timezone.now() - timedelta(hours=hours))

    def refused(self, name, *, minutes=5, permission_set="Developer", error="AccessDenied", **more):
        who = usage_rows.sso_actor(self.ada.identity_center_user_id, permission_set)
        at = timezone.now() - timedelta(minutes=minutes)
        row = usage_rows.called(
            who, at.date(), name, 3, error=error, account_id=self.company.account.pk, **more
        )
        DailyUsage.objects.filter(pk=row.pk).update(first_at=at, last_at=at)

    def body(self, role=None, **headers):
        client = builders.signed_in(role) if role else self.lead
        answer = client.get(reverse("plan-standby", args=[self.plan.pk]), **headers)
        assert answer.status_code == 200
        return text(answer)


@pytest.fixture
def board():
    return Board()


def test_before_the_day_nobody_is_on_the_board(board):
    assert "Nobody is cut over yet." in board.body()


def test_on_the_day_of_the_wave_its_people_are_on_the_board(board):
    board.wave.cutover_on = timezone.now().date()
    board.wave.save()

    assert "today or late" in board.body()


def test_a_refusal_that_was_forecast_brings_its_smallest_addition(board):
    run()
    board.cut_over()
    board.refused("PutObject")
    body = board.body()

    assert "1 of 1 person was refused something" in body
    assert "forecast: denied" in body
    assert "Allow s3:PutObject on arn:aws:s3:::reports/2026.csv in the identity policies" in body
    assert "Copy the statement" in body


def test_a_refusal_that_the_forecast_missed_is_marked(board):
    run()
    board.cut_over()
    board.refused("GetObject")

    assert "forecast: allowed, so it was missed" in board.body()


def test_a_refusal_under_another_set_names_the_set_that_allows_it(board):
    run()
    board.cut_over()
    board.refused("GetObject", permission_set="Other")

    assert "Use Developer, which allows it" in board.body()


def test_what_was_never_called_before_brings_the_action_itself(board):
    board.cut_over()
    board.refused("DeleteObject")
    body = board.body()

    assert "never called over the old path" in body
    assert "Allow s3:DeleteObject in Developer, if no deny and no guardrail forbids it" in body


def test_newest_first(board):
    board.cut_over()
    board.refused("DeleteObject", minutes=50)
    board.refused("PutObjectAcl", minutes=5)
    body = board.body()

    assert body.index("s3:PutObjectAcl") < body.index("s3:DeleteObject")


def test_whoever_is_beyond_the_shown_rows_is_counted(board, monkeypatch):
    monkeypatch.setattr(standby, "MOST_ROWS", 0)
    board.cut_over()
    board.refused("DeleteObject", minutes=50)
    body = board.body()

    assert "1 of 1 person was refused something" in body
    assert "And 1 older." in body


def test_what_was_refused_before_the_cutover_is_not_shown(board):
    board.cut_over(hours=1)
    board.refused("DeleteObject", minutes=90)

    assert "s3:DeleteObject" not in board.body()


def test_what_failed_for_another_reason_is_no_refusal(board):
    board.cut_over()
    board.refused("DeleteObject", error="NoSuchBucket")

    assert "s3:DeleteObject" not in board.body()


def test_silence_is_said_with_how_far_the_logs_were_read(board):
    board.cut_over()
    at = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    UsageCoverage.objects.filter(day__gte=at.date() - timedelta(days=1)).update(read_through=at)
    body = board.body()

    assert "0 refusals of 1 person are known until" in body
    assert "not delivered yet" in body
    assert f"{at:%Y-%m-%d %H:%M} UTC" in body


def test_silence_of_logs_that_nobody_read_is_unknown(board):
    board.cut_over()
    UsageCoverage.objects.all().delete()
    body = board.body()

    assert "is not known" in body
    assert "so silence says nothing" in body
    assert "0 refusals" not in body


def test_the_region_that_was_read_least_far_decides(board):
    board.cut_over()
    usage_rows.read(board.company.account, [usage_rows.today()], region="eu-west-1", whole=False)

    assert "so silence says nothing" in board.body()


def test_whoever_uses_the_old_path_again_is_named(board):
    board.cut_over()
    PersonState.objects.create(
        person=board.ada, name="Ada", state="regressed", sentence="Used again.",
        since=timezone.now(), step="find out who used the old path",
    )  # fmt: skip
    body = board.body()

    assert "1 uses the old path again" in body
    assert "Used again." in body


def test_old_sessions_stand_with_their_end(board):
    board.cut_over()
    actor = usage_rows.actor(arn=board.user, account_id=board.company.account.pk)
    usage_rows.session(actor, timezone.now() - timedelta(hours=1))

    assert "session token, until" in board.body()


def test_the_part_asks_for_itself(board):
    board.cut_over()
    body = board.body(headers=builders.HTMX)

    assert body.startswith('<section id="standby"') or '<section id="standby"' in body
    assert "<html" not in body
    assert 'hx-trigger="every 30s"' in body


def test_the_contact_is_said(board):
    board.cut_over()

    assert "#identity" in board.body("auditor")
