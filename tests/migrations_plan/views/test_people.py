"""The migration board, one person's story, waivers, and who may do what."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from migrations_plan.actions.gates import waive_gate
from migrations_plan.models import (
    Assessment,
    AssessPass,
    ForecastSummary,
    JournalEntry,
    PersonState,
    Waiver,
)
from migrations_plan.passes import assessing
from tests import builders
from tests.ready import World

pytestmark = pytest.mark.django_db

URL = "/people/"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def lead():
    return builders.signed_in("lead")


@pytest.fixture
def world():
    """Ana is ready; Bob's forecast is denied; Cat has left; somebody's user is nobody's."""
    ana = World(now=timezone.now(), name="ana")
    ana.bob = World(now=ana.now, name="bob", account=ana.account)
    ForecastSummary.objects.filter(person=ana.bob.person).update(denied=2)
    cat = World(now=ana.now, name="cat", account=ana.account)
    cat.person.left_on = "2026-01-01"
    cat.person.save()
    ana.loose = builders.iam_user("svc", account=ana.account, active_keys=1)
    builders.person("idle@example.com", name="idle")
    group = builders.store_group("Payments")
    builders.membership(group, ana.bob.store)
    assessing.assess(ana.now)
    return ana


FILTERS = {
    "": {"ana", "bob", "cat", "svc"},
    "q=AN": {"ana"},
    "state=ready": {"ana"},
    "state=departed": {"cat"},
    "state=unmapped": {"svc"},
    "gate=forecast&verdict=blocked": {"bob"},
    "verdict=blocked": {"bob"},
    "gate=forecast&verdict=ready": {"ana", "cat"},
    "team=Payments": {"bob"},
    "team=Pay": set(),
    "account=000000000000": set(),
    "who=nobodys": {"svc"},
    "who=everybody": {"ana", "bob", "cat", "svc", "idle"},
    "state=uncertain": set(),
    "state=x&gate=y&verdict=z&who=w&page=99&sort=password": {"ana", "bob", "cat", "svc"},
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters(lead, world, query):
    response = lead.get(f"{URL}?{query}")

    assert {row.standing.name for row in response.context["rows"]} == FILTERS[query]


def test_the_account_filter_knows_whole_numbers_only(lead, world):
    found = lead.get(f"{URL}?account={world.account.account_id}").context["rows"]

    assert len(found) == 4
    assert not lead.get(f"{URL}?account={world.account.account_id[:6]}").context["rows"]


def test_the_sentence_counts(lead, world):
    found = lead.get(URL).context["board"]

    assert (found.people, found.done, found.ready, found.loose) == (2, 1, 1, 1)
    assert (found.by_permissions, found.departed, found.uncertain) == (1, 1, 0)
    assert found.first.name == "forecast"
    text = lead.get(URL).content.decode()
    assert "is ready" in text
    assert "has nobody confirmed as owner" in text


def test_what_is_too_old_is_unknown_on_the_board(lead, world):
    past = timezone.now() - timedelta(minutes=1)
    Assessment.objects.update(stale_after=past)
    PersonState.objects.filter(state="ready").update(stale_after=past)

    row = lead.get(f"{URL}?q=ana").context["rows"][0]

    assert (row.certain, {cell.verdict for cell in row.cells}) == (False, {"unknown"})
    assert lead.get(f"{URL}?state=ready").context["rows"] == []
    assert len(lead.get(f"{URL}?state=uncertain").context["rows"]) == 1
    assert lead.get(URL).context["board"].done == 0
    assert "cannot be judged now" in lead.get(URL).content.decode()


def test_csv_holds_what_is_filtered(lead, world):
    answer = lead.get(f"{URL}?format=csv&q=bob")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))

    assert (row["email"], row["state"], row["forecast"]) == (
        "bob@example.com",
        "parallel",
        "blocked",
    )
    assert (row["forecast_denied"], row["iam_users"], row["quiet"]) == ("2", "1", "ready")
    assert row["teams"] == "Payments"


def test_hostile_names_are_text(lead, world):
    PersonState.objects.update(name=HOSTILE, step=HOSTILE, teams=f"\n{HOSTILE}\n")
    fact = {"name": HOSTILE, "value": HOSTILE, "source": HOSTILE, "at": None}
    Assessment.objects.update(sentence=HOSTILE, facts=[fact])

    for url in (URL, reverse("person", args=[world.person.pk]), "/"):
        assert "<script>alert" not in lead.get(url).content.decode()


def test_an_htmx_request_gets_the_table_only(lead, world):
    text = lead.get(URL, headers=builders.HTMX).content.decode()

    assert text.lstrip().startswith("<section")


def page_of(client, world, **more):
    return client.get(reverse("person", args=[world.person.pk]), **more)


def test_a_person_tells_the_story_from_facts_to_verdict(lead, world):
    response = page_of(lead, world)
    story, text = response.context["story"], response.content.decode()

    assert story.gates[0].gate.name == "owner"
    assert {one.verdict for one in story.gates} == {"ready"}
    for one in story.gates:
        assert one.facts, one.gate.name
        assert one.assessment.sentence in text or "&#x27;" in text
    assert f'href="{reverse("person-usage", args=[world.person.pk])}"' in text
    assert 'href="#grants"' in text
    assert [change.state for change in story.changes] == ["ready"]
    assert story.gates[0].strip[-1].verdict == "ready"
    assert story.gates[0].strip[0].verdict == "unknown"


def waive(client, *people, **more):
    until = (timezone.now() + timedelta(days=5)).date().isoformat()
    values = {
        "gate": "forecast",
        "reason": "Tested by hand.",
        "until": until,
        "person": [one.pk for one in people],
        "back": "state=parallel",
    }
    return client.post(reverse("people-waive"), {**values, **more})


def test_a_lead_waives_a_gate_for_chosen_people(lead, world):
    response = waive(lead, world.bob.person, world.person)

    assert response["Location"] == "/people/?state=parallel"
    assert Waiver.objects.count() == 2
    assert world.bob.gates(timezone.now())["forecast"] == "waived"
    # What is ready needs no waiver, and none is shown.
    assert world.gates(timezone.now())["forecast"] == "ready"
    lines = JournalEntry.objects.filter(action="waive-gate")
    assert {line.subject for line in lines} == {
        f"person:{world.bob.person.pk} forecast",
        f"person:{world.person.pk} forecast",
    }
    assert lines[0].reason == "Tested by hand."
    text = page_of(lead, world.bob).content.decode()
    assert "hides blocked" in text
    assert "Without it blocked: 2 of 12" in text


def test_a_waiver_can_be_taken_back(lead, world):
    waive(lead, world.bob.person)
    waiver = Waiver.objects.get()
    url = reverse("waiver-end", args=[world.bob.person.pk, waiver.pk])

    assert lead.post(url, {"reason": " "}).status_code == 302
    assert world.bob.gates(timezone.now())["forecast"] == "waived"
    lead.post(url, {"reason": "It was wrong."})

    assert world.bob.gates(timezone.now())["forecast"] == "blocked"
    assert JournalEntry.objects.filter(action="end-waiver").count() == 1
    lead.post(url, {"reason": "Again."})
    assert JournalEntry.objects.filter(action="end-waiver").count() == 1


def test_a_waiver_of_one_person_is_not_ended_on_anothers_page(lead, world):
    waive(lead, world.bob.person)
    url = reverse("waiver-end", args=[world.person.pk, Waiver.objects.get().pk])

    assert lead.post(url, {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"reason": " "},
        {"gate": "no-such-gate"},
        {"person": []},
        {"person": ["999999"]},
        {"until": "2020-01-01"},
        {"until": "2099-01-01"},
        {"until": "soon"},
    ],
)
def test_a_waiver_without_sense_is_refused(lead, world, more):
    waive(lead, world.bob.person, **more)

    assert not Waiver.objects.exists()
    assert not JournalEntry.objects.filter(action="waive-gate").exists()


@pytest.mark.parametrize("role", ["auditor", "engineer"])
def test_only_a_lead_waives(world, role):
    client = builders.signed_in(role, person=world.bob.person)

    assert waive(client, world.bob.person).status_code == 403
    with pytest.raises(PermissionDenied):
        waive_gate(
            by=client.user, people=[world.person], gate="quiet", reason="x",
            until=world.now + timedelta(days=1), now=world.now,
        )  # fmt: skip
    assert not Waiver.objects.exists()


def test_an_auditor_sees_everything_and_no_form(world):
    client = builders.signed_in("auditor")

    assert reverse("people-waive") not in client.get(URL).content.decode()
    assert reverse("people-waive") not in page_of(client, world).content.decode()


def test_an_engineer_sees_only_what_is_theirs(world):
    client = builders.signed_in("engineer", person=world.bob.person)

    text = client.get(reverse("my-access")).content.decode()

    assert "2 of 12 different calls would be denied" in text
    assert "the next step with you is: add the permissions that would be denied." in text
    assert "Next, ask for what would fail" in text
    assert "ana@example.com" not in text
    for url in (URL, reverse("progress"), reverse("thresholds"), reverse("directory")):
        assert client.get(url).status_code == 403
    assert page_of(client, world).status_code == 403
    for model in (Assessment, Waiver):
        visible = model.objects.visible_to(client.user)
        assert {row.person_id for row in visible} <= {world.bob.person.pk}
    states = PersonState.objects.visible_to(client.user)
    assert {row.name for row in states} == {"bob"}


def test_an_engineer_who_is_nobody_sees_no_state(world):
    client = builders.signed_in("engineer")

    assert not PersonState.objects.visible_to(client.user).exists()
    assert not Assessment.objects.visible_to(client.user).exists()


def test_before_the_first_pass_nothing_is_said(lead):
    builders.person("ana@example.com")

    assert "Nobody was judged yet" in lead.get(URL).content.decode()
    assert "Nobody was judged yet" in lead.get(reverse("progress")).content.decode()


def test_overview_opens_with_the_sentence_and_says_when_judging_has_stopped(lead, world):
    text = lead.get("/").content.decode()
    assert "is ready" in text
    assert "gate=forecast&amp;verdict=blocked" in text

    AssessPass.objects.update(at=timezone.now() - timedelta(hours=5))

    assert "nobody was judged since" in lead.get("/").content.decode()


def test_many_at_once_are_refused(world):
    lead = builders.portal_user("lead")
    with pytest.raises(ValidationError):
        waive_gate(
            by=lead, people=[world.person] * 501, gate="quiet", reason="x",
            until=world.now + timedelta(days=1), now=world.now,
        )  # fmt: skip
