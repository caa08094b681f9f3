"""The plan's pages: the list, the day, an item, waves, changes and versions."""

import csv
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from migrations_plan.gather.plan import content_of
from migrations_plan.models import Plan, Standing, Tick, WaveMember
from tests import builders, plans

pytestmark = pytest.mark.django_db
NEW = {
    "template": "one-week",
    "name": "Pilot",
    "starts_on": "2026-11-30",
    "time_zone": "Europe/Berlin",
    "working_days": ["0", "1", "2", "3", "4"],
    "holidays": "2026-12-25, 2027-01-01",
    "cutover_at": "18:00",
    "contact": "#aws-access",
    "reason": "The board decided.",
}


def text(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def required(plan):
    """How many items must be done."""
    return sum(not item.optional for item in content_of(plan).items)


def test_before_the_first_plan_the_page_says_what_one_is_for():
    shown = text(builders.signed_in("auditor"), "/plans/")

    assert "No plan has been made yet" in shown
    assert "Make a plan" not in shown


def test_a_lead_looks_at_the_days_first_and_then_makes_the_plan():
    lead = builders.signed_in("lead")

    looked = lead.post("/plans/new/", {**NEW, "look": "yes"}).content.decode()
    assert "Thu 2026-12-03" in looked
    assert not Plan.objects.exists()
    made = lead.post("/plans/new/", NEW)

    plan = Plan.objects.get()
    assert made["Location"] == reverse("plan", args=[plan.pk])
    assert plan.holidays == ["2026-12-25", "2027-01-01"]
    assert "Pilot" in text(lead, "/plans/")


@pytest.mark.parametrize(
    "more",
    [
        {"time_zone": "Mars/Olympus"},
        {"working_days": []},
        {"holidays": "tomorrow"},
        {"holidays": "2026-02-31"},
        {"template": "x"},
        {"reason": ""},
        {"starts_on": "soon"},
    ],
)
def test_a_form_with_a_mistake_makes_no_plan_and_keeps_what_was_typed(more):
    response = builders.signed_in("lead").post("/plans/new/", {**NEW, **more})

    assert response.status_code == 200
    assert "Pilot" in response.content.decode()
    assert not Plan.objects.exists()


def test_a_plan_that_nobody_judged_yet_is_unknown_and_never_done():
    plan = plans.running()
    shown = text(builders.signed_in("auditor"), f"/plans/{plan.pk}/")

    assert "Not judged yet" in shown
    assert "nobody knows" in shown
    assert f"0 of {required(plan)} required items are done" in shown
    assert "Shift, pause or end" not in shown


def test_the_day_says_what_is_done_late_and_waited_for():
    plan = plans.running()
    Plan.objects.filter(pk=plan.pk).update(judged_at=timezone.now())
    plans.standing(plan, "enable-identity-center", "done")
    plans.standing(plan, "connect-identity-provider", "open")
    past = (timezone.now() - timedelta(days=4)).date()
    plans.standing(plan, "volunteer-signs-in", "open", due=past)

    shown = text(builders.signed_in("lead"), f"/plans/{plan.pk}/?day=day-1")

    assert "It is open." in shown
    assert "Connect it to your identity provider" in shown
    waited = shown.split("Who is waited for")[1].split("Waves")[0]
    assert "Connect it to your identity provider" in waited
    assert "Test the sign-in with one volunteer" not in waited
    assert "Test the sign-in with one volunteer" in shown.split(">Late<")[1].split("waited for")[0]


def test_what_is_too_old_to_be_believed_reads_as_unknown():
    plan = plans.running()
    old = timezone.now() - timedelta(minutes=1)
    plans.standing(plan, "enable-identity-center", "done", stale_after=old)

    board = text(builders.signed_in("lead"), f"/plans/{plan.pk}/?day=day-1")
    item = text(builders.signed_in("lead"), f"/plans/{plan.pk}/items/enable-identity-center/")

    assert f"0 of {required(plan)} required items are done" in board
    assert "state-unknown" in item
    assert "state-good" not in item


def test_a_paused_plan_is_never_late():
    plan = plans.running()
    lead = builders.signed_in("lead")
    past = (timezone.now() - timedelta(days=9)).date()
    plans.standing(plan, "volunteer-signs-in", "open", due=past)

    lead.post(f"/plans/{plan.pk}/state/pause/", {"version": 1, "reason": "Freeze."})

    shown = text(lead, f"/plans/{plan.pk}/")
    assert "The plan is paused: nothing is late." in shown
    assert "are late" not in shown


def test_what_may_stay_open_is_never_late():
    plan, lead = plans.running(), builders.signed_in("lead")
    past = (timezone.now() - timedelta(days=9)).date()
    plans.standing(plan, "insurance-question", "open", due=past)

    assert content_of(plan).item("insurance-question").optional
    shown = text(lead, f"/plans/{plan.pk}/?day=after").split("Answer the insurer")[1]
    assert "late" not in shown.split("</tr>")[0]


def test_an_item_shows_each_subject_and_a_lead_confirms_it():
    plan, lead = plans.running(), builders.signed_in("lead")
    plans.standing(plan, "scim-proven", "open")
    url = f"/plans/{plan.pk}/items/scim-proven/"
    assert "To be" in text(lead, url) or "It is open." in text(lead, url)

    lead.post(f"{url}tick/", {"on": plan.starts_on.isoformat(), "note": "Seen to go."})

    assert Tick.objects.get().note == "Seen to go."
    assert "Seen to go." in text(builders.signed_in("auditor"), url)
    held = Tick.objects.get()
    lead.post(f"{url}ticks/{held.pk}/take-back/", {"reason": "Wrong user."})
    held.refresh_from_db()
    assert held.ended_at is not None


def test_hostile_names_and_links_stay_text():
    plan, lead = plans.running(), builders.signed_in("lead")
    hostile = '"><img src=x onerror=alert(1)>'
    plans.standing(plan, "map-people", "open", subject="person:1", name=hostile, sentence=hostile)
    plans.member(plan, builders.person("x@example.com", name=hostile))

    for path in ("", "?all=yes", "waves/", "items/map-people/"):
        assert "<img" not in text(lead, f"/plans/{plan.pk}/{path}")


def test_waves_are_made_filled_and_emptied():
    plan, lead = plans.plan(), builders.signed_in("lead")
    builders.person("ana@example.com", name="Ana")
    wave = plan.waves.get()

    def send(path, version, **more):
        return lead.post(
            f"/plans/{plan.pk}/waves/{path}", {"version": version, "reason": "Because.", **more}
        )

    send(f"{wave.pk}/put/", 1, kind="person", who="ana@example.com")
    send("add/", 2, name="Wave 2", cutover_on="2026-12-08")
    assert "Ana" in text(lead, f"/plans/{plan.pk}/waves/")
    send("take-out/", 3, members=[WaveMember.objects.get().pk])
    send(f"{wave.pk}/remove/", 4)

    plan.refresh_from_db()
    assert (plan.version, [one.name for one in plan.waves.all()]) == (5, ["Wave 2"])
    assert not WaveMember.objects.exists()


def test_an_edit_through_the_form_becomes_the_next_version_with_its_words():
    plan, lead = plans.plan(), builders.signed_in("lead")
    content = content_of(plan)
    form = {
        "version": 1,
        "reason": "A longer week.",
        "name": "Pilot",
        "contact": "#b",
        "cutover_at": "17:00",
        "working_days": ["0", "1", "2", "3", "4"],
        **{f"setting-{name}": number for name, number in content.settings.items()},
        **{f"choice-{name}": word for name, word in content.choices.items()},
        **{f"day-{day.name}": day.on.isoformat() for day in content.days},
        "setting-parallel_hours": 72,
        "by-document": "Bo",
    }

    response = lead.post(f"/plans/{plan.pk}/edit/", form)

    assert response.status_code == 302
    shown = text(builders.signed_in("auditor"), f"/plans/{plan.pk}/versions/")
    assert "parallel hours: 48 became 72" in shown
    assert "document: nothing became Bo" in shown
    kept = builders.signed_in("auditor").get(f"/plans/{plan.pk}/versions/1/")
    assert kept.json()["content"]["settings"]["parallel_hours"] == 48
    assert "attachment" in kept["Content-Disposition"]


@pytest.mark.parametrize("path", ["", "waves/", "versions/", "items/scim-proven/", "versions/1/"])
def test_an_engineer_sees_nothing_of_plans(path):
    plan = plans.plan()

    assert builders.signed_in("engineer").get(f"/plans/{plan.pk}/{path}").status_code == 403


@pytest.mark.parametrize("path", ["?day=x", "items/no-such/", "versions/9/"])
def test_what_is_not_there_is_not_found(path):
    plan = plans.plan()

    assert builders.signed_in("lead").get(f"/plans/{plan.pk}/{path}").status_code == 404


def test_the_plans_of_a_company_are_read_with_as_many_questions_for_many_people(
    django_assert_max_num_queries,
):
    plan, lead = plans.running(), builders.signed_in("lead")
    for number in range(30):
        person = builders.person()
        plans.member(plan, person)
        for item in ("map-people", "engineers-test"):
            plans.standing(plan, item, "open", subject=f"person:{number}")
    pages = ("", "waves/", "items/map-people/", "versions/", "edit/")

    for path in pages:
        lead.get(f"/plans/{plan.pk}/{path}")
        with django_assert_max_num_queries(12):
            assert lead.get(f"/plans/{plan.pk}/{path}").status_code == 200
    assert Standing.objects.count() == 60


def test_the_overview_says_what_day_of_which_plan_it_is():
    plan, lead = plans.running(), builders.signed_in("lead")

    def part():
        return lead.get("/plans/", headers={"HX-Request": "true"}).content.decode()

    assert f'<a href="/plans/{plan.pk}/">Pilot</a>: ' in part()
    assert "<html" not in part()
    lead.post(f"/plans/{plan.pk}/state/cancel/", {"version": 1, "reason": "Never mind."})
    assert "No plan is running." in part()


def test_what_an_item_and_the_waves_show_is_exported_as_csv():
    plan, lead = plans.running(), builders.signed_in("lead")
    plans.standing(plan, "map-people", "open", subject="person:1", name="=Ana")
    plans.member(plan, builders.person("ana@example.com"))

    def lines(path):
        response = lead.get(f"/plans/{plan.pk}/{path}?format=csv")
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        return list(csv.reader(text.splitlines()))

    head, row = lines("items/map-people/")
    assert head == ["subject", "name", "wave", "verdict", "due", "since", "sentence"]
    assert row[:4] == ["person:1", "'=Ana", "", "open"]
    assert lines("waves/")[1][0] == "Wave 1"
    assert lines("waves/")[1][3] == "ana@example.com"
