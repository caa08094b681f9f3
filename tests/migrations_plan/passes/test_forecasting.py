"""A pass of forecasts: what it stores, when it is due, what it does not know."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import after
from inventory.models import AccountAssignment, Outcome
from migrations_plan.models import (
    ForecastLine,
    ForecastSummary,
    ForecastVerdict,
    IamUserLink,
    MappingFigures,
    TargetAccess,
    ThresholdSettings,
)
from tests import builders, forecasts, usage_rows
from tests.forecasts import company, decisions, run

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def summary(person):
    row = ForecastSummary.objects.get(person=person)
    return {
        name: getattr(row, name)
        for name in ("calls", "allowed", "denied", "unknown", "events", "denied_events")
    }


def test_a_pass_says_of_every_call_what_it_would_meet():
    made = company()
    ada = made.person()
    made.calls(ada, events=7)
    made.calls(ada, "PutObject", events=2)

    outcome = run()

    assert outcome.people == 1
    assert decisions(ada) == {"s3:GetObject": "allowed", "s3:PutObject": "denied"}
    assert summary(ada) == {
        "calls": 2, "allowed": 1, "denied": 1, "unknown": 0, "events": 9, "denied_events": 2,
    }  # fmt: skip
    row = ForecastSummary.objects.get()
    assert row.why == ""
    assert row.stale_after is not None
    assert row.since == usage_rows.days_ago(30)
    assert [one["action"] for one in row.worst] == ["s3:PutObject"]


def test_a_denied_line_holds_the_statement_that_would_allow_it():
    made = company()
    ada = made.person()
    made.calls(ada, "PutObject")

    run()

    (change,) = ForecastLine.objects.get().changes
    assert (change["place"], change["permission_set"]) == ("identity", "Developer")
    assert change["statement"] == {
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": forecasts.OBJECT,
    }  # fmt: skip


def test_a_second_pass_over_the_same_facts_writes_nothing():
    made = company()
    made.calls(made.person())
    run()
    before = list(ForecastLine.objects.values_list("pk", flat=True))

    nothing = run()
    again = run(later=2 * HOUR)

    assert (nothing.people, again.people, again.written) == (0, 1, 0)
    assert list(ForecastLine.objects.values_list("pk", flat=True)) == before
    assert ForecastVerdict.objects.count() == 1


def test_only_those_who_used_something_since_are_looked_at_again():
    made = company()
    ada, ben = made.person("Ada"), made.person("Ben")
    made.calls(ada)
    made.calls(ben)
    run()
    made.calls(ben, "PutObject", days=2)

    outcome = run()

    assert outcome.people == 1
    assert decisions(ben)["s3:PutObject"] == "denied"


def test_a_change_of_what_is_assigned_changes_the_forecast_and_keeps_what_was_said_before():
    made = company()
    ada = made.person()
    made.calls(ada)
    run()
    AccountAssignment.objects.update(gone_at=usage_rows.at(usage_rows.today()))
    builders.read_everything(made.account)

    run(later=HOUR / 2)

    assert decisions(ada) == {"s3:GetObject": "denied"}
    (line,) = ForecastLine.objects.all()
    assert line.changes[0]["place"] == "assignment"
    closed, now = ForecastVerdict.objects.order_by("pk")
    assert (closed.decision, closed.permission_sets, now.decision, now.permission_sets) == (
        "allowed", ["Developer"], "denied", [],
    )  # fmt: skip
    assert (closed.until, now.until) == (now.since, None)


def test_a_link_that_is_taken_back_takes_its_lines_along():
    made = company()
    ada = made.person()
    made.calls(ada)
    run()
    IamUserLink.objects.all().delete()

    run()

    assert decisions(ada) == {}
    assert summary(ada)["calls"] == 0
    assert ForecastVerdict.objects.filter(until=None).count() == 0


def test_the_window_is_as_long_as_a_lead_set_it():
    made = company()
    ada = made.person()
    made.calls(ada, days=20)
    ThresholdSettings.objects.create(pk=1, window_days=7)

    run()

    assert decisions(ada) == {}


def test_a_confirmed_target_is_held_against_as_well():
    made = company()
    ada = made.person(assigned=False)
    made.calls(ada)
    for name in ("Developer", "NotMadeYet"):
        TargetAccess.objects.create(
            person=ada, account_id=made.account.account_id, permission_set=name,
            confirmed_by="lead@example.com", confirmed_at=timezone.now(),
        )  # fmt: skip

    run()

    assert decisions(ada) == {"s3:GetObject": "denied"}
    assert decisions(ada, "target") == {"s3:GetObject": "allowed"}
    assert summary(ada)["denied"] == 1


def test_what_aws_called_with_somebodys_rights_is_judged_too():
    made = company()
    ada = made.person()
    row = made.calls(ada, "PutObject", events=5)
    row.direct_events = 0
    row.save()

    run()

    assert summary(ada)["denied_events"] == 5


def test_how_many_calls_map_to_actions_is_counted():
    made = company()
    ada = made.person()
    made.calls(ada, events=90)
    made.calls(ada, "DoThings", source="unheardof.amazonaws.com", events=10, resource="")

    run()

    row = MappingFigures.objects.get()
    assert (row.events, row.mapped_events, row.operations, row.mapped_operations) == (100, 90, 2, 1)
    assert row.unmapped == [["unheardof.amazonaws.com", "DoThings", 10]]


def test_queries_do_not_grow_with_people():
    made = company()
    made.calls(made.person("P0"))
    with CaptureQueriesContext(connection) as few:
        run()
    for number in range(1, 15):
        made.calls(made.person(f"P{number}"))
    with CaptureQueriesContext(connection) as many:
        run(later=2 * HOUR)

    assert len(many) <= len(few) + 2
    assert len(many) < 75


def test_it_is_made_when_work_is_over():
    made = company()
    ada = made.person()
    made.calls(ada)

    after.settle(timezone.now())

    assert decisions(ada) == {"s3:GetObject": "allowed"}


def test_only_ones_own_is_visible():
    made = company()
    ada, ben = made.person("Ada"), made.person("Ben")
    made.calls(ada)
    made.calls(ben)
    run()
    engineer = builders.portal_user("engineer", person=ada)

    assert {row.person for row in ForecastLine.objects.visible_to(engineer)} == {ada}
    assert ForecastLine.objects.visible_to(builders.portal_user("auditor")).count() == 2
    assert ForecastLine.objects.visible_to(builders.portal_user("engineer")).count() == 0


def test_a_read_that_told_the_same_again_makes_nobody_due():
    made = company()
    made.calls(made.person())
    run()
    builders.read_everything(made.account)

    assert run().people == 0


def test_a_read_that_failed_since_is_told_at_once():
    made = company()
    ada = made.person()
    made.calls(ada)
    run()
    builders.run("permission_sets", outcome=Outcome.DENIED, at=timezone.now(), error="refused")

    assert run().people == 1
    assert "refused" in ForecastSummary.objects.get(person=ada).why
