"""Board, person, waiver, thresholds, progress and overview in a real browser."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import tasks
from migrations_plan.models import ForecastSummary, JournalEntry, ProgressDay, Waiver, thresholds
from migrations_plan.passes import assessing
from tests import builders
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES
from tests.ready import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSONAS = {"lead": "Security lead", "auditor": "Auditor", "engineer": "Engineer"}
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture(autouse=True)
def demo(settings, monkeypatch):
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    monkeypatch.setattr(tasks, "hint", lambda: 0)


@pytest.fixture
def signs_in(page, live_server, demo):
    """Signs in as a role, with whom it is bound to, and gives a function that opens an address."""

    def enter(role, person=None):
        builders.portal_user(role, f"{role}@example.com", sample=True, person=person)
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_role("button", name=PERSONAS[role]).click()
        page.wait_for_load_state()
        return lambda url: page.goto(live_server.url + url)

    return enter


@pytest.fixture
def world():
    """Ana is ready; Bob is blocked and waived; somebody with a hostile name is not known at all;
    a user of nobody; eight days of progress."""
    now = timezone.now()
    ana = World(now=now, name="ana")
    ana.bob = World(now=now, name="bob", account=ana.account)
    ForecastSummary.objects.filter(person=ana.bob.person).update(
        denied=2, worst=[{"account_id": "1", "action": HOSTILE, "decision": "denied", "events": 9,
                          "sentence": HOSTILE}],
    )  # fmt: skip
    cat = builders.person("cat@example.com", name=f"Cat {HOSTILE}")
    builders.owner(builders.iam_user("cat", account=builders.account(HOSTILE)), cat)
    builders.iam_user("svc", account=ana.account, active_keys=1)
    values = {"by": "lead@example.com", "at": now, "reason": HOSTILE}
    Waiver.objects.create(
        person=ana.bob.person, gate="tools", until=now + timedelta(days=3), **values
    )
    assessing.assess(now)
    for back in range(1, 9):
        ProgressDay.objects.create(
            day=now.date() - timedelta(days=back), at=now, subjects=10, keys=10 + back,
            states={"ready": 9 - back, "mapped": back}, keys_unknown=back % 2,
        )  # fmt: skip
    ana.cat = cat
    ana.pages = [
        "/",
        "/people/",
        "/people/?who=everybody",
        "/people/?gate=forecast&verdict=blocked",
        "/people/?q=zzzz",
        "/people/directory/",
        "/progress/",
        "/thresholds/",
        *(reverse("person", args=[one.pk]) for one in (ana.person, ana.bob.person, cat)),
    ]
    return ana


@SETTLED_PAGES
@pytest.mark.parametrize("role", ["lead", "auditor"])
def test_every_page_is_accessible_and_silent(page, signs_in, world, console_errors, role, theme):
    page.emulate_media(color_scheme=theme)
    open_page = signs_in(role, world.bob.person)
    found = []
    for url in [*world.pages, "/my-access/"]:
        assert open_page(url).status == 200
        page.wait_for_load_state("networkidle")
        found += violations(page)

    assert found == []
    assert console_errors == []


@pytest.mark.nightly
def test_a_phone_scrolls_tables_not_pages(page, signs_in, world, console_errors):
    page.set_viewport_size({"width": 390, "height": 800})
    open_page = signs_in("lead", world.person)
    wide = []
    for url in [*world.pages, "/my-access/"]:
        open_page(url)
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(url)

    assert wide == []
    assert console_errors == []


def test_from_the_overview_to_the_fact_in_two_clicks(page, signs_in, world, console_errors):
    open_page = signs_in("auditor")
    open_page("/")
    page.get_by_role("table").filter(has_text="Nothing denied").get_by_role("link").first.wait_for()
    page.locator("a[href='/people/?gate=forecast&verdict=blocked']").first.click()
    page.locator("#people").get_by_role("link", name="forecast").click()
    page.locator("#gate-forecast").get_by_text("2 of 12 different calls would be denied").wait_for()
    page.locator("#gate-forecast summary").click()
    assert page.locator("#gate-forecast").get_by_text("different calls", exact=True).is_visible()
    page.locator("#gate-forecast").get_by_role("link", name="The rows behind it").click()

    assert page.url.endswith("#forecast")
    assert console_errors == []


def test_the_board_filters_without_leaving_the_page(page, signs_in, world, console_errors):
    open_page = signs_in("lead")
    open_page("/people/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Gate", exact=True).first.select_option("forecast")
    page.wait_for_url("**gate=forecast*")
    page.get_by_label("Verdict").select_option("blocked")
    page.wait_for_url("**verdict=blocked*")
    page.get_by_text("1 row", exact=True).wait_for()

    assert page.evaluate("window.sameDocument") is True
    assert page.get_by_role("link", name="bob", exact=True).count() == 1
    assert console_errors == []


def test_a_lead_waives_from_the_board_and_takes_it_back(page, signs_in, world, console_errors):
    open_page = signs_in("lead")
    open_page("/people/?q=bob")
    page.get_by_text("Waive a gate for the people chosen below").click()
    page.locator("#waive-gate").select_option("forecast")
    page.get_by_label("Why may it pass?").fill("Tested by hand.")
    page.get_by_label("Choose bob").check()
    page.get_by_role("button", name="Waive").click()
    page.get_by_text("Nothing denied is waived for 1").wait_for()

    assert page.url.endswith("/people/?q=bob")
    open_page(reverse("person", args=[world.bob.person.pk]))
    page.get_by_text("hides blocked").wait_for()
    page.locator("tr").filter(has_text="Tested by hand.").get_by_text("Take it back").last.click()
    page.get_by_label("Why does the gate count again?").first.fill("It was wrong.")
    page.get_by_role("button", name="End the waiver").first.click()
    page.get_by_text("The gate counts again.").wait_for()
    assert JournalEntry.objects.filter(action="end-waiver").count() == 1
    assert console_errors == []


def test_a_lead_sets_thresholds(page, signs_in, world, console_errors):
    open_page = signs_in("lead")
    open_page("/thresholds/")
    page.get_by_label("Quiet days").fill("7")
    page.get_by_label("Why?").fill("A week, to be safe.")
    page.get_by_role("button", name="Put in force").click()
    page.get_by_text("In force: 7 quiet days").wait_for()

    assert thresholds().quiet_days == 7
    assert console_errors == []


def test_an_engineer_reads_the_own_next_step(page, signs_in, world, console_errors):
    open_page = signs_in("engineer", world.bob.person)
    open_page("/my-access/")

    assert page.get_by_text("Next, ask for what would fail").count()
    assert page.get_by_text(re.compile(r"\bana\b", re.I)).count() == 0
    assert open_page(reverse("person", args=[world.person.pk])).status == 403


def test_without_a_script_the_board_works(browser, live_server, world):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    builders.portal_user("lead", "lead@example.com", sample=True)
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name="Security lead").click()
    page.goto(f"{live_server.url}/people/")
    page.locator("#state").select_option("ready")
    page.get_by_role("button", name="Filter").click()
    assert page.locator("#people tbody tr").count() == 1
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="Progress, day by day").click()
    page.get_by_role("heading", name="Progress of the last 30 days").wait_for()
    context.close()
