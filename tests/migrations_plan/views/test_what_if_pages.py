"""What-if on pages: asked by readers, kept by leads, compared, exported, and told when outdated."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from migrations_plan.models import JournalEntry, Scenario
from migrations_plan.questions import question_of
from migrations_plan.what_if import answer
from tests import builders
from tests.forecasts import ADMIN, company
from tests.scenarios import scenario

pytestmark = pytest.mark.django_db

HOSTILE = '=1+1"><script>alert(1)</script>'
ASK, SAVE = "/what-if/ask/", "/what-if/save/"


@pytest.fixture
def made():
    return company()


@pytest.fixture
def ada(made):
    person = made.person("Ada")
    made.calls(person)
    made.calls(person, "PutObject")
    return person


def form(**values):
    return {"whom": "all", "date": timezone.now().date().isoformat(), **values}


def read_csv(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_an_auditor_asks_and_nothing_is_kept(ada):
    auditor = builders.signed_in("auditor")
    response = auditor.post(ASK, form())
    text = response.content.decode()

    assert "1 would lose something" in text
    assert "s3:PutObject" in text
    assert SAVE not in text
    assert (Scenario.objects.count(), JournalEntry.objects.count()) == (0, 0)


def test_a_lead_keeps_an_answer_and_the_journal_knows(made, ada):
    lead = builders.signed_in("lead")
    response = lead.post(SAVE, form(name="Friday"))
    one, entry = Scenario.objects.get(), JournalEntry.objects.get()

    assert response.url == reverse("scenario", args=[one.pk])
    assert (one.name, one.made_by) == ("Friday", lead.user.username)
    assert (entry.action, entry.subject) == ("save-scenario", f"scenario {one.pk} Friday")
    assert entry.details["counts"]["loses"] == 1
    fresh = json.loads(json.dumps(answer(question_of(one.inputs), timezone.now()).result))
    assert one.result == fresh


@pytest.mark.parametrize("name", ["", "   ", "\0"])
def test_a_scenario_needs_a_name(ada, name):
    response = builders.signed_in("lead").post(SAVE, form(name=name))

    assert "Please give the scenario a name." in response.content.decode()
    assert Scenario.objects.count() == 0


def test_what_is_wrong_is_said_and_what_was_typed_stays(ada):
    values = form(name="x", **{"set-0-set": "Nothing", "set-0-inline": HOSTILE})
    for url in (ASK, SAVE):
        text = builders.signed_in("lead").post(url, values).content.decode()
        assert "There is no permission set with the name" in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "<script>alert(1)" not in text


def test_the_answer_of_a_form_cannot_be_forged(ada):
    builders.signed_in("lead").post(SAVE, form(name="x", result='{"people": []}', facts="0"))

    assert len(Scenario.objects.get().result["people"]) == 1


def test_a_saved_answer_says_when_the_facts_changed_and_is_made_again(made, ada):
    lead, one = builders.signed_in("lead"), scenario()
    url = reverse("scenario", args=[one.pk])
    assert lead.get(url).context["changed"] is False
    made.developer.managed_policies = [ADMIN]
    made.developer.save()
    response = lead.get(url)

    assert response.context["changed"] is True
    assert "the facts have changed since" in response.content.decode()
    assert response.context["result"]["counts"]["loses"] == 1
    lead.post(reverse("scenario-recompute", args=[one.pk]))
    assert lead.get(url).context["changed"] is False
    assert Scenario.objects.get().result["counts"] == {
        "clean": 1, "loses": 0, "unknown": 0, "gone": 0, "nothing": 0,
    }  # fmt: skip
    assert JournalEntry.objects.get().action == "recompute-scenario"


def test_people_of_one_outcome_are_shown_alone(made, ada):
    bob = made.person("Bob")
    made.calls(bob)
    one, auditor = scenario(), builders.signed_in("auditor")
    url = reverse("scenario", args=[one.pk])
    shown = {
        state: [row["name"] for row in auditor.get(url, {"state": state}).context["page"]]
        for state in ("loses", "clean", "gone", "x")
    }

    assert shown == {"loses": ["Ada"], "clean": ["Bob"], "gone": [], "x": ["Ada", "Bob"]}
    assert "has this outcome" in auditor.get(url, {"state": "gone"}).content.decode()


def test_a_lead_removes_one_and_the_journal_keeps_what_was_asked(ada):
    one, other = scenario("Friday"), scenario("Monday")
    lead = builders.signed_in("lead")
    response = lead.post(reverse("scenario-remove", args=[one.pk]), follow=True)

    assert "Friday is removed." in response.content.decode()
    assert list(Scenario.objects.all()) == [other]
    line = JournalEntry.objects.get()
    assert (line.action, line.details["question"]) == ("remove-scenario", one.inputs)
    assert line.details["counts"] == one.result["counts"]


def test_two_are_compared_and_who_fares_differently_comes_first(made, ada):
    bob = made.person("Bob")
    made.calls(bob)
    first = scenario("Before")
    made.developer.managed_policies = [ADMIN]
    made.developer.save()
    second = scenario("After")
    response = builders.signed_in("auditor").get(
        reverse("what-if-compare"), {"a": first.pk, "b": second.pk}
    )
    rows = list(response.context["page"])

    assert [(row["person"]["name"], row["differs"]) for row in rows] == [
        ("Ada", True), ("Bob", False),
    ]  # fmt: skip
    assert "1 of 2 people would fare differently" in response.content.decode()


@pytest.mark.parametrize("query", [{}, {"a": "x"}, {"a": "9" * 30, "b": "1"}, {"a": "\0"}])
def test_what_does_not_exist_is_not_compared(query):
    url = reverse("what-if-compare")

    assert builders.signed_in("lead").get(url, query).status_code == 404


def test_the_files_have_the_whole_answer_and_run_nothing(made, ada):
    ada.name = HOSTILE
    ada.save()
    one, auditor = scenario(HOSTILE), builders.signed_in("auditor")
    url = reverse("scenario", args=[one.pk])
    (row,) = read_csv(auditor.get(url, {"format": "csv"}))
    whole = json.loads(auditor.get(url, {"format": "json"}).content)

    assert row["person"] == f"'{HOSTILE}"
    assert (row["action"], row["verdict"], row["verdict_now"]) == (
        "s3:PutObject",
        "denied",
        "denied",
    )
    assert whole["answer"] == Scenario.objects.get().result
    assert whole["question"]["people"] is None
    assert "<script>alert" not in auditor.get(url).content.decode()
    assert "<script>alert" not in auditor.get(reverse("what-if")).content.decode()


def test_the_list_tells_the_numbers_of_each(made, ada):
    scenario("Friday")
    (one,) = builders.signed_in("auditor").get("/what-if/").context["page"]

    assert (one.counts["loses"], one.counts["clean"]) == (1, 0)
    assert "result" in one.get_deferred_fields()


def test_a_saved_one_begins_the_next(made, ada):
    one = scenario()
    lead = builders.signed_in("lead")

    assert lead.get(ASK, {"scenario": one.pk}).context["draft"].name == "As it is, changed"
    for text in ("0", "x", "9" * 20, "\0"):
        assert lead.get(ASK, {"scenario": text}).context["draft"].name == ""


def test_engineers_have_no_part_in_it(ada):
    one, engineer = scenario(), builders.signed_in("engineer")

    assert engineer.get(reverse("scenario", args=[one.pk])).status_code == 403
    assert engineer.post(ASK, form()).status_code == 403
    assert Scenario.objects.visible_to(engineer.user).count() == 0


def test_an_auditor_keeps_nothing(ada):
    one, auditor = scenario(), builders.signed_in("auditor")

    assert auditor.post(SAVE, form(name="x")).status_code == 403
    assert auditor.post(reverse("scenario-recompute", args=[one.pk])).status_code == 403
    assert auditor.post(reverse("scenario-remove", args=[one.pk])).status_code == 403
    assert Scenario.objects.count() == 1


def test_an_empty_portal_answers(db):
    lead = builders.signed_in("lead")

    assert "Nothing was saved yet." in lead.get("/what-if/").content.decode()
    assert "0 people" in lead.post(ASK, form()).content.decode()


def test_many_people_and_calls_cost_no_more_questions(made):
    lead = builders.signed_in("lead")

    def fill(number):
        for _ in range(number):
            person = made.person(f"P{builders.number()}")
            made.calls(person, resource=f"arn:aws:s3:::b/{builders.number()}")

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert lead.post(ASK, form()).status_code == 200
        return len(queries)

    fill(3)
    count()
    few = count()
    fill(27)

    assert count() == few
