"""Forecast, requests and decisions in a real browser: both themes, a phone, and without scripts."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import builders, forecasts, usage_rows
from tests.browser.accessibility import violations
from tests.browser.themes import SETTLED_PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PERSONAS = {"lead": "Security lead", "auditor": "Auditor", "engineer": "Engineer"}
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def made(settings):
    """Every decision, a hostile name, somebody who moved, and somebody without any set."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    company = forecasts.company()
    ada, ben = company.person("Ada"), company.person("Ben", assigned=False)
    ben.name = HOSTILE
    ben.save()
    company.calls(ada)
    company.calls(ada, "PutObject", events=7)
    company.calls(ada, "PutObject", events=3, error="AccessDenied", days=4)
    company.calls(ada, "DoThings", source="unheardof.amazonaws.com", resource="")
    company.calls(ada, "ConsoleLogin", source="signin.amazonaws.com", resource="")
    company.calls(ben)
    forecasts.run()
    moved = usage_rows.sso_actor(ada.identity_center_user_id)
    usage_rows.called(
        moved, usage_rows.days_ago(1), "GetObject", 1, error="AccessDenied",
        account_id=company.account.pk,
    )  # fmt: skip
    forecasts.run(later=timedelta(hours=2))
    for role in PERSONAS:
        of = ada if role == "engineer" else None
        builders.portal_user(role, f"{role}@example.com", sample=True, person=of)
    return {"company": company, "ada": ada}


def enter(page, live_server, role):
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name=PERSONAS[role]).click()
    page.wait_for_load_state()


def addresses(made):
    return [
        "/forecast/",
        "/forecast/?q=zzzz",
        "/forecast/?against=target",
        "/forecast/?decision=refused-before",
        reverse("person-forecast", args=[made["ada"].pk]),
        reverse("person", args=[made["ada"].pk]),
        reverse("permission-set", args=[made["company"].developer.pk]),
        reverse("permission-set-forecast", args=[made["company"].developer.pk]),
        "/requests/",
        "/my-access/forecast/",
    ]


@SETTLED_PAGES
def test_every_page_is_accessible_and_silent(page, live_server, made, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    enter(page, live_server, "lead")
    found = []
    for url in addresses(made):
        assert page.goto(live_server.url + url).status == 200
        page.wait_for_load_state("networkidle")
        found += violations(page)

    assert "\n".join(map(str, found)) == ""
    assert console_errors == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.nightly
def test_tables_scroll_and_pages_do_not(page, live_server, made, console_errors, width):
    page.set_viewport_size({"width": width, "height": 800})
    enter(page, live_server, "auditor")
    wide = []
    for url in addresses(made):
        page.goto(live_server.url + url)
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(url)

    assert wide == []
    assert console_errors == []


def ask(page, live_server):
    """An engineer asks for what would fail."""
    enter(page, live_server, "engineer")
    page.get_by_role("link", name="My access").first.click()
    page.get_by_role("link", name="All calls and their forecast").click()
    page.get_by_text("Request this: s3:PutObject").click()
    page.get_by_label("What do you need it for?").first.fill("nightly export")
    page.get_by_role("button", name="Ask a security lead").first.click()
    page.get_by_text("a security lead will decide").wait_for()


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_from_what_would_fail_to_a_decision(page, live_server, made, console_errors, theme):
    page.emulate_media(color_scheme=theme)
    ask(page, live_server)
    assert violations(page) == []
    page.get_by_role("button", name="Sign out").click()

    enter(page, live_server, "lead")
    page.get_by_role("link", name="Forecast", exact=True).click()
    page.get_by_label("Forecast", exact=True).select_option("denied")
    page.wait_for_url("**decision=denied**")
    page.locator("#forecast tbody").get_by_role("link", name="Ada").first.click()
    page.get_by_role("heading", name="Forecast of Ada").wait_for()
    page.get_by_text("What would allow it for s3:PutObject").first.click()
    assert '"Action": "s3:PutObject"' in page.locator("pre.snippet").first.inner_text()
    page.get_by_role("link", name="Asked for").first.click()
    page.get_by_text("nightly export").wait_for()
    page.get_by_text("Decide about s3:PutObject for Ada").click()
    page.get_by_label("Why?").fill("four weeks only")
    assert violations(page) == []
    page.get_by_role("button", name="Grant").click()
    page.get_by_text("the journal has why").wait_for()

    assert page.get_by_text("four weeks only").is_visible()
    assert violations(page) == []
    assert console_errors == []


def test_it_is_asked_and_decided_without_scripts(browser, live_server, made):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live_server, "engineer")
    page.goto(f"{live_server.url}/my-access/")
    page.get_by_role("link", name="What would fail, as counted").click()
    page.get_by_text("Request this: s3:PutObject").click()
    page.get_by_label("What do you need it for?").first.fill("nightly export")
    page.get_by_role("button", name="Ask a security lead").first.click()
    page.get_by_role("button", name="Sign out").click()
    enter(page, live_server, "lead")
    page.goto(f"{live_server.url}/requests/")
    page.get_by_text("Decide about s3:PutObject for Ada").click()
    page.get_by_label("Why?").fill("not in production")
    page.get_by_role("button", name="Decline").click()

    assert page.get_by_text("Declined; the journal has why.").is_visible()
    context.close()
