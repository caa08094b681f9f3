"""What people really met over the new path, held against what was forecast before."""

from datetime import timedelta

import pytest

from inventory.models import UsageActor
from tests import usage_rows
from tests.forecasts import run, text

pytestmark = pytest.mark.django_db


def new_path(made, person, name="PutObject", *, error="", permission_set="Developer"):
    who = usage_rows.sso_actor(person.identity_center_user_id, permission_set)
    day = usage_rows.days_ago(1)
    usage_rows.called(who, day, name, 1, error=error, account_id=made.account.pk)


HINDSIGHT = {
    "refused as forecast": ({"error": "AccessDenied"}, "hits"),
    "passed after all": ({}, "false_alarms"),
    "passed as forecast": ({"name": "GetObject"}, "passed"),
    "missed": ({"name": "GetObject", "error": "AccessDenied"}, "misses"),
    "another set": (
        {"name": "GetObject", "error": "AccessDenied", "permission_set": "Other"},
        "other_set",
    ),
    "never called before": ({"name": "DeleteObject", "error": "AccessDenied"}, "unforeseen"),
}


@pytest.mark.parametrize(("what", "counted"), HINDSIGHT.values(), ids=HINDSIGHT.keys())
def test_what_happened_is_held_against_what_was_forecast(made, people, lead, what, counted):
    new_path(made, people["ada"], **what)
    run(later=timedelta(hours=2))

    found = lead.get("/forecast/").context["hindsight"]
    names = (
        "hits", "false_alarms", "passed", "misses", "other_set", "undecided", "unforeseen",
    )  # fmt: skip
    assert {name: getattr(found, name) for name in names if getattr(found, name)} == {counted: 1}
    assert found.people == 1
    shown = counted in ("false_alarms", "misses", "other_set", "unforeseen")
    assert [row["kind"] for row in found.rows] == ([counted] if shown else [])


def test_a_refusal_is_held_against_what_was_said_at_the_time(made, people, lead):
    """The set was mended after the refusal: the old verdict counts, not today's."""
    new_path(made, people["ada"], error="AccessDenied")
    made.developer.managed_policies = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
    made.developer.save()
    run(later=timedelta(hours=2))

    assert lead.get("/forecast/").context["hindsight"].hits == 1


def test_nobody_on_the_new_path_is_unknown_not_perfect(people, lead):
    assert UsageActor.objects.filter(path="new").count() == 0
    body = text(lead.get("/forecast/"))

    assert "Nobody with a forecast has called anything over Identity Center" in body
    assert "100 %" not in body
