"""What people ask for because of their forecast, and what leads decide."""

import pytest
from django.urls import reverse

from migrations_plan.models import AccessRequest, ForecastLine, JournalEntry
from tests import builders
from tests.forecasts import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(people):
    return builders.signed_in("engineer", person=people["ada"])


def denied_line(person):
    return ForecastLine.objects.get(person=person, decision="denied", refused_before=False)


def ask(client, line, reason="nightly export"):
    return client.post(
        reverse("access-request-ask", args=[line.pk]), {"reason": reason}, follow=True
    )


def test_an_engineer_sees_and_asks_for_their_own_only(people, ada):
    mine, other = denied_line(people["ada"]), denied_line(people["ben"])

    body = text(ada.get("/my-access/forecast/"))
    assert "Ask a security lead" in body
    assert "ben@example.com" not in body
    assert ask(ada, other).status_code == 404
    assert "a security lead will decide" in text(ask(ada, mine))
    assert "You have asked for this already" in text(ask(ada, mine))
    row = AccessRequest.objects.get()
    assert (row.state, row.person, row.action, row.reason) == (
        "open", people["ada"], "s3:PutObject", "nightly export",
    )  # fmt: skip
    assert row.resource == "arn:aws:s3:::reports/2026.csv"
    assert JournalEntry.objects.get().action == "ask-access"


def test_nobody_asks_in_anothers_name(people, lead):
    assert "Only the person" in text(ask(lead, denied_line(people["ada"])))
    assert AccessRequest.objects.count() == 0


def test_a_request_without_a_reason_is_none(people, ada):
    ask(ada, denied_line(people["ada"]), reason="  ")

    assert AccessRequest.objects.count() == 0


@pytest.mark.parametrize("decision", ["granted", "declined"])
def test_a_lead_decides_once_and_the_journal_has_why(people, ada, lead, decision):
    ask(ada, denied_line(people["ada"]))
    row = AccessRequest.objects.get()
    url = reverse("access-request-decide", args=[row.pk])

    assert "nightly export" in text(lead.get("/requests/"))
    lead.post(url, {"decision": decision, "reason": "four weeks only"})
    again = lead.post(url, {"decision": "granted", "reason": "x"}, follow=True)

    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decision_reason) == (
        decision, lead.user.username, "four weeks only",
    )  # fmt: skip
    assert "Somebody else has decided" in text(again)
    entry = JournalEntry.objects.filter(action="decide-access").get()
    assert (entry.reason, entry.details["state"]) == ("four weeks only", decision)
    assert "four weeks only" in text(ada.get("/requests/"))


def test_a_decision_needs_a_reason_and_a_word(people, ada, lead):
    ask(ada, denied_line(people["ada"]))
    url = reverse("access-request-decide", args=[AccessRequest.objects.get().pk])

    lead.post(url, {"decision": "granted", "reason": ""})
    lead.post(url, {"decision": "maybe", "reason": "x"})

    assert AccessRequest.objects.get().state == "open"


def test_others_do_not_see_a_request(people, ada):
    ask(ada, denied_line(people["ada"]))
    ben = builders.signed_in("engineer", person=people["ben"])

    assert "nightly export" not in text(ben.get("/requests/"))
    assert list(ben.get("/requests/").context["page"]) == []


def test_a_sign_in_that_belongs_to_nobody_has_no_forecast(people):
    body = text(builders.signed_in("engineer").get("/my-access/forecast/"))

    assert "No forecast was made yet" in body
    assert "s3:PutObject" not in body
