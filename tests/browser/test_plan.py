"""A plan in a real browser: made, looked at, ticked, moved, paused; full of rows in every state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory import tasks
from migrations_plan.models import Plan, PlanVersion, StandingChange, Tick
from tests import builders, plans
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSONAS = {"lead": "Security lead", "auditor": "Auditor"}
PAGES = (
    "",
    "?day=day-1",
    "?all=yes",
    "waves/",
    "edit/",
    "versions/",
    "items/map-people/",
    "items/scim-proven/",
    "items/map-people/?verdict=open",
)
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def signs_in(page, live_server, settings, monkeypatch):
    """Signs in as a role and gives a function that opens an address."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    monkeypatch.setattr(tasks, "hint", lambda: 0)

    def enter(role):
        builders.portal_user(role, f"{role}@example.com", sample=True)
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_role("button", name=PERSONAS[role]).click()
        page.wait_for_load_state()
        return lambda url: page.goto(live_server.url + url)

    return enter


@pytest.fixture
def plan():
    """Judged, with items in every state, people, a change, ticks and a hostile name."""
    now = timezone.now()
    made = plans.running(now=now)
    Plan.objects.filter(pk=made.pk).update(judged_at=now)
    past = (now - timedelta(days=5)).date()
    plans.standing(made, "enable-identity-center", "done")
    plans.standing(made, "connect-identity-provider", "open", due=past)
    plans.standing(made, "scim-proven", "unknown")
    plans.standing(made, "volunteer-signs-in", "waived")
    gates = [{"name": "person:owner", "verdict": "ready", "sentence": HOSTILE}] * 2
    for word in ("done", "open", "unknown", "waived"):
        plans.standing(
            made, "map-people", word, subject=f"person:{word}", name=f"{word} {HOSTILE}",
            gates=gates, facts=[{"name": "IAM users", "value": "2", "source": "IAM", "at": None}],
        )  # fmt: skip
    plans.member(made, builders.person("ana@example.com", name=f"Ana {HOSTILE}"))
    StandingChange.objects.create(
        plan=made, item="map-people", before="open", verdict="done", sentence="x", at=now
    )
    plans.tick(made, link="https://example.com/proof", note=HOSTILE)
    return made


@SETTLED_PAGES
def test_pages_of_a_plan_are_accessible_silent_and_fit_a_phone(
    page, signs_in, plan, console_errors, theme
):
    go = signs_in("lead")
    wrong: list[tuple[str, ...]] = []
    page.emulate_media(color_scheme=theme)
    for path in PAGES:
        go(f"/plans/{plan.pk}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        page.set_viewport_size({"width": 390, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wrong.append((path, "wider than a phone"))
        wrong += violations(page)

    assert wrong == []
    assert console_errors == []


def test_a_lead_makes_a_plan_and_leads_through_its_first_day(page, signs_in):
    go = signs_in("lead")
    builders.person("ana@example.com", name="Ana")
    go("/plans/")
    page.get_by_role("link", name="Make a plan").click()
    page.get_by_label("Name").fill("Pilot")
    page.get_by_label("Who helps on the day").fill("#aws-access")
    page.get_by_label("Why?").fill("The board decided.")
    page.get_by_role("button", name="See the days").click()
    assert page.get_by_role("heading", name="The days as they would fall").is_visible()
    page.get_by_role("button", name="Make the plan").click()
    page.wait_for_load_state()

    assert page.get_by_role("heading", name="Pilot running").is_visible()
    assert "Not judged yet" in page.content()
    page.get_by_role("link", name="Waves", exact=True).click()
    page.get_by_text("Change Wave 1").click()
    page.get_by_label("Who", exact=True).fill("ana@example.com")
    page.locator("form", has=page.get_by_role("heading", name="Put in")).get_by_label("Why?").fill(
        "She volunteers."
    )
    page.get_by_role("button", name="Put in").click()
    page.wait_for_load_state()

    assert page.get_by_role("link", name="Ana", exact=True).is_visible()
    assert Plan.objects.get().version == 2


def test_an_item_is_confirmed_by_hand_and_taken_back(page, signs_in, plan):
    go = signs_in("lead")
    Tick.objects.all().delete()
    go(f"/plans/{plan.pk}/?day=day-1")
    page.get_by_role("link", name="Prove SCIM").first.click()
    page.get_by_label("What was done, by whom").fill("Test user came and went.")
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_load_state()

    assert page.get_by_text("Test user came and went.").is_visible()
    page.get_by_placeholder("Why?").fill("It was the wrong user.")
    page.get_by_role("button", name="Take back").click()
    page.wait_for_load_state()
    assert Tick.objects.get().ended_by == "lead@example.com"


def test_a_plan_is_paused_and_goes_on(page, signs_in, plan):
    signs_in("lead")(f"/plans/{plan.pk}/")
    for button, word in (("Pause", "paused"), ("Go on", "running")):
        page.get_by_text("Shift, pause or end this plan").click()
        page.locator("#state-reason").fill("A change freeze.")
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        assert page.locator(f"h1:has-text('{word}')").is_visible()

    assert PlanVersion.objects.filter(plan=plan).count() == 3


def test_an_auditor_reads_a_plan_and_changes_nothing(page, signs_in, plan):
    go = signs_in("auditor")
    for path in ("", "waves/", "items/scim-proven/", "versions/"):
        go(f"/plans/{plan.pk}/{path}")
        assert page.locator("main form[method=post]").count() == 0
