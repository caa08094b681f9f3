"""What a forecast does not know, and what it makes of guardrails and of policies it cannot read."""

import pytest
from django.utils import timezone

from inventory.models import Outcome, PermissionSet, ScopeState, UsageCoverage
from migrations_plan.models import ForecastLine, ForecastSummary
from tests import builders, forecasts, usage_rows
from tests.forecasts import company, days_due, decisions, document, run

pytestmark = pytest.mark.django_db


def test_days_that_were_not_read_make_the_forecast_incomplete():
    made = company()
    ada = made.person()
    made.calls(ada)
    UsageCoverage.objects.filter(day=usage_rows.days_ago(5)).delete()

    run()

    why = ForecastSummary.objects.get(person=ada).why
    due = days_due()
    assert f"logs of {made.account}: {due - 1} of {due} days are wholly read" in why


def test_an_account_whose_logs_nobody_reads_makes_it_incomplete_without_a_single_call():
    made = company(read_logs=False)
    ada = made.person()

    run()

    assert f"0 of {days_due()} days are wholly read" in ForecastSummary.objects.get(person=ada).why


def test_days_before_an_account_joined_are_not_missed():
    made = company(read_logs=False)
    usage_rows.read(made.account, [usage_rows.days_ago(number) for number in range(4)])
    made.account.joined_at = usage_rows.at(usage_rows.days_ago(3))
    made.account.save()
    ada = made.person()
    made.calls(ada, days=2)

    run()

    assert ForecastSummary.objects.get(person=ada).why == ""


@pytest.mark.parametrize("source", ["permission_sets", "service_control_policies"])
def test_a_refused_read_behind_it_is_told(source):
    made = company()
    ada = made.person()
    made.calls(ada)
    builders.run(source, outcome=Outcome.DENIED, at=timezone.now(), error="refused")

    run()

    row = ForecastSummary.objects.get(person=ada)
    assert "refused" in row.why
    assert decisions(ada) == {"s3:GetObject": "allowed"}


def test_assignments_that_were_never_read_are_not_none():
    made = company()
    ada = made.person(assigned=False)
    made.calls(ada)
    ScopeState.objects.filter(source="account_assignments").delete()

    run()

    assert decisions(ada) == {"s3:GetObject": "unknown"}


def test_guardrails_that_were_never_read_are_not_none():
    made = company()
    ada = made.person()
    made.calls(ada)
    made.calls(ada, "PutObject")
    ScopeState.objects.filter(source="service_control_policies").delete()

    run()

    assert decisions(ada) == {"s3:GetObject": "unknown", "s3:PutObject": "denied"}


def test_a_guardrail_on_the_unit_above_denies():
    made = company()
    ada = made.person()
    made.calls(ada)
    forecasts.guardrail("NoStorage", document("s3:*", effect="Deny"), made.account.parent_id)

    run()

    line = ForecastLine.objects.get()
    assert (line.decision, line.explicit, line.policy) == ("denied", True, "NoStorage")


def test_the_management_account_has_no_guardrails():
    made = company()
    made.account.is_management = True
    made.account.save()
    ada = made.person()
    made.calls(ada)
    forecasts.guardrail("NoStorage", document("s3:*", effect="Deny"), made.account.parent_id)

    run()

    assert decisions(ada) == {"s3:GetObject": "allowed"}


def test_a_customer_managed_policy_is_the_accounts_own_and_missing_it_is_unknown():
    made = company(managed=(), customer_managed_policies=["/team/reports"])
    ada = made.person()
    made.calls(ada)
    run()
    missing = ForecastLine.objects.get()
    arn = f"arn:aws:iam::{made.account.account_id}:policy/team/reports"
    builders.iam_policy(arn, account=made.account, path="/team/", document=document("s3:GetObject"))
    builders.read_everything(made.account)

    run()

    assert missing.decision == "unknown"
    assert "does not show it" in missing.sentence
    assert decisions(ada) == {"s3:GetObject": "allowed"}


@pytest.mark.parametrize("boundary", [{"ManagedPolicyArn": forecasts.S3_READ}, {"Odd": 1}])
def test_a_boundary_binds_and_one_that_cannot_be_read_leaves_it_open(boundary):
    made = company(managed=(forecasts.ADMIN,), permissions_boundary=boundary)
    ada = made.person()
    made.calls(ada, "PutObject")

    run()

    expected = "denied" if "ManagedPolicyArn" in boundary else "unknown"
    assert decisions(ada) == {"s3:PutObject": expected}


def test_a_set_whose_policies_were_never_read_is_unknown():
    made = company()
    ada = made.person()
    made.calls(ada)
    PermissionSet.objects.update(managed_policies=None)

    run()

    assert decisions(ada) == {"s3:GetObject": "unknown"}
