"""Statements on pages: strips over a period, gaps that are unknown, cases and days as files."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import ControlDay, JournalEntry
from migrations_plan.rules.controls import CONTROLS
from tests import builders

pytestmark = pytest.mark.django_db

NAME = "off-boarding"
HOSTILE = '=1+1"><script>alert(1)</script>'


@pytest.fixture
def auditor():
    return builders.signed_in("auditor")


def today():
    return timezone.now().date()


def day(ago, verdict="met", name=NAME, **more):
    at = timezone.now() - timedelta(days=ago)
    values = {
        "sentence": f"It was {verdict}.",
        "population": "3 leavers among 9 people",
        "looked_at": 3,
        "not_looked_at": 0,
        "exceptions": 0,
        "undecided": 0,
        "runs": [[1, 4], [7, 7]],
        "basis": {"days": 30, "calls": 0, "missing": 0},
        "at": at,
        **more,
    }
    return ControlDay.objects.create(control=name, day=at.date(), verdict=verdict, **values)


def case(name=HOSTILE, page="person", key="1", **more):
    return {
        "verdict": "not met",
        "id": name,
        "name": name,
        "page": page,
        "key": key,
        "sentence": "It still has a key.",
        **more,
    }


def url(name=NAME):
    return reverse("evidence-statement", args=[name])


def read_csv(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def shown(client, address, **query):
    return client.get(address, query).context


@pytest.mark.parametrize("name", CONTROLS)
def test_each_statement_has_a_page_even_before_the_first_pass(auditor, name):
    response = auditor.get(url(name))

    assert response.status_code == 200
    assert "Nothing ran on this day" in response.content.decode()
    assert response.context["day"].verdict == "unknown"


def test_another_name_is_no_statement(auditor):
    assert auditor.get(url("secrets")).status_code == 404


def test_the_strip_shows_gaps_as_unknown(auditor):
    day(0), day(1, "not met"), day(3)
    (one,) = [
        s for s in shown(auditor, "/evidence/", days=7)["statements"] if s.control.name == NAME
    ]

    assert [cell.verdict for cell in one.days] == [
        "unknown", "unknown", "unknown", "unknown", "met", "unknown", "not met", "met",
    ]  # fmt: skip
    assert one.words == "met on 2 days, not met on 1, unknown on 5"
    assert one.last.verdict == "met"


def test_the_page_counts_what_holds(auditor):
    day(0), day(0, "not met", "access-by-sso")
    context = shown(auditor, "/evidence/")

    assert context["verdicts"] == {"met": 1, "not_met": 1, "unknown": 5}


def test_a_result_that_is_too_old_is_unknown_and_says_what_it_said(auditor):
    day(0, stale_after=timezone.now() - timedelta(seconds=1))
    context = shown(auditor, url())

    assert context["day"].verdict == "unknown"
    assert "It said: met. It was met." in context["day"].sentence


def test_as_of_an_earlier_instant_the_period_ends_there(auditor):
    day(0, "not met"), day(5)
    at = timezone.now() - timedelta(days=5)
    context = shown(auditor, "/evidence/", at=at.strftime("%Y-%m-%dT%H:%M:%S"))

    assert context["window"].last == at.date()
    assert context["verdicts"]["met"] == 1


def test_a_day_is_opened_with_its_cases_facts_and_notes(auditor):
    person = builders.person()
    note = {"at": "2026-11-23T06:00:00Z", "sentence": "7 more calls.", "days": 30}
    facts = [{"name": "People", "value": "9", "source": "Roster", "at": "2026-11-22T06:00:00Z"}]
    row = day(
        2, "not met", cases=[case(key=str(person.pk))], exceptions=9, facts=facts, notes=[note]
    )
    response = auditor.get(url(), {"day": row.day.isoformat()})
    text = response.content.decode()

    assert reverse("person", args=[person.pk]) in text
    assert "<script>alert" not in text
    assert "7 more calls." in text
    assert "There are 8 more" in text
    assert "Runs 1 to 4, 7." in text
    assert response.context["facts"][0]["at"].year == 2026


@pytest.mark.parametrize(
    ("page", "key"),
    [("admin", "1"), ("", ""), ("person", "x"), ("person", ""), ("login", ""), ("person", "-1")],
)
def test_a_case_leads_only_to_pages_of_subjects(auditor, page, key):
    day(0, "not met", cases=[case(page=page, key=key)], exceptions=1)

    assert shown(auditor, url())["cases"][0]["url"] == ""


def test_the_cases_are_a_file_that_runs_nothing(auditor):
    day(0, "not met", cases=[case(), case("bob", page="")], exceptions=2)
    first, second = read_csv(auditor.get(url(), {"format": "csv"}))

    assert first["name"] == f"'{HOSTILE}"
    assert first["link"].endswith("/people/1/")
    assert (second["name"], second["link"], second["verdict"]) == ("bob", "", "not met")


def test_a_day_without_a_result_has_an_empty_file(auditor):
    assert read_csv(auditor.get(url(), {"format": "csv", "day": "2026-01-01"})) == []


def test_the_days_are_a_file_with_unknown_where_nothing_ran(auditor):
    day(1, notes=[{"at": "2026-11-23T06:00:00Z", "sentence": "x", "days": 30}])
    rows = read_csv(auditor.get(url(), {"format": "csv", "of": "days", "days": "7"}))

    assert [row["verdict"] for row in rows] == ["unknown"] * 6 + ["met", "unknown"]
    assert rows[6]["runs"] == "[[1, 4], [7, 7]]"
    assert rows[6]["notes"] == '["2026-11-23T06:00:00Z: x"]'
    assert rows[0]["exceptions"] == ""


@pytest.mark.parametrize(
    "query", [{"day": "2026-02-30"}, {"day": "x\0"}, {"from": "9999-99-99"}, {"days": "-5"}]
)
def test_what_is_no_day_is_left_out(auditor, query):
    assert shown(auditor, url(), **query)["window"].last == today()


@pytest.mark.parametrize("name", ["evidence", "evidence-statement"])
def test_many_days_and_cases_cost_no_more_questions(auditor, name):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(address).status_code == 200
        return len(queries)

    address = reverse(name, args=[NAME] if name != "evidence" else [])
    day(0, "not met", cases=[case()] * 3, exceptions=3)
    auditor.get(address)
    few = count(address)
    ControlDay.objects.update(cases=[case()] * 30)
    for ago in range(1, 31):
        day(ago)

    assert count(address) == few <= 12


def test_a_lead_records_a_review_with_a_reason():
    lead, one = builders.signed_in("lead"), builders.permission_set("Developer")
    address = reverse("evidence-review")
    lead.post(address, {"permission_set": one.pk, "reason": "  "})
    assert JournalEntry.objects.count() == 0
    response = lead.post(address, {"permission_set": one.pk, "reason": "nothing to take away"})

    entry = JournalEntry.objects.get()
    assert response.url == url("sets-as-code")
    assert (entry.action, entry.subject) == ("review-permission-set", one.arn)
    assert (entry.actor, entry.reason) == (lead.user.username, "nothing to take away")


@pytest.mark.parametrize("key", ["", "0", "x", "99999999", "9" * 40, "\0", "٣"])
def test_a_set_that_does_not_exist_is_not_reviewed(key):
    response = builders.signed_in("lead").post(
        reverse("evidence-review"), {"permission_set": key, "reason": "x"}
    )

    assert response.status_code == 302
    assert JournalEntry.objects.count() == 0


def test_engineers_see_no_results():
    day(0)
    engineer = builders.signed_in("engineer")

    assert engineer.get(url()).status_code == 403
    assert ControlDay.objects.visible_to(engineer.user).count() == 0
