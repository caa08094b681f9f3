"""The page Forecast, a person's forecast, a set's, and what people ask for because of them."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import UsageCoverage
from migrations_plan.models import (
    ForecastSummary,
    TargetAccess,
)
from tests import builders, usage_rows
from tests.forecasts import days_due, run, text

pytestmark = pytest.mark.django_db
HOSTILE = '"><script>alert(1)</script>{{ 7|add:7 }}'


def listed(client, query=""):
    rows = client.get(f"/forecast/?{query}").context["page"].object_list
    return sorted((row.person.name, row.action, row.decision) for row in rows)


def test_it_opens_with_how_many_would_lose_something(people, lead):
    body = text(lead.get("/forecast/"))

    assert "Of 4 people with calls over the old path" in body
    assert "<strong>3</strong> would be refused something they use today" in body
    assert "0 have calls whose fate is unknown, and 1 would lose nothing." in body
    assert "not everything behind the forecast" not in body


def test_a_stale_forecast_is_doubtful(people, lead):
    ForecastSummary.objects.update(stale_after=timezone.now() - timedelta(hours=1))

    assert "For 4 of them not everything behind the forecast was read" in text(
        lead.get("/forecast/")
    )


def test_without_a_pass_nothing_is_said(lead):
    body = text(lead.get("/forecast/"))

    assert "No forecast was made yet" in body
    assert "would lose nothing" not in body


FILTERS = {
    "": [
        ("Ada", "s3:PutObject", "denied"),
        ("Ada", "unheardof:DoThings", "unknown"),
        ("Ben", "s3:PutObject", "denied"),
        ("Dan", "s3:GetObject", "denied"),
    ],
    "decision=unknown": [("Ada", "unheardof:DoThings", "unknown")],
    "decision=refused-before": [("Ada", "s3:PutObject", "denied")],
    "decision=allowed&q=cem": [("Cem", "s3:GetObject", "allowed")],
    "set=Developer&q=ben": [("Ben", "s3:PutObject", "denied")],
    "service=unheardof": [("Ada", "unheardof:DoThings", "unknown")],
    "account=000000000000": [],
    "against=target": [],
    "decision=x&against=y&sort=z&page=q&set=": [
        ("Ada", "s3:PutObject", "denied"),
        ("Ada", "unheardof:DoThings", "unknown"),
        ("Ben", "s3:PutObject", "denied"),
        ("Dan", "s3:GetObject", "denied"),
    ],
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters(people, lead, query):
    assert listed(lead, query) == FILTERS[query]


@pytest.mark.parametrize("word", ["calls", "person", "account", "action", "last"])
def test_sorts_both_ways(people, lead, word):
    up = listed(lead, f"sort={word}")

    assert up == listed(lead, f"sort=-{word}")


def test_the_changes_that_help_most_people_come_first(people, lead):
    first, second = lead.get("/forecast/").context["changes"]

    assert (first.permission_set, first.people, first.cleared, first.calls) == (
        "Developer",
        2,
        2,
        9,
    )
    assert first.policy == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:PutObject"],
                "Resource": ["arn:aws:s3:::reports/2026.csv", "arn:aws:s3:::reports/other.csv"],
            }
        ],
    }
    assert (second.permission_set, second.people, second.statements) == ("", 1, ())
    assert "Assign a permission set here that allows" in text(lead.get("/forecast/"))


def test_the_csv_has_every_line_as_filtered(people, lead):
    response = lead.get("/forecast/?format=csv&q=ada")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))

    assert [(row["person"], row["action"], row["decision"], row["calls"]) for row in rows] == [
        ("ada@example.com", "s3:PutObject", "denied", "7"),
        ("ada@example.com", "unheardof:DoThings", "unknown", "1"),
    ]
    assert '"Effect": "Allow"' in rows[0]["changes"]


def test_a_persons_page_has_every_line_what_fails_first(people, lead):
    response = lead.get(reverse("person-forecast", args=[people["ada"].pk]))

    decisions = [(row.decision, row.refused_before) for row in response.context["page"]]
    assert decisions == [
        ("denied", False), ("unknown", False), ("allowed", False), ("denied", True),
    ]  # fmt: skip
    assert "Of 3 different calls" in text(response)
    assert "<strong>1 would be refused</strong>" in text(response)


def test_as_a_part_it_shows_what_fails(people, lead):
    url = reverse("person-forecast", args=[people["ada"].pk])
    response = lead.get(url, headers=builders.HTMX)

    assert b"<html" not in response.content
    assert {row.decision for row in response.context["page"]} == {"denied", "unknown"}


def test_a_confirmed_target_is_shown_beside_what_is_assigned(made, people, lead):
    TargetAccess.objects.create(
        person=people["dan"], account_id=made.account.pk, permission_set="Developer",
        confirmed_by="lead@example.com", confirmed_at=timezone.now(),
    )  # fmt: skip
    run()
    url = reverse("person-forecast", args=[people["dan"].pk])

    assert "Against the target 0 lines are denied and 0 unknown" in text(lead.get(url))
    against = lead.get(f"{url}?against=target").context["page"]
    assert [row.decision for row in against] == ["allowed"]


def test_a_forecast_that_hangs_on_days_nobody_read_says_so(made, people, lead):
    UsageCoverage.objects.all().delete()
    run()

    body = text(lead.get(reverse("person-forecast", args=[people["cem"].pk])))
    assert "Not everything behind this was read whole and fresh" in body
    assert "For 4 of them not everything behind" in text(lead.get("/forecast/"))


def test_names_and_sentences_are_text(made, lead):
    made.account.name = HOSTILE
    made.account.save()
    ada = made.person("Ada")
    ada.name = HOSTILE
    ada.save()
    made.calls(ada, HOSTILE, source=f"{HOSTILE}.amazonaws.com")
    run()

    for url in ("/forecast/", reverse("person-forecast", args=[ada.pk])):
        body = lead.get(url).content.decode()
        assert "<script>alert" not in body
        assert "{{ 7|add:7 }}" in body


def test_the_share_of_calls_that_map_is_shown(people, lead):
    body = text(lead.get("/forecast/"))

    assert "Of 32 calls since" in body
    assert "31 map to an IAM action; of 3 different operations 2." in body
    assert "DoThings" in body


def test_a_sets_page_says_what_members_miss_and_what_nobody_used(made, people, lead):
    url = reverse("permission-set-forecast", args=[made.developer.pk])
    response = lead.get(url)

    (row,) = response.context["missed"]
    assert (row.action, row.people, row.calls) == ("s3:PutObject", 2, 9)
    unused = response.context["unused"]
    assert (unused.members, unused.days, unused.covered) == (3, days_due(), days_due())
    used = {one.service: (one.used, len(one.unused)) for one in unused.grants.services}
    assert used["s3"][0] >= 2
    assert used["s3-object-lambda"] == (0, 2)
    assert b"<html" not in lead.get(url, headers=builders.HTMX).content


def test_days_that_were_not_read_are_not_taken_for_unused(made, people, lead):
    day = usage_rows.days_ago(4)
    UsageCoverage.objects.filter(day=day).delete()

    response = lead.get(reverse("permission-set-forecast", args=[made.developer.pk]))

    due = days_due()
    assert response.context["unused"].covered == due - 1
    assert f"{due - 1} of {due} days were wholly read" in text(response)
