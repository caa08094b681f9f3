"""`manage.py forecast`: one line for each person, account and action."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from migrations_plan import forecast_export
from migrations_plan.models import TargetAccess
from tests.forecasts import OBJECT, company

pytestmark = pytest.mark.django_db


def told(*arguments):
    out = io.StringIO()
    call_command("forecast", *arguments, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def made():
    return company()


def test_the_worst_line_of_an_action_is_its_decision(made):
    ada = made.person()
    made.calls(ada, "PutObject", events=4)
    made.calls(ada, "PutObject", events=2, error="AccessDenied", days=4)
    made.calls(ada, "PutObject", events=1, days=5, resource="arn:aws:s3:::reports/b.csv")

    (row,) = told()

    assert tuple(row) == forecast_export.COLUMNS
    assert (row["person"], row["account_id"], row["action"], row["decision"]) == (
        "ada@example.com", made.account.pk, "s3:PutObject", "denied",
    )  # fmt: skip
    assert (row["events"], row["denied_events"], row["refused_before_events"]) == (7, 5, 2)
    assert row["resources"] == [OBJECT, "arn:aws:s3:::reports/b.csv"]
    assert (row["statement"], row["permission_set"]) == (None, "Developer")
    assert row["changes"][0]["statement"]["Resource"] == [OBJECT, "arn:aws:s3:::reports/b.csv"]
    assert row["last_seen"].endswith("Z")


def test_an_allowed_line_names_its_statement(made):
    made.calls(made.person())

    (row,) = told()

    assert (row["decision"], row["policy"]) == ("allowed", "AmazonS3ReadOnlyAccess")
    assert row["statement"].startswith("statement 0 of identity policy AmazonS3ReadOnlyAccess")


def test_what_was_only_refused_before_keeps_its_decision_and_loses_nothing(made):
    made.calls(made.person(), "PutObject", error="AccessDenied", events=3)

    (row,) = told()

    assert (row["decision"], row["denied_events"], row["refused_before_events"]) == ("denied", 0, 3)


def test_one_person_by_address(made):
    for name in ("Ada", "Ben"):
        made.calls(made.person(name))

    assert [row["person"] for row in told("--person", "BEN@example.com")] == ["ben@example.com"]
    with pytest.raises(CommandError, match="nobody with the address"):
        told("--person", "nobody@example.com")


def test_against_the_target(made):
    ada = made.person(assigned=False)
    made.calls(ada)
    TargetAccess.objects.create(
        person=ada, account_id=made.account.pk, permission_set="Developer",
        confirmed_by="x", confirmed_at=timezone.now(),
    )  # fmt: skip

    assert [row["decision"] for row in told()] == ["denied"]
    assert [row["decision"] for row in told("--against", "target")] == ["allowed"]


def test_as_csv(made):
    made.calls(made.person())
    out = io.StringIO()

    call_command("forecast", "--format", "csv", stdout=out)

    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert (row["decision"], row["resources"]) == ("allowed", f'["{OBJECT}"]')


def test_an_empty_database_answers_nothing():
    assert told() == []


def test_every_field_is_documented():
    page = (Path(__file__).parents[2] / "docs" / "forecast.md").read_text()

    assert [name for name in forecast_export.COLUMNS if f"`{name}`" not in page] == []
